"""Where foreign text is shown to somebody, nothing in it is invisible: every chat, the terminal, the log, JSON, addresses."""

import io
import json
import logging
from collections.abc import Callable

import pytest
import structlog

from chatbot.chats.console import format as console
from chatbot.chats.discord import escaping
from chatbot.chats.discord import format as discord
from chatbot.chats.matrix import format as matrix
from chatbot.chats.matrix.blocks import format_text
from chatbot.cli.output import printing
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import (
    Action,
    BulletList,
    Code,
    CodeBlock,
    Field,
    Heading,
    Link,
    ListItem,
    Message,
    Paragraph,
    Quote,
    Strong,
    Struck,
    Text,
    Tone,
)
from chatbot.core.text.links import safe_url
from chatbot.core.text.visible import INVISIBLE
from chatbot.runtime.ops import logs
from chatbot.runtime.settings.mistakes import harmless
from chatbot.sources.advisories.fields import line
from chatbot.sources.markdown.document import read_markdown

_SHOWN = INVISIBLE - {"\n"}
_ALL = "x".join(sorted(_SHOWN)) + "x\ud800x\U0001f468\u200d\u200d\ufe0f"


def _without_newlines(text: str) -> set[str]:
    return set(text) & _SHOWN


@pytest.mark.parametrize(
    "show", [escaping.escape, escaping.clean, format_text, console._clean, printing.printable, line, harmless]
)
def test_no_word_shows_what_nobody_sees(show: Callable[[str], str]) -> None:
    for character in sorted(_SHOWN):
        assert not _without_newlines(show(f"a{character}b")), hex(ord(character))
    assert not _without_newlines(show("a\ud800b"))
    show("a\ud800b").encode()


def _message() -> Message:
    spans = (Text(_ALL), Strong(_ALL), Struck(_ALL), Code(_ALL), Link(_ALL, "https://example.org/"))
    return Message(
        title=_ALL,
        url="https://example.org/",
        tone=Tone.SECURITY,
        fields=(Field(_ALL, spans),),
        body=(
            Heading(1, spans), Paragraph(spans), BulletList((ListItem(spans),)), CodeBlock(_ALL), Quote((Paragraph(spans),)),
        ),
        links=(Link(_ALL, "https://example.org/"),),
        actions=(Action("affected", _ALL, ProjectId("p"), "1.0"),),
        footer=_ALL,
    )  # fmt: skip


def _strings(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for key, inner in value.items() for text in (str(key), *_strings(inner))]
        case list() | tuple():
            return [text for inner in value for text in _strings(inner)]
        case _:
            return []


@pytest.mark.parametrize(
    "payload",
    [
        lambda: discord.to_payload(_message()),
        lambda: matrix.to_content(_message(), {}),
        lambda: console.to_text(_message()),
    ],
    ids=["discord", "matrix", "console"],
)
def test_no_message_shows_what_nobody_sees(payload: Callable[[], object]) -> None:
    for text in _strings(payload()):
        ours = text.replace("@\u200b", "").replace("`\u200b", "")  # what keeps a mention or a fence from acting
        assert not _without_newlines(ours) - {"\ufe0f", "\t"}, text
        text.encode()


def test_notes_lose_it_where_they_are_read() -> None:
    blocks, _ = read_markdown(f"# a{_ALL}\n\nb\u202e**c\u2066**\n\n`d\u200be`\n\n    {_ALL}\n")
    assert not set(repr(blocks)) & (_SHOWN - {"\ufe0f"})


@pytest.mark.parametrize("character", ["\u202e", "\x9b", "\u200b", "\x07", "\u2028", "\U000e0041", "\ud800"])
def test_an_address_with_it_is_none(character: str) -> None:
    assert safe_url(f"https://example.org/{character}x") == ""
    assert safe_url("https://example.org/ü") == "https://example.org/ü"


def test_json_spells_it_out_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    printing.print_json({"row": _ALL})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"row": _ALL}
    assert not _without_newlines(printed)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [io.StringIO, _Terminal])
def test_no_line_of_the_log_shows_it(out: type[io.StringIO]) -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = out()
    try:
        logs.configure([], stream)
        structlog.get_logger().warning("odd", value=_ALL, k=[_ALL])
        logging.getLogger("library").warning("words %s\x9b31m", _ALL)
        try:
            int(_ALL)
        except ValueError:
            structlog.get_logger().exception("failed")
        logs.flush()
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:], root.level = before
    colours = stream.getvalue()
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", *(f"\x1b[{number}m" for number in range(30, 38))):
        colours = colours.replace(code, "")
    assert not _without_newlines(colours) - {"\ufe0f"}
    assert "failed" in colours
