"""What a hostile text costs to dress: time in its length, in CPU seconds that are ten times what is expected."""

import pytest

from chatbot.chats.discord.format import to_payload
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Message,
    Paragraph,
    Quote,
    Strong,
    Text,
    Tone,
)
from chatbot.sources.markdown.document import read_markdown
from tests.cost import assert_cheap

SIZE = 65_000
BOUND = 2.0  # seconds of this thread's own time: ten times what the slowest takes
ROWS = ["\n", " ", "\n ", "\n1. ", "- ", "# ", "a", "`", "``", "```", "*", "**", "_", "~~", "||", "[", "]", "](", ":a", "://", "<", "@everyone", "\\", "\u200b", "a.bc ", "👩\u200d"]  # fmt: skip


def assert_dressed_cheaply(body: tuple[Block, ...]) -> None:
    message = Message(title="v1", tone=Tone.ROUTINE, url="https://example.org/", body=body)
    assert_cheap(lambda: to_payload(message, "d=aaaaaaaaaaaaaaaa.k"), BOUND, body)


@pytest.mark.parametrize("row", ROWS)
def test_rows_of_anything_cost_little(row: str) -> None:
    text = row * (SIZE // len(row))
    for part in (
        Paragraph((Text(text),)),
        Paragraph((Strong(text), Code(text), Link(text, "https://example.org/"))),
        Heading(1, (Text(text),)),
        CodeBlock(text),
        BulletList((ListItem((Text(text),)),)),
        Quote((Paragraph((Text(text),)),)),
    ):
        assert_dressed_cheaply((part,))


@pytest.mark.parametrize(
    "body",
    [
        tuple(Paragraph((Text("a"),)) for _ in range(SIZE // 4)),
        (BulletList(tuple(ListItem((Text("a"),)) for _ in range(SIZE // 4))),),
        (Quote(tuple(Paragraph((Text("a"),)) for _ in range(SIZE // 4))),),
        (Paragraph(tuple(Strong("a") if n % 2 else Text("b") for n in range(SIZE // 4))),),
        (CodeBlock("a\n" * (SIZE // 2)),),
        tuple(Heading(1, (Text("a"),)) for _ in range(SIZE // 4)),
    ],
    ids=["paragraphs", "items", "quoted", "spans", "lines", "headings"],
)
def test_many_parts_cost_little(body: tuple[Block, ...]) -> None:
    assert_dressed_cheaply(body)


@pytest.mark.parametrize(
    "notes", ["x" + "<br>" * 16_000 + "y", "x" + "<p>" * 21_000 + "y", "- x" + "<br>" * 16_000, "> x" + "<br>" * 16_000]
)
def test_notes_of_line_breaks_cost_little(notes: str) -> None:
    body, _ = read_markdown(notes)
    assert_dressed_cheaply(body)
