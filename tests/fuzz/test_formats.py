"""Whatever a message holds: each chat takes it, within its limits and in little time, and nothing in it is invisible."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from chatbot.chats.console.format import to_panel, to_text
from chatbot.chats.discord.format import to_edit_payload, to_payload
from chatbot.chats.discord.marks import mark_of
from chatbot.chats.matrix.format import to_content, to_edit
from chatbot.cli.output.printing import printable
from chatbot.core.model import message as m
from chatbot.core.text.visible import INVISIBLE
from chatbot.runtime.ops import logs
from tests.chats.discord.test_format import judged
from tests.fuzz.hostile import bounded, effort, json_values, little_memory, texts

__all__ = ["little_memory"]

_MARKUP = [
    *["**", "__", "~~", "`", "``", "```", "[", "](", "](", ")", "<", ">", "<@1>", "<@&1>", "<#1>", "</ban:1>", "<t:1:R>", "<:a:1>", "@everyone", "@here", "://", ":smile:", "#", "##", "-#", "-", "+", ">", ">>>", "1.", "|", "||", "\\", "&", "<b>"],
    "https://evil.example/", "http://", "\n# ", "\n> ", "\n```\n", "matrix.to/#/@a:b", "[x](https://evil.example)",
]  # fmt: skip
_words = texts(_MARKUP, 4_000)
_urls = st.sampled_from(
    [
        "https://example.org/",
        "https://example.org/(x)_*`|",
        "https://matrix.to/#/@admin:hs?x",
        "https://ex.org/" + "x" * 1900,
    ]
)


@st.composite
def _messages(draw: st.DrawFn) -> m.Message:
    """A message of a few hostile words, each in many places: what matters is beside what they stand."""
    words = st.sampled_from(draw(st.lists(_words, min_size=1, max_size=4)))
    span = st.one_of(
        *(st.builds(kind, words) for kind in (m.Text, m.Strong, m.Code, m.Struck)), st.builds(m.Link, words, _urls)
    )
    spans = st.lists(span, max_size=6).map(tuple)
    items = st.lists(st.builds(m.ListItem, spans, st.integers(0, 9)), max_size=12).map(tuple)
    simple: st.SearchStrategy[m.Block] = st.one_of(
        st.builds(m.Paragraph, spans), st.builds(m.Heading, st.integers(1, 6), spans), st.builds(m.CodeBlock, words),
        st.builds(m.BulletList, items, st.booleans()),
    )  # fmt: skip
    block = st.one_of(simple, st.builds(m.Quote, st.lists(simple, max_size=3).map(tuple)))
    return m.Message(
        title=draw(words),
        tone=draw(st.sampled_from(m.Tone)),
        url=draw(st.one_of(st.just(""), _urls)),
        fields=tuple(draw(st.lists(st.builds(m.Field, words, spans), max_size=8))),
        body=tuple(draw(st.lists(block, max_size=8))),
        links=tuple(draw(st.lists(st.builds(m.Link, words, _urls), max_size=12))),
        actions=tuple(
            draw(st.lists(st.builds(m.Action, st.just("affected"), words, st.just("p"), st.just("1.0")), max_size=5))
        ),
        footer=draw(words),
        struck=draw(st.booleans()),
    )


pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
_JOINERS = {"\u200d", "\ufe0e", "\ufe0f"}  # between emoji only, which tests/core/text/test_visible.py holds
_LARGEST_EVENT = 65_536  # bytes, https://spec.matrix.org/latest/client-server-api/#size-limits


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in _strings(each)]
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in _strings(each)]
    return [value] if isinstance(value, str) else []


def _assert_visible(value: Any, also: str = "\n") -> None:
    for text in _strings(value):
        assert not set(text) & INVISIBLE - _JOINERS - set(also), text
        text.encode()


@effort
@given(_messages())
def test_discord_takes_it(message: m.Message) -> None:
    mark = mark_of("a", "b")
    for body in bounded(lambda: (to_payload(message, mark), to_edit_payload(message, mark)), len(repr(message))):
        assert judged(body) == []
        _assert_visible(body, "\n\u200b")  # U+200B of ours keeps a mention or a fence from acting


@effort
@given(_messages())
def test_matrix_takes_it(message: m.Message) -> None:
    for each in bounded(
        lambda: (to_content(message, {"key": "k"}), to_edit(message, {"key": "k"}, "$e")), len(repr(message))
    ):
        assert len(json.dumps(each, ensure_ascii=False).encode()) < _LARGEST_EVENT
        _assert_visible(each, "\n\t")


@effort
@given(_messages())
def test_a_terminal_takes_it(message: m.Message) -> None:
    text, panel = bounded(lambda: (to_text(message), _on_a_terminal(message)), len(repr(message)))
    _assert_visible(text)
    _assert_visible(panel)
    assert len(panel) < 200_000


def _on_a_terminal(message: m.Message) -> str:
    out = io.StringIO()
    Console(file=out, width=100, force_terminal=False).print(to_panel(message))
    return out.getvalue()


@effort
@given(_words)
def test_a_line_of_the_shell_is_one_line(words: str) -> None:
    line = printable(words)
    _assert_visible(line, "")
    assert len(line.splitlines()) <= 1


@effort
@given(st.dictionaries(st.sampled_from(["event", "value", "exception", "project"]), json_values(_MARKUP), max_size=4))
def test_a_line_of_the_log_shows_nothing_unseen_and_no_secret(values: dict[str, Any]) -> None:
    secret = "hunter2-hunter2"
    line = {**values, "url": f"https://x.example/?key={secret}"}

    def log_line() -> tuple[Any, str]:
        blotted = logs.blot_out([secret])(None, "", dict(line))
        visible = logs.without_invisible(None, "", dict(blotted))
        return visible, logs.spelled_out(None, "", json.dumps(blotted, ensure_ascii=False))

    visible, record = bounded(log_line, len(repr(line)))
    _assert_visible(visible, "\n\t")
    assert secret not in record
    assert not set(record) & INVISIBLE
