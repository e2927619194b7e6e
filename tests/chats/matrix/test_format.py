"""What a message looks like on Matrix: complete without HTML, HTML made by us alone, never too large."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.chats.matrix.blocks import format_block
from chatbot.chats.matrix.format import LARGEST, MARK, in_reply, in_thread, shortened, to_content, to_edit
from chatbot.core.model import message as m
from chatbot.core.model.ids import ProjectId
from tests.examples import scaled

MARKS = {"key": "k1", "announcement": "a1"}
TAGS = {"p", "strong", "sub", "a", "ul", "ol", "li", "del", "code", "pre", "blockquote", "br", "h3", "h4", "h5", "h6"}


class Reader(HTMLParser):
    """Reads our HTML strictly: every tag allowed, closed in order, and only with attributes we write."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("ol", "start")}
            assert name != "href" or (value or "").startswith(("https://", "http://"))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def text_of(content: dict[str, object]) -> str:
    reader = Reader()
    reader.feed(str(content["formatted_body"]))
    reader.close()
    assert reader.open == []
    return reader.words


def release(**changes: Any) -> m.Message:
    parts: dict[str, Any] = {
        "title": "Mail 0.13.4 – patch",
        "tone": m.Tone.ROUTINE,
        "url": "https://example.org/r/0.13.4",
        "fields": (m.field_of("Line", "0.13 – newest"),),
        "body": (m.paragraph("Fixes ", m.Strong("two"), " bugs, see ", m.Link("notes", "https://example.org/n")),),
        "links": (m.Link("Release notes", "https://example.org/r/0.13.4"),),
        "footer": "read a minute ago",
    }
    return m.Message(**(parts | changes))


def test_body_and_html_say_the_same() -> None:
    content = to_content(release(), MARKS)
    assert content["body"] == (
        "📦 Mail 0.13.4 – patch\nLine: 0.13 – newest\nFixes two bugs, see notes (https://example.org/n)\n"
        "Release notes: https://example.org/r/0.13.4\nread a minute ago"
    )
    assert content["formatted_body"] == (
        '<p>📦 <strong><a href="https://example.org/r/0.13.4">Mail 0.13.4 – patch</a></strong></p>'
        "<p><strong>Line:</strong> 0.13 – newest</p>"
        '<p>Fixes <strong>two</strong> bugs, see <a href="https://example.org/n">notes</a></p>'
        '<p><a href="https://example.org/r/0.13.4">Release notes</a></p><p><sub>read a minute ago</sub></p>'
    )
    assert content[MARK] == MARKS


@pytest.mark.parametrize(
    ("changes", "kind", "mentions"),
    [
        ({}, "m.notice", {}),
        ({"tone": m.Tone.SECURITY}, "m.text", {}),
        ({"mentions": (m.Mention("user", "@a:b"),)}, "m.text", {"user_ids": ["@a:b"]}),
        ({"mentions": (m.Mention("room"),)}, "m.text", {"room": True}),
        ({"mentions": (m.Mention("role", "987"),)}, "m.text", {}),
        ({"mentions": (m.Mention("user", "1234"),)}, "m.text", {}),
    ],
)
def test_only_loud_messages_may_notify(changes: dict[str, Any], kind: str, mentions: dict[str, Any]) -> None:
    content = to_content(release(**changes), MARKS, may_ping_room=True)
    assert (content["msgtype"], content["m.mentions"]) == (kind, mentions)
    text_of(content)


def test_the_room_is_pinged_only_with_the_right_to() -> None:
    content = to_content(release(mentions=(m.Mention("room"),)), MARKS, may_ping_room=False)
    assert content["m.mentions"] == {}
    assert "@room" not in str(content["body"])


def test_an_edit_pings_nobody_and_keeps_whom_the_message_pinged() -> None:
    message = release(mentions=(m.Mention("room"), m.Mention("user", "@a:b")))
    content = to_edit(message, MARKS, "$old", may_ping_room=True)
    new = content["m.new_content"]
    assert isinstance(new, dict)
    assert content["m.mentions"] == {}
    assert new["m.mentions"] == {"user_ids": ["@a:b"], "room": True}
    assert new["body"].startswith("@room @a:b\n")
    assert "@a:b" not in str(content["body"])
    assert "@room" not in str(content["body"])
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$old"}
    unable = to_edit(message, MARKS, "$old")["m.new_content"]
    assert isinstance(unable, dict)
    assert unable["m.mentions"] == {"user_ids": ["@a:b"]}


def test_news_in_a_thread_answer_nobody() -> None:
    content = in_thread(to_content(release(), MARKS), "$root", "$newest")
    fallback = {"is_falling_back": True, "m.in_reply_to": {"event_id": "$newest"}}
    assert content["m.relates_to"] == {"rel_type": "m.thread", "event_id": "$root", **fallback}


@pytest.mark.parametrize("tone", m.Tone)
def test_an_answer_is_never_loud(tone: m.Tone) -> None:
    for mentions in ((), (m.Mention("room"),)):
        assert (
            to_content(release(tone=tone, answer=True, mentions=mentions), MARKS, may_ping_room=True)["msgtype"]
            == "m.notice"
        )
    loud = tone in (m.Tone.SECURITY, m.Tone.CRITICAL)
    assert to_content(release(tone=tone), MARKS)["msgtype"] == ("m.text" if loud else "m.notice")


@pytest.mark.parametrize(("in_dm", "kind"), [(True, "m.text"), (False, "m.notice")])
def test_an_answer_in_a_dm_is_an_ordinary_message(in_dm: bool, kind: str) -> None:
    """Some clients draw notices in italics: in a conversation of two that reads as something nobody said."""
    assert to_content(release(tone=m.Tone.GOOD, answer=True), MARKS, in_dm=in_dm)["msgtype"] == kind


@pytest.mark.parametrize("level", range(1, 7))
def test_no_heading_is_smaller_than_the_text(level: int) -> None:
    [piece] = format_block(m.Heading(level, m.text("Impact")))
    assert piece.html == ("<h3>Impact</h3>" if level == 1 else "<h4>Impact</h4>")


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Severity", "Severity:"), ("Does it affect me?", "Does it affect me?"), ("Note:", "Note:"), ("Look!", "Look!")],
)
def test_one_mark_is_enough(label: str, expected: str) -> None:
    action, link = m.Action("help", label, ProjectId("p"), "s"), m.Link(label, "https://example.org/x")
    content = to_content(release(actions=(action,), fields=(m.field_of(label, "x"),), links=(link,)), MARKS)
    body = str(content["body"]).splitlines()
    send = "send" if expected.endswith(":") else "Send"
    assert {f"{expected} x", f"{expected} https://example.org/x", f"{expected} {send} !help"} <= set(body)
    assert f"<strong>{expected}</strong> x" in str(content["formatted_body"])


def numbered(*numbers: int | None, depth: int = 0) -> tuple[m.ListItem, ...]:
    return tuple(m.ListItem(m.text(f"i{at}"), depth, number) for at, number in enumerate(numbers))


@pytest.mark.parametrize(
    ("items", "plain", "markup"),
    [
        (numbered(3, 4), "3. i0\n4. i1", '<ol start="3"><li>i0</li><li>i1</li></ol>'),
        (numbered(1, 2), "1. i0\n2. i1", "<ol><li>i0</li><li>i1</li></ol>"),
        (numbered(0), "0. i0", '<ol start="0"><li>i0</li></ol>'),
        (
            (*numbered(7), *numbered(None, None, depth=1), m.ListItem(m.text("next"), 0, 8)),
            "7. i0\n  • i0\n  • i1\n8. next",
            '<ol start="7"><li>i0<ul><li>i0</li><li>i1</li></ul></li><li>next</li></ol>',
        ),
        (
            (*numbered(None), *numbered(2, 3, depth=1)),
            "• i0\n  2. i0\n  3. i1",
            '<ul><li>i0<ol start="2"><li>i0</li><li>i1</li></ol></li></ul>',
        ),
    ],
)
def test_lists_keep_their_numbers(items: tuple[m.ListItem, ...], plain: str, markup: str) -> None:
    [piece] = format_block(m.BulletList(items, ordered=items[0].number is not None))
    assert (piece.plain, piece.html) == (plain, markup)


PILLS = [
    "https://matrix.to/#/@admin:example.org?GHSA-1",
    "http://matrix.to/#/!room:example.org",
    "https://MATRIX.to/#/%40admin:example.org",
    "https://www.matrix.to/#/#room:example.org",
    "https://matrix.to./#/@a:b",
    "https://matrix.to:443/#/@a:b",
    "https://matrix%2eto/#/@a:b",
    "https://matrix\u3002to/#/@a:b",
    "https://\uff4datrix.to/#/@a:b",
    "https://matrix.to",
    "https://app.element.io/#/user/@admin:example.org",
    "https://app.element.io/#/room/!x:example.org",
    "https://client.example/path?x#/%2540a:b",
    "https://client.example/#/%23room:b",
]


@pytest.mark.parametrize("url", PILLS)
def test_no_foreign_address_becomes_a_mention(url: str) -> None:
    """In the title, a fact, the text, a link below it, and where a message is cut."""
    link = m.Link("the advisory", url)
    long = tuple(m.paragraph("x" * 5000) for _ in range(5))
    message = release(url=url, fields=(m.field_of("See", link),), body=(m.paragraph(link), *long), links=(link,))
    for each in (message, m.Message(title="t", tone=m.Tone.ROUTINE, url=url, body=long)):
        content = to_content(each, MARKS)
        assert "href" not in str(content["formatted_body"])
        assert "… " in str(content["body"])


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "matrix:u/a:b", "mxc://a/b", "https://a@b.example/", "data:x", "//x.example"]
)
def test_nothing_but_web_addresses_act(url: str) -> None:
    message = release(url=url, fields=(m.field_of("See", m.Link("x", url)),), body=(), links=(m.Link("y", url),))
    assert "href" not in str(to_content(message, MARKS)["formatted_body"])


def test_a_label_that_looks_like_another_address_shows_where_it_leads() -> None:
    label, url = "https://github.com/harbour/ferry", "https://evil.example/x"
    expected = f'{label} (<a href="{url}">{url}</a>)'
    link = m.Link(label, url)
    message = release(title=label, url=url, fields=(m.field_of("See", link),), body=(m.paragraph(link),), links=(link,))
    html = str(to_content(message, MARKS)["formatted_body"])
    assert html.count(expected) == 3, "a link that a field has is not repeated below"
    assert f">{label}</a>" not in html


def test_what_nobody_sees_in_an_address_is_written_out() -> None:
    url = "https://example.org/\u202egnp\u200b\u2028x"
    content = to_content(release(url=url, links=(m.Link("x", url),)), MARKS)
    for words in (content["body"], content["formatted_body"]):
        assert not set("\u202e\u200b\u2028") & set(str(words))
    assert "%E2%80%AEgnp%E2%80%8B%E2%80%A8x" in str(content["formatted_body"])


def test_an_answer_stays_in_its_thread() -> None:
    plain = in_reply(to_content(release(), MARKS), "$q")
    assert plain["m.relates_to"] == {"m.in_reply_to": {"event_id": "$q"}}
    threaded = in_reply(to_content(release(), MARKS), "$q", "$root")
    relation = threaded["m.relates_to"]
    assert isinstance(relation, dict)
    assert (relation["rel_type"], relation["event_id"], relation["is_falling_back"]) == ("m.thread", "$root", False)


def test_what_is_withdrawn_says_so_without_html_too() -> None:
    content = to_content(release(struck=True, tone=m.Tone.WITHDRAWN), MARKS)
    assert "(withdrawn)" in str(content["body"])
    assert "<del>" in str(content["formatted_body"])


def test_buttons_become_what_to_type() -> None:
    content = to_content(release(actions=(m.Action("help", "What can I ask?", ProjectId("p"), "s"),)), MARKS)
    assert "What can I ask? Send !help\n" in str(content["body"])


def test_what_to_type_names_the_project_and_leaves_out_what_may_be_left_out() -> None:
    """A room may watch several projects, and then a line without the project's name asks which one is meant."""
    actions = (
        m.Action("affected", "Am I affected?", ProjectId("mail"), "s"),
        m.Action("supported", "Supported?", ProjectId("mail"), "s"),
    )
    content = to_content(release(actions=actions), MARKS)
    assert "Am I affected? Send !affected VERSION mail\nSupported? Send !supported mail\n" in str(content["body"])


def test_links_stand_in_one_line_and_the_small_print_comes_last() -> None:
    links = (m.Link("Advisory", "https://example.org/a"), m.Link("Release 1.2", "https://example.org/r"))
    content = to_content(release(links=links, small=(m.text("CVE-2031-1"),), body=()), MARKS)
    assert str(content["body"]).endswith(
        "Advisory: https://example.org/a\nRelease 1.2: https://example.org/r\nCVE-2031-1\nread a minute ago"
    )
    assert str(content["formatted_body"]).endswith(
        '<p><a href="https://example.org/a">Advisory</a> · <a href="https://example.org/r">Release 1.2</a></p>'
        "<p><sub>CVE-2031-1</sub><br><sub>read a minute ago</sub></p>"
    )


def test_nested_lists_are_closed_in_order() -> None:
    items = tuple(m.ListItem(m.text(f"i{n}"), depth) for n, depth in enumerate((0, 1, 2, 0, 2, 1, 0, 1, 1)))
    for ordered in (False, True):
        content = to_content(release(body=(m.BulletList(items, ordered=ordered),)), MARKS)
        assert [f"i{n}" in text_of(content) for n in range(9)] == [True] * 9
    assert "  • i1\n    • i2\n• i3\n  • i4\n  • i5\n• i6" in str(
        to_content(release(body=(m.BulletList(items),)), MARKS)["body"]
    )


def test_a_long_message_is_cut_between_blocks_and_leads_to_the_whole() -> None:
    blocks = tuple(m.paragraph(f"paragraph {n} " + "x" * 200) for n in range(200))
    content = to_content(release(body=blocks), MARKS)
    assert "… Full release notes: https://example.org/r/0.13.4\n" in str(content["body"])
    assert str(content["body"]).count("x" * 200) == str(content["formatted_body"]).count("x" * 200) > 20
    assert "paragraph 199" not in str(content["body"])


def test_a_long_list_is_cut_between_items() -> None:
    content = to_content(release(body=(m.bullets(f"item {n} " + "y" * 100 for n in range(500)),)), MARKS)
    assert "item 7 " in text_of(content)
    assert "item 499" not in text_of(content)


@pytest.mark.parametrize(("numbers", "tag"), [([None] * 20, "ul"), (list(range(1, 21)), "ol")])
def test_a_list_that_is_not_cut_is_one_list(numbers: list[int | None], tag: str) -> None:
    """Clients leave a gap between two lists."""
    items = m.BulletList(numbered(*numbers), ordered=tag == "ol")
    for body in ((items,), (m.Quote((items,)),), (m.paragraph("before"), items, m.paragraph("behind"))):
        formatted = str(to_content(release(body=body), MARKS)["formatted_body"])
        assert (formatted.count(f"<{tag}>"), formatted.count("<li>")) == (1, 20)
        assert f"<{tag} " not in formatted


def test_a_short_amendment_keeps_the_facts() -> None:
    short = shortened(release(mentions=(m.Mention("room"),)))
    assert (short.body, short.mentions) == ((), ())
    assert short.fields == release().fields


words = st.text(st.characters(codec="utf-8"), max_size=300) | st.sampled_from(
    ["<script>", "</p>", '"><b>', "@room", "\u202e", "&amp;"]
)
spans = st.lists(
    st.builds(m.Text, words)
    | st.builds(m.Code, words)
    | st.builds(m.Strong, words)
    | st.builds(m.Link, words, st.just("https://e.org/?a=1&b='\"")),
    max_size=4,
).map(tuple)
simple = (
    st.builds(m.Paragraph, spans)
    | st.builds(m.Heading, st.integers(1, 6), spans)
    | st.builds(m.CodeBlock, words)
    | st.builds(
        m.BulletList, st.lists(st.builds(m.ListItem, spans, st.integers(0, 5)), max_size=40).map(tuple), st.booleans()
    )
)
blocks = simple | st.builds(m.Quote, st.lists(simple, max_size=3).map(tuple))


@settings(max_examples=scaled(60), deadline=None)
@given(
    title=words,
    footer=words,
    fields=st.lists(st.builds(m.Field, words, spans), max_size=5).map(tuple),
    body=st.lists(blocks, max_size=30).map(tuple),
)
def test_nothing_foreign_becomes_markup_and_nothing_grows_too_large(
    title: str, footer: str, fields: tuple[m.Field, ...], body: tuple[m.Block, ...]
) -> None:
    content = to_content(release(title=title, footer=footer, fields=fields, body=body), MARKS)
    text_of(content)
    size = len(str(content["body"]).encode()) + len(str(content["formatted_body"]).encode())
    assert size <= LARGEST
    assert len(json.dumps(content)) < 40_000
    assert len(json.dumps(to_edit(release(title=title, footer=footer, fields=fields, body=body), MARKS, "$e"))) < 42_000


@pytest.mark.parametrize(
    "url", ["https://matrix.to/#/@admin:hs", "http://MATRIX.TO/#/!room:hs", "https://www.matrix.to?x"]
)
def test_no_foreign_link_becomes_a_pill(url: str) -> None:
    (piece,) = format_block(m.Paragraph((m.Link("click", url),)))
    assert piece.html == f"<p>click ({url})</p>"
