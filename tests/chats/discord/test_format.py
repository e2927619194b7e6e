"""How messages look on Discord: golden payloads, and limits that hold whatever the words."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.chats.discord import escaping, markup
from chatbot.chats.discord import format as dress_up
from chatbot.chats.discord.components.carried import custom_id, read_button
from chatbot.chats.discord.fitting import fitting
from chatbot.chats.discord.marks import bears, mark_of, marked
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import (
    Action,
    Block,
    BulletList,
    Code,
    CodeBlock,
    Field,
    Heading,
    Link,
    ListItem,
    Mention,
    Message,
    Moment,
    Paragraph,
    Quote,
    Strong,
    Struck,
    Text,
    Tone,
    field_of,
    paragraph,
    plain,
    text,
)
from chatbot.core.model.severity import Severity
from tests.chats.discord.shown import MESSAGES
from tests.examples import scaled
from tests.standins.discord import Recorded
from tests.standins.discord.rules import complaints

GOLDEN = Path(__file__).parent / "golden"
MARK = mark_of("example/1.2.3", "k1")


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_a_message_looks_as_its_golden_file_says(name: str) -> None:
    """CHATBOT_WRITE_GOLDEN=1 writes the files again; the difference is for a person to judge."""
    payload = json.dumps(dress_up.to_payload(MESSAGES[name], MARK), indent=2, ensure_ascii=False) + "\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("CHATBOT_WRITE_GOLDEN"):
        path.write_text(payload, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == payload


def judged(body: dict[str, Any]) -> list[str]:
    return complaints(Recorded(method="POST", path="/channels/1/messages", body=body, content_type="application/json"))


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_discord_would_take_it(name: str) -> None:
    assert judged(dress_up.to_payload(MESSAGES[name], MARK)) == []


words = st.text(alphabet=st.sampled_from("ab \n*_~`|[]()<>#-+@:/\\1.\u202eeveryone"), max_size=300)
span = st.one_of(
    st.builds(Text, words),
    st.builds(Strong, words),
    st.builds(Code, words),
    st.builds(Struck, words),
    st.builds(Link, words, st.just("https://example.org/(x)")),
)
spans = st.lists(span, max_size=6).map(tuple)
simple: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, spans),
    st.builds(Heading, st.integers(1, 6), spans),
    st.builds(CodeBlock, words),
    st.builds(
        BulletList, st.lists(st.builds(ListItem, spans, st.integers(0, 6)), max_size=30).map(tuple), st.booleans()
    ),
)
block = st.recursive(simple, lambda inner: st.builds(Quote, st.lists(inner, max_size=4).map(tuple)), max_leaves=8)
messages = st.builds(
    Message,
    title=words,
    tone=st.sampled_from(Tone),
    url=st.sampled_from(["", "https://example.org", "https://example.org/#a"]),
    fields=st.lists(st.builds(Field, words, spans), max_size=40).map(tuple),
    body=st.lists(block, max_size=40).map(tuple),
    links=st.lists(
        st.builds(Link, words, st.sampled_from(["https://example.org", "https://example.org/" + "x" * 600])),
        max_size=30,
    ).map(tuple),
    actions=st.lists(st.builds(Action, st.just("affected"), words, st.just("p"), words), max_size=5).map(tuple),
    footer=words,
    mentions=st.lists(
        st.builds(Mention, st.sampled_from(["role", "user"]), st.sampled_from(["5", "6"])), max_size=3
    ).map(tuple),
    struck=st.booleans(),
)


@settings(max_examples=scaled(60), deadline=None)
@given(messages)
def test_no_message_breaks_a_limit_or_pings_whom_it_should_not(message: Message) -> None:
    body = dress_up.to_payload(message, MARK)
    assert judged(body) == []
    ids = {i for kind in ("roles", "users") for i in body["allowed_mentions"].get(kind, [])}
    assert set(re.findall(r"<@&?(\d+)>", body["content"])) <= ids
    assert body["allowed_mentions"]["parse"] == []
    assert bears(
        [body["embeds"][0].get("url", ""), body["embeds"][0].get("footer", {}).get("text", "")], "example/1.2.3", "k1"
    )


@pytest.mark.parametrize(
    ("foreign", "expected"),
    [
        ("**bold** _it_ `code`", "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`"),
        ("[free](https://evil.example)", "\\[free\\](https\\://evil.example)"),
        ("<@123> <@&4> <#5>", "\\<@123> \\<@&4> \\<#5>"),
        ("@everyone", "@\u200beveryone"),
        ("# big\n> said\n- item\n1. one\n-# small", "\\# big\n\\> said\n\\- item\n1\\. one\n\\-# small"),
        ("1.2.3 - fine # here", "1.2.3 - fine # here"),
        ("a\u202eb\u200bc\x00d", "abcd"),
    ],
)
def test_foreign_words_stay_words(foreign: str, expected: str) -> None:
    assert escaping.escape(foreign) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((Strong("Withdrawn. "), Text("The project withdrew it.")), "**Withdrawn.** The project withdrew it."),
        ((Text("a"), Struck(" b "), Text("c")), "a ~~b~~ c"),
        ((Strong(" "), Text("a")), " a"),
        ((Strong("a"), Strong("b")), "**ab**"),
        ((Code("a"), Text("\u200b"), Code("b")), "`ab`"),
        ((Code("a"), Text(" "), Code("b")), "`a` `b`"),
        ((Link("#812", "https://example.org/pull/812"),), "[#812](https://example.org/pull/812)"),
        ((Link("snake_case", "https://example.org/"),), "[snake_case](https://example.org/)"),
        ((Link("[security] a|b * c", "https://example.org/"),), "[(security) a|b * c](https://example.org/)"),
        ((Link("https://example.org/x", "https://example.org/x"),), "[example.org/x](https://example.org/x)"),
    ],
)
def test_neighbours_and_labels(parts: tuple[Any, ...], expected: str) -> None:
    assert markup.spans(parts) == expected


@pytest.mark.parametrize("ticks", range(1, 12))
def test_no_code_ends_its_block_early(ticks: int) -> None:
    text = markup.block(CodeBlock(f"one\n{'`' * ticks}\n[a link](https://evil.example)\n\tdeeper"))
    assert text.startswith("```\n")
    assert text.endswith("\n    deeper\n```")
    assert "```" not in text[3:-3]


def test_notes_are_cut_where_a_section_begins() -> None:
    body = tuple(p for n in range(20) for p in (Heading(2, text(f"Part {n}")), paragraph("word " * 60)))
    fitted, whole = fitting(body, 1000)
    assert not whole
    assert fitted.rstrip().endswith("word")
    assert fitted.count("###") == fitted.count("word") // 60


@pytest.mark.parametrize(
    "part",
    [
        paragraph("word " * 500),
        BulletList(tuple(ListItem(text(f"item {n}")) for n in range(500))),
        CodeBlock("line\n" * 500),
        Quote(tuple(paragraph(f"said {n}") for n in range(500))),
    ],
)
def test_one_long_block_is_cut_inside(part: Block) -> None:
    fitted, whole = fitting((part,), 300)
    assert not whole
    assert 200 < len(fitted) <= 300


def test_a_mark_does_not_disturb_an_anchor() -> None:
    url = marked("https://example.org/page#part", MARK)
    assert url.startswith("https://example.org/page#part:~:")
    assert bears([url], "example/1.2.3")
    assert not bears([url], "example/1.2")


@pytest.mark.parametrize("subject", ["example/v1", "x" * 200, ""])
def test_a_button_is_read_back(subject: str) -> None:
    action = read_button(custom_id(Action("affected", "", ProjectId("example"), subject)))
    assert action is not None
    assert (action.name, action.project) == ("affected", "example")
    assert action.subject in {subject, ""}


def test_an_edit_pings_nobody_and_keeps_the_words() -> None:
    edit = dress_up.to_edit_payload(MESSAGES["security"], MARK)
    assert edit["allowed_mentions"] == {"parse": []}
    assert edit["content"] == dress_up.to_payload(MESSAGES["security"], MARK)["content"]


def test_only_what_may_notify_does() -> None:
    assert dress_up.to_payload(MESSAGES["release"])["flags"] == dress_up.SUPPRESS_NOTIFICATIONS
    assert dress_up.to_payload(MESSAGES["security"])["flags"] == 0


def described(message: Message) -> str:
    return str(dress_up.to_payload(message)["embeds"][0].get("description", ""))


def test_what_to_do_stands_before_the_body_and_the_small_print_behind_it() -> None:
    message = Message(
        title="Links let anyone in",
        tone=Tone.CRITICAL,
        label="Security advisory · Critical · CVSS 9.1",
        severity=Severity.CRITICAL,
        headline="Critical vulnerability in Example: upgrade to 2.1.2",
        fields=(field_of("Upgrade", "2.1.x → ", Link("2.1.2", "https://example.org/2.1.2")),),
        body=(paragraph("Every server is affected."),),
        small=(text("CVE-2030-1 · reported by *mira*"),),
    )
    payload = dress_up.to_payload(message)
    assert payload["content"] == "Critical vulnerability in Example: upgrade to 2.1.2"
    assert payload["embeds"][0]["author"] == {"name": "🚨 Security advisory · Critical · CVSS 9.1"}
    assert described(message) == (
        "**Upgrade:** 2.1.x → [2.1.2](https://example.org/2.1.2)\n\nEvery server is affected.\n"
        "-# CVE-2030-1 · reported by \\*mira\\*"
    )


def test_each_severity_has_a_colour_of_its_own() -> None:
    messages_by_severity = [Message(title="x", tone=Tone.SECURITY, severity=severity) for severity in Severity]
    assert len({dress_up.to_payload(each)["embeds"][0]["color"] for each in messages_by_severity}) == len(Severity)
    struck = Message(title="x", tone=Tone.WITHDRAWN, severity=Severity.CRITICAL, struck=True)
    follow_up = Message(title="x", tone=Tone.WITHDRAWN, severity=Severity.CRITICAL)
    for message in (struck, follow_up):
        assert dress_up.to_payload(message)["embeds"][0]["color"] == dress_up.COLOUR[Tone.WITHDRAWN]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((paragraph("a"), Heading(2, text("b")), paragraph("c")), "a\n### b\nc"),
        ((paragraph("a"), Heading(3, text("b")), paragraph("c")), "a\n\n**b**\nc"),
        ((paragraph("a"), CodeBlock("b"), paragraph("c")), "a\n```\nb\n```\n\nc"),
    ],
)
def test_nothing_is_set_apart_twice(parts: tuple[Block, ...], expected: str) -> None:
    """Discord leaves space above headings and around code: an empty line there would be a second one."""
    assert markup.blocks(parts) == expected
    assert described(Message(title="x", tone=Tone.ROUTINE, fields=(field_of("a", "b"),), body=parts[1:])) == (
        f"**a:** b{expected[1:]}"
    )


def test_a_moment_is_shown_in_the_reader_s_own_time() -> None:
    at = datetime(2026, 11, 25, 23, 17, tzinfo=UTC)
    message = Message(title="x", tone=Tone.ANSWER, body=(paragraph("Read ", Moment(at), "."),))
    assert described(message) == "Read <t:1795648620:f>."
    assert plain(paragraph("Read ", Moment(at)).spans) == "Read 25 November 2026, 23:17 UTC"


def test_a_message_that_is_cut_names_what_it_leads_to() -> None:
    url = "https://example.org/notes"
    body = tuple(paragraph("word " * 100) for _ in range(30))
    message = Message(title="x", tone=Tone.ROUTINE, url=url, body=body, links=(Link("Release notes", url),))
    assert described(message).endswith(f"… [Full release notes]({url})")
