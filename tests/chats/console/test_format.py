"""How a message looks in a terminal: its words, their dress, and nothing that moves the cursor."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from chatbot.chats.console.format import LONGEST_TITLE, to_panel, to_text
from chatbot.core.model.message import (
    Block,
    BulletList,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Mention,
    Message,
    Quote,
    Strong,
    Struck,
    Tone,
    field_of,
    paragraph,
    text,
)


def painted(message: Message, *, colours: bool = False) -> str:
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=100, color_system="standard" if colours else None)
    console.print(to_panel(message))
    return output.getvalue()


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (paragraph("a ", Strong("b"), " ", Struck("c")), ["a b c"]),
        (paragraph(Link("here", "https://example.org")), ["here"]),
        (paragraph(Link("https://example.org", "https://example.org")), ["https://example.org"]),
        (paragraph(Link("a", "https://example.org/\u200bnot a style")), ["a"]),
        (Heading(2, text("Head")), ["", "Head"]),
        (BulletList((ListItem(text("a")), ListItem(text("b"), 1))), ["• a", "  • b"]),
        (BulletList((ListItem(text("a")), ListItem(text("b"))), ordered=True), ["1. a", "2. b"]),
        (CodeBlock("one\ntwo"), ["one", "two"]),
        (
            BulletList(
                (ListItem(text("c"), number=3), ListItem(text("d"), 1), ListItem(text("e"), 1, number=7)), ordered=True
            ),
            ["3. c", "  • d", "  7. e"],
        ),
        (Quote((paragraph("a"), paragraph("b"))), ["│ a", "│ b"]),
        (
            Quote((BulletList((ListItem(text("a")), ListItem(text("b")))), Quote((paragraph("c"),)))),
            ["│ • a", "│ • b", "│ │ c"],
        ),
    ],
)
def test_blocks_as_plain_lines(block: Block, lines: list[str]) -> None:
    assert to_text(Message(title="T", tone=Tone.ROUTINE, body=(block,))).split("\n") == ["T", *lines]


def test_a_whole_message_as_plain_lines() -> None:
    message = Message(
        title="T", tone=Tone.ROUTINE, fields=(field_of("Line", "0.15"),), body=(paragraph("words"),),
        links=(Link("Notes", "https://example.org"),), footer="small",
    )  # fmt: skip
    assert to_text(message) == "T\nLine: 0.15\nwords\nNotes: https://example.org\nsmall"


def test_a_panel_shows_whom_it_pings_and_what_is_struck() -> None:
    message = Message(
        title="T", tone=Tone.WITHDRAWN, struck=True, mentions=(Mention("role", "7"), Mention("room")), footer="small"
    )
    text = painted(message, colours=True)
    assert "@7 @room" in text
    assert "\x1b[1;9;90m T" in text
    assert "small" in text
    assert "\x1b[1;9;" not in painted(Message(title="T", tone=Tone.ROUTINE), colours=True)


def test_every_tone_has_its_colour() -> None:
    assert all(painted(Message(title="T", tone=tone)) for tone in Tone)


def test_a_long_title_is_cut() -> None:
    title = to_text(Message(title="T" * 1000, tone=Tone.ROUTINE))
    assert len(title) == LONGEST_TITLE
    assert title.endswith("…")


_ANY = st.text(max_size=60) | st.sampled_from(["\x1b[2J", "\x1b]0;x\x07", "\r\n", "\u202e", "[red]x[/red]", "\x9b31m"])


@given(_ANY, _ANY, _ANY)
def test_foreign_words_never_steer_the_terminal(title: str, label: str, words: str) -> None:
    message = Message(
        title=title,
        tone=Tone.ROUTINE,
        fields=(field_of(label, words),),
        body=(paragraph(words), CodeBlock(words), Heading(1, text(words)), BulletList((ListItem(text(words)),))),
        links=(Link(words, f"https://example.org/{words}"),),
        footer=words,
    )
    for output in (to_text(message), painted(message)):
        assert all(character.isprintable() or character == "\n" for character in output)
        assert not {"\u202e", "\u2066", "\x1b", "\x9b"} & set(output)


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 120])
@pytest.mark.parametrize(
    "title", ["Mail 2.1.8 is fine", "Mail 2.1.8 is no longer supported, and it is vulnerable: upgrade to 2.4.0"]
)
def test_a_title_is_never_cut_within_a_version(title: str, columns: int) -> None:
    output = io.StringIO()
    Console(file=output, width=columns).print(to_panel(Message(title=title, tone=Tone.WARNING, body=(paragraph("a"),))))
    words = output.getvalue().translate(str.maketrans("╭╮╰╯─│", " " * 6)).split()
    assert words == [*title.split(), "a"]
