"""Foreign Markdown becomes blocks: nothing of it acts, links are safe, and it is cut at a boundary."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Paragraph,
    Quote,
    Span,
    Strong,
    Struck,
    Text,
)
from chatbot.core.text.links import safe_url
from chatbot.sources.markdown.document import MAX_BLOCKS, MAX_CHARACTERS, Unparseable, read_markdown, tokens_of
from tests.cost import assert_cheap, cpu
from tests.examples import scaled

BASE = "https://github.com/kestrel/kestrel/blob/main/SECURITY.md"


def blocks_of(text: str, base_url: str = "") -> tuple[Block, ...]:
    return read_markdown(text, base_url=base_url)[0]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("# Title #", Heading(1, (Text("Title"),))),
        ("Title\n---", Heading(2, (Text("Title"),))),
        ("a\nb", Paragraph((Text("a b"),))),
        ("a  \nb", Paragraph((Text("a\nb"),))),
        ("a<br>b <kbd>c</kbd>", Paragraph((Text("a\nb c"),))),
        ("**a** _b_ `c` ~~d~~", Paragraph((Strong("a"), Text(" b "), Code("c"), Text(" "), Struck("d")))),
        ("- a\n  - b\n- c", BulletList((ListItem((Text("a"),)), ListItem((Text("b"),), 1), ListItem((Text("c"),))))),
        (
            "1. a\n\n   more\n2. b",
            BulletList(
                (ListItem((Text("a"), Text("\n"), Text("more")), 0, 1), ListItem((Text("b"),), 0, 2)), ordered=True
            ),
        ),
        ("> a\n> > b", Quote((Paragraph((Text("a"),)), Quote((Paragraph((Text("b"),)),))))),
        ("> [!WARNING]\n> take care", Quote((Paragraph((Text("Warning: take care"),)),))),
        ("```py\nx = 1\n```", CodeBlock("x = 1")),
        ("    x = 1", CodeBlock("x = 1")),
        (
            "| a | b |\n|---|---|\n| 1 | |",
            BulletList((ListItem((Text("a"), Text(" | "), Text("b"))), ListItem((Text("1"), Text(" | "))))),
        ),
        ("<p>a<b>c</b></p>", Paragraph((Text("ac"),))),
        ("&lt;b&gt; &amp; &#65;", Paragraph((Text("<b> & A"),))),
        (
            "see https://a.example.org/x.",
            Paragraph((Text("see "), Link("https://a.example.org/x", "https://a.example.org/x"), Text("."))),
        ),
        ("![a picture](https://a.example.org/x.png)", Paragraph((Text("a picture"),))),
        ("@everyone <@1> @room", Paragraph((Text("@everyone <@1> @room"),))),
    ],
)
def test_one_block(text: str, block: Block) -> None:
    assert blocks_of(text) == (block,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n",
        "<!-- nothing -->",
        "---",
        "[a]: https://a.example.org",
        "<script>alert(1)</script>",
        "# ",
        "> ",
        "-",
    ],
)
def test_nothing_is_no_block(text: str) -> None:
    assert blocks_of(text) == ()


def test_quotes_and_code_in_a_list_follow_it() -> None:
    assert blocks_of("- a\n\n  > q\n\n  ```\n  c\n  ```\n") == (
        BulletList((ListItem((Text("a"),)),)),
        Quote((Paragraph((Text("q"),)),)),
        CodeBlock("c"),
    )


@pytest.mark.parametrize(
    ("link", "base", "span"),
    [
        ("[a](https://b.example.org/c)", "", Link("a", "https://b.example.org/c")),
        ("[**a** b](https://b.example.org/c)", "", Link("a b", "https://b.example.org/c")),
        ("<https://b.example.org/c>", "", Link("https://b.example.org/c", "https://b.example.org/c")),
        ("[](https://b.example.org/c)", "", Link("https://b.example.org/c", "https://b.example.org/c")),
        ("[a](docs/x.md)", BASE, Link("a", "https://github.com/kestrel/kestrel/blob/main/docs/x.md")),
        ("[a](docs/x.md)", "", Text("a")),
        ("[a](#below)", BASE, Text("a")),
        ("[a](javascript:alert(1))", BASE, Text("a")),
        ("[a](data:text/html,x)", BASE, Text("a")),
        ("[a](https://user@evil.example.org/)", "", Text("a")),
        ("[a](mailto:a@example.org)", "", Text("a")),
        ("[a](https://b.example.org/c", "", Text("[a](")),
    ],
)
def test_a_link_is_kept_only_where_it_is_safe(link: str, base: str, span: Span) -> None:
    ((spans,),) = ((block.spans for block in blocks_of(link, base) if isinstance(block, Paragraph)),)
    assert spans[0] == span


def test_the_text_is_cut_at_a_line_and_says_so() -> None:
    blocks, cut = read_markdown("word\n\n" * (MAX_CHARACTERS // 6 - 1))
    assert len(blocks) == MAX_BLOCKS
    assert cut
    (paragraph,), cut = read_markdown("word word\n" * MAX_CHARACTERS)
    assert cut
    assert isinstance(paragraph, Paragraph)
    assert paragraph.spans[-1].text.endswith("word word")
    assert read_markdown("word\n" * 10)[1] is False
    assert len(blocks_of("- a\n" * 2000)) == 1


def test_marks_of_direction_and_control_are_dropped() -> None:
    assert blocks_of("a\u202eb\x07c\x00\r\nd") == (Paragraph((Text("abc d"),)),)


class Broken(MarkdownIt):
    """No text is known on which the parser fails; the wall before it is held all the same."""

    def parse(self, src: str, env: MutableMapping[str, Any] | None = None) -> list[Token]:
        raise IndexError(src, env)


def test_a_failing_parser_is_one_error_of_ours() -> None:
    with pytest.raises(Unparseable, match="cannot be read"):
        tokens_of("x", Broken())


def _links(blocks: tuple[Block, ...]) -> list[str]:
    links = []
    for block in blocks:
        match block:
            case Paragraph(spans) | Heading(_, spans):
                links += [span.url for span in spans if isinstance(span, Link)]
            case BulletList(items):
                links += [span.url for item in items for span in item.spans if isinstance(span, Link)]
            case Quote(inner):
                links += _links(inner)
            case CodeBlock():
                pass
    return links


MARKS = st.sampled_from(
    [
        "# ",
        "- ",
        "> ",
        "1. ",
        "\n",
        "\n\n",
        "**",
        "~~",
        "`",
        "```\n",
        "[a](",
        "https://a.b/c",
        "javascript:x",
        ")",
        "<",
        "<b>",
        "</b>",
        "|",
        "|-|\n",
    ]
)


@settings(max_examples=scaled(200), deadline=None)
@given(st.lists(st.one_of(MARKS, MARKS, st.text(max_size=6)), max_size=60).map("".join))
def test_any_text_becomes_blocks_with_safe_links(text: str) -> None:
    blocks, cut = read_markdown(text, base_url=BASE)
    assert not cut
    assert len(blocks) <= MAX_BLOCKS
    assert all(safe_url(url) == url for url in _links(blocks))


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "![a",
        "*a_",
        "`",
        "<",
        "<!--",
        "<a ",
        "> ",
        "- ",
        "~~a ",
        "[a](",
        "&#x41;",
        "|a",
        "<![CDATA[",
        "<div>\n",
        "https://",
        "a\n> - ",
    ],
)
def test_no_text_makes_reading_explode(unit: str) -> None:
    """A bound on processor time that the largest text stays below in any order of growth but a squared one."""
    text = (unit * (30_000 // len(unit) + 1))[:30_000]
    assert_cheap(lambda: read_markdown(text), 8.0, unit)


def outline(text: str) -> list[str]:
    """What a reader sees of lists, code and paragraphs, a line for each."""
    blocks, _ = read_markdown(text)
    lines: list[str] = []
    for block in blocks:
        match block:
            case BulletList(items=items):
                for item, number in zip(items, block.numbers(), strict=True):
                    words = "".join(span.text for span in item.spans).replace("\n", " / ")
                    lines.append(f"{'  ' * item.depth}{'-' if number is None else f'{number}.'} {words}")
            case CodeBlock(text=words):
                lines.append(f"[{words}]")
            case Paragraph(spans=spans):
                lines.append("".join(span.text for span in spans))
            case _:
                lines.append(type(block).__name__)
    return lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("1. Stop\n2. Run:\n\n```sh\nx\n```\n\n3. Start", ["1. Stop", "2. Run:", "[x]", "3. Start"]),
        ("1. Stop\n2. Run:\n   ```sh\n   x\n   ```\n3. Start", ["1. Stop", "2. Run:", "[x]", "3. Start"]),
        ("1. Run:\n\n   ```\n   x\n   ```\n\n   then wait\n2. Start", ["1. Run:", "[x]", "then wait", "2. Start"]),
        ("7) a\n8) b", ["7. a", "8. b"]),
        ("0. a\n1. b", ["0. a", "1. b"]),
        ("1. a\n1. b\n1. c", ["1. a", "2. b", "3. c"]),
        ("1. a\n   - x\n   - y\n2. b", ["1. a", "  - x", "  - y", "2. b"]),
        ("- a\n\n  4. x\n  5. y\n- b", ["- a", "  4. x", "  5. y", "- b"]),
        ("1. a\n   1. x\n      ```\n      c\n      ```\n   2. y\n2. b", ["1. a", "  1. x", "  2. y", "[c]", "2. b"]),
        ("- a\n\n  > q\n- b", ["- a", "Quote", "- b"]),
        ("1.\n2. b", ["2. b"]),
    ],
)
def test_lists_keep_their_numbers_and_their_order(text: str, lines: list[str]) -> None:
    assert outline(text) == lines


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        (":white_check_mark:", "✅"),
        ("**Yes** :x: no :rocket:", "Yes ❌ no 🚀"),
        ("a :ROCKET: b", "a 🚀 b"),
        ("`:x:`", ":x:"),
        ("10:30:15 and a::b::c", "10:30:15 and a::b::c"),
        (":no_such_name:", ":no_such_name:"),
    ],
)
def test_short_names_are_read_as_signs(text: str, signs: str) -> None:
    blocks, _ = read_markdown(text)
    assert "".join(span.text for block in blocks if isinstance(block, Paragraph) for span in block.spans) == signs


@pytest.mark.parametrize(
    "unit", ["a  \n", "a<br>", "a\n", "~~a~~ ", "&amp;", "**a** ", "- a\n\n  b\n", "[x][x", "a</sup>"]
)
def test_a_paragraph_takes_time_in_step_with_its_length(unit: str) -> None:
    """Eight times the text may take three times what eight times the work would; squared it would take 64 times."""

    def cost(size: int) -> float:
        text = "[x]: y\n\n" + unit * (size // len(unit))
        return min(cpu(lambda: read_markdown(text))[0] for _ in range(2))

    assert cost(60_000) < 24 * max(cost(7_500), 0.004)
