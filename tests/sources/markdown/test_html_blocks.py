"""HTML in notes and advisories becomes blocks with their links, and what is cut says so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Struck,
    Text,
)
from chatbot.core.text.links import safe_url
from chatbot.sources.markdown.document import read_markdown
from chatbot.sources.markdown.html_blocks import html_blocks
from chatbot.sources.markdown.limits import MAX_BLOCKS, MAX_CODE, MAX_SPANS
from tests.cost import assert_cheap
from tests.examples import scaled
from tests.sources.markdown.test_document import _links

BASE = "https://github.com/kestrel/kestrel/releases/tag/v1.0.0"
DOCS = "https://docs.example.org/a?b=1&c=2"


def item(words: str, depth: int = 0, number: int | None = None) -> ListItem:
    return ListItem((Text(words),), depth, number)


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("<p>one</p><p>two</p>", (Paragraph((Text("one"),)), Paragraph((Text("two"),)))),
        ("<h2>New</h2>words<hr>more", (Heading(2, (Text("New"),)), Paragraph((Text("words"),)), Paragraph((Text("more"),)))),
        ("<ul><li>a</li><li>b</li></ul>", (BulletList((item("a"), item("b"))),)),
        ("<ol>\n  <li>a\n  <li>b\n</ol>", (BulletList((item("a", 0, 1), item("b", 0, 2)), ordered=True),)),
        (
            "<ol start='4'><li>a<ul><li>b</li></ul></li><li>c<ol><li>d</li></ol></li></ol>",
            (BulletList((item("a", 0, 4), item("b", 1), item("c", 0, 5), item("d", 1, 1)), ordered=True),),
        ),
        ("<ol start='-9x'><li>a</li></ol>", (BulletList((item("a", 0, 1),), ordered=True),)),
        (
            "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>",
            (BulletList((item("a"), item("b", 1), item("c", 1), item("d"))),),
        ),
        ("<ul><li><p>a</p><p>b</p></li></ul>", (BulletList((ListItem((Text("a"), Text("\n"), Text("b"))),)),)),
        ("<li>a</li><li>b</li>", (BulletList((item("a"), item("b"))),)),
        (
            '<p>See <a class="x" href="https://docs.example.org/a?b=1&amp;c=2" rel=nofollow>the <b>docs</b></a>, please.</p>',
            (Paragraph((Text("See "), Link("the docs", DOCS), Text(", please."))),),
        ),
        ("<a href='docs/x.md'>x</a>", (Paragraph((Link("x", "https://github.com/kestrel/kestrel/releases/tag/docs/x.md"),)),)),
        ('<a href="javascript:alert(1)">x</a>', (Paragraph((Text("x"),)),)),
        ('<a href="https://a.example.org/"></a>', (Paragraph((Link("https://a.example.org/", "https://a.example.org/"),)),)),
        ('<a href="https://a.example.org/">never closed', (Paragraph((Link("never closed", "https://a.example.org/"),)),)),
        ('<p>a <a data-href="https://b.example.org/">b</a></p>', (Paragraph((Text("a b"),)),)),
        ("<p>https://a.example.org/x.</p>", (Paragraph((Link("https://a.example.org/x", "https://a.example.org/x"), Text("."))),)),
        ('<img src="x.png" alt="A &amp; B"><br>c', (Paragraph((Text("A & B\nc"),)),)),
        ("<pre><code>x = 1\n\n\n\n  y &lt; 2\n</code></pre>", (CodeBlock("x = 1\n\n  y < 2"),)),
        ("a <code>b</code> <del>c</del>", (Paragraph((Text("a "), Code("b"), Text(" "), Struck("c"))),)),
        (
            "<table><thead><tr><th>Key</th><th>New</th></tr></thead><tbody><tr><td>a</td><td><a href='https://b.example.org/'>b</a></td></tr>",
            (
                BulletList(
                    (
                        ListItem((Text("Key | New"),)),
                        ListItem((Text("a | "), Link("b", "https://b.example.org/"))),
                    )
                ),
            ),
        ),
        ("<blockquote><p>a</p><blockquote>b</blockquote></blockquote>c", (Quote((Paragraph((Text("a"),)), Quote((Paragraph((Text("b"),)),)))), Paragraph((Text("c"),)))),
        ("<details><summary>More</summary><p>inside</p></details>", (Paragraph((Text("More"),)), Paragraph((Text("inside"),)))),
        ("a<script>b</script><style>c</style><!-- d -->e", (Paragraph((Text("ae"),)),)),
        ("<p>a" + "<br>" * 500 + "b</p>", (Paragraph((Text("a\n\nb"),)),)),
        ("</ul></td></blockquote></a></pre>a", (Paragraph((Text("a"),)),)),
        ("", ()),
    ],
)  # fmt: skip
def test_blocks(html: str, blocks: tuple[Block, ...]) -> None:
    assert tuple(html_blocks(html, BASE)) == blocks


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (
            "<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\n\n- c\n",
            (BulletList((item("a"), item("b"))), BulletList((item("c"),))),
        ),
        (
            'See <a href="https://docs.example.org/a">the docs</a> and <img alt="a picture" src="x">.',
            (Paragraph((Text("See "), Link("the docs", "https://docs.example.org/a"), Text(" and a picture."))),),
        ),
        ("a <a href='https://docs.example.org/a'>b", (Paragraph((Text("a b"),)),)),
        ("a <A HREF=https://docs.example.org/a>b **c**</A> d", (Paragraph((Text("a "), Link("b c", "https://docs.example.org/a"), Text(" d"))),)),
        ("a" + "<br>" * 60 + "b", (Paragraph((Text("a\n\nb"),)),)),
        ("<details>\n<summary>More</summary>\n\n- a\n\n</details>\n", (Paragraph((Text("More"),)), BulletList((item("a"),)))),
    ],
)  # fmt: skip
def test_html_in_markdown(text: str, blocks: tuple[Block, ...]) -> None:
    assert read_markdown(text, base_url=BASE)[0] == blocks


MORE = Paragraph((Text("… "), Link("read the whole text", BASE)))


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" * (MAX_BLOCKS + 5),
        "1. a\n" * (MAX_BLOCKS + 5),
        "<ul>" + "<li>a</li>" * (MAX_BLOCKS + 5) + "</ul>",
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * (MAX_BLOCKS + 5),
        "<table>" + "<tr><td>a</td></tr>" * (MAX_BLOCKS + 5) + "</table>",
        "```\n" + "a line of code\n" * (MAX_CODE // 10) + "```\n",
        "    " + "x" * (MAX_CODE + 1),
        "<pre>" + "a line of code\n" * (MAX_CODE // 10) + "</pre>",
        "`a` b " * MAX_SPANS,
        "> - a\n" * (MAX_BLOCKS + 5),
        "a\n\n" * (MAX_BLOCKS + 5),
        "word word\n" * 9000,
    ],
)
def test_what_is_cut_says_so_and_leads_to_the_whole(text: str) -> None:
    blocks, cut = read_markdown(text, base_url=BASE)
    assert cut
    assert blocks[-1] == MORE
    assert len(blocks) <= MAX_BLOCKS
    if len(blocks) == 2:  # one block was cut: it ends in a mark of its own
        assert repr(blocks[0]).count("…") == 1 or "word" in text


def test_what_is_whole_has_no_mark() -> None:
    blocks, cut = read_markdown("- a\n" * MAX_BLOCKS + "\n```\n" + "x" * MAX_CODE + "\n```\n", base_url=BASE)
    assert not cut
    assert "…" not in repr(blocks)


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<ul>",
        "</ul>",
        "<ol>",
        "<li>",
        "</li>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</tr>",
        "</table>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<blockquote>",
        "</blockquote>",
        "<h1>",
        "</h1>",
        "<br>",
        "<a~href='https://a.b/c'>",
        "<a~href='javascript:x'>",
        "</a>",
        "<img~alt='x'>",
        "<del>",
        "</del>",
        "a",
        "&lt;",
        "<!--",
        "-->",
        "<",
        ">",
        "<details>",
        "<summary>",
    ]
).map(lambda piece: piece.replace("~", " "))


@settings(max_examples=scaled(300), deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=60).map("".join))
def test_any_html_becomes_blocks_with_safe_links(html: str) -> None:
    blocks = tuple(html_blocks(html, BASE))
    assert all(safe_url(url) == url for url in _links(blocks))
    assert html_blocks(html) is not None


@pytest.mark.parametrize(
    "unit",
    ["<li>", "<ul><li>", "<blockquote>", "<a href='https://a.b'>", "<td>", "<tr><td>a", "<pre>", "<br>", "<p>a", "<a href=", "</a>", "<code>a", "a "],
)  # fmt: skip
def test_no_html_makes_reading_explode(unit: str) -> None:
    html = (unit * (60_000 // len(unit) + 1))[:60_000]
    assert_cheap(lambda: tuple(html_blocks(html, BASE)), 5.0, unit)
