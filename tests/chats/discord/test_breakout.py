"""Whatever is put in, only the links that the message's tree holds act: checked by a model of Discord's Markdown."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatbot.chats.discord import escaping, markup
from chatbot.chats.discord import format as dress_up
from chatbot.chats.discord.fitting import fitted, fitting
from chatbot.core.model.message import (
    Block,
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
    Span,
    Strong,
    Struck,
    Text,
    Tone,
)
from chatbot.sources.markdown.document import read_markdown
from tests.chats.discord.reader import Acting, Reader, line_starts
from tests.examples import scaled

READERS = (Reader(escapes_in_labels=True), Reader(escapes_in_labels=False))
ID = "123456789012345678"
# What acts, what ends what acts, and what only seems to be nothing.
ATOMS = [
    *"`*_~|[]()<>!#-+.:/\\@ \n&1a",
    *(
        "``",
        "```",
        "````",
        "**",
        "__",
        "~~",
        "||",
        "](",
        "\\`",
        "\\]",
        "\n\n",
        "\n\n\n",
        "> ",
        ">>> ",
        "- ",
        "# ",
        "-# ",
        "1. ",
    ),
    *(
        f"<@{ID}>",
        f"<@!{ID}>",
        f"<@&{ID}>",
        f"<#{ID}>",
        f"</ban:{ID}>",
        f"<:pwn:{ID}>",
        f"<a:pwn:{ID}>",
        "<t:1700000000:R>",
    ),
    *(
        "<id:browse>",
        f"<{ID}:customize>",
        "<https://evil.example/auto>",
        "<a@evil.example>",
        "<+4912345>",
        f"<sound:1:{ID}>",
    ),
    *(
        "@everyone",
        "@here",
        ":smile:",
        ":a:b:",
        "https://evil.example/y",
        "steam://run/1",
        "HTTPS://EVIL.EXAMPLE",
        "evil.example",
    ),
    *(
        "[click](https://evil.example/x)",
        "[a](<https://evil.example/z(>)",
        "](https://evil.example/t)",
        "(https://evil.example)",
    ),
    *(
        "\u200b",
        "\u200e",
        "\u2060",
        "\u00ad",
        "\u061c",
        "\u2028",
        "\u180e",
        "\u3164",
        "\ufeff",
        "\u202e",
        "\U000e0041",
        "\x00",
        "é",
    ),
]
words = st.lists(st.sampled_from(ATOMS), max_size=14).map("".join) | st.text(max_size=40)
urls = st.sampled_from(
    [
        "https://example.org/a",
        "https://example.org/(x)",
        "https://example.org/a_b_c?d=*e*#f",
        "https://example.org/)](https://example.org/b",
        "https://example.org/`x`\\",
        "https://example.org/~~x~~||y||**z**__w__",
        "https://[::1]/x",
        "https://example.org/\ufeffx\u200by",
    ]
)
span: st.SearchStrategy[Span] = st.one_of(
    st.builds(Text, words),
    st.builds(Strong, words),
    st.builds(Code, words),
    st.builds(Struck, words),
    st.builds(Link, words, urls),
)
spans = st.lists(span, max_size=6).map(tuple)
paragraphs = st.builds(Paragraph, spans)
simple: st.SearchStrategy[Block] = st.one_of(
    paragraphs,
    st.builds(Heading, st.integers(1, 6), spans),
    st.builds(CodeBlock, words),
    st.builds(
        BulletList, st.lists(st.builds(ListItem, spans, st.integers(0, 3)), max_size=4).map(tuple), st.booleans()
    ),
)
blocks = st.lists(simple | st.builds(Quote, st.lists(simple, max_size=3).map(tuple)), max_size=5).map(tuple)


def links_of(parts: Sequence[Any]) -> Iterator[str]:
    for part in parts:
        match part:
            case Link(url=url):
                yield escaping.address(url)
            case Paragraph(spans=inner) | Heading(spans=inner) | ListItem(spans=inner) | Field(spans=inner):
                yield from links_of(inner)
            case BulletList(items=inner) | Quote(blocks=inner):
                yield from links_of(inner)


def wrong(
    text: str, permitted: set[str], *, to_payload: frozenset[str] = frozenset({"strong", "struck"})
) -> list[Acting]:
    """What acts in a text and should not."""
    faults = [acting for reader in READERS for acting in reader.acting(text)]
    return [
        acting
        for acting in faults
        if acting.kind not in to_payload and not (acting.kind == "link" and acting.target in permitted)
    ]


@settings(max_examples=scaled(100), deadline=None)
@given(blocks)
@example((Paragraph((Code("a"), Text("\u200b"), Code(f"`b`[x](https://evil.example) </ban:{ID}> "))),))
@example((CodeBlock("\u200b"), CodeBlock(f"[x](https://evil.example) <@{ID}>")))
@example((Paragraph((Link("[x", "https://example.org/a"), Text(f"<@{ID}></ban:{ID}>"))),))
@example((Paragraph((Link("a", "https://example.org/a"), Text("](`("), Link("b", "https://example.org/a"))),))
@example((Paragraph((Link("a", "https://example.org/a"),)), CodeBlock("](https://evil.example)")))
def test_only_the_links_of_the_tree_act(parts: tuple[Block, ...]) -> None:
    text = markup.blocks(parts)
    assert wrong(text, set(links_of(parts))) == []
    labels = [acting.label for acting in READERS[0].acting(text) if acting.kind == "link"]
    assert len(labels) == len(list(links_of(parts)))
    assert not [label for label in labels if "\\" in label or "://" in label]


@settings(max_examples=scaled(100), deadline=None)
@given(st.lists(st.sampled_from(ATOMS), max_size=20).map("".join))
def test_notes_and_advisories_hold_no_more_than_their_links(source: str) -> None:
    parts, _ = read_markdown(source)
    assert wrong(markup.blocks(parts), set(links_of(parts))) == []


@settings(max_examples=scaled(100), deadline=None)
@given(words)
def test_words_are_words(foreign: str) -> None:
    text = escaping.escape(foreign)
    assert wrong(text, set(), to_payload=frozenset()) == []
    assert list(line_starts(text)) == []


@settings(max_examples=scaled(100), deadline=None)
@given(st.lists(paragraphs, max_size=4).map(tuple))
def test_paragraphs_begin_no_heading_list_or_quote(parts: tuple[Block, ...]) -> None:
    assert list(line_starts(markup.blocks(parts))) == []


@settings(max_examples=scaled(100), deadline=None)
@given(blocks, st.integers(20, 300))
@example(
    (Paragraph((Text(f"<@{ID}>"), Link("", "https://example.org/a_b_c?d=*e*#f"))),), 76
)  # a cut label is an address
def test_what_is_cut_acts_no_more_than_the_whole(parts: tuple[Block, ...], room: int) -> None:
    text, _ = fitting(parts, room)
    assert len(text) <= room
    assert wrong(text, set(links_of(parts))) == []


@settings(max_examples=scaled(100), deadline=None)
@given(words, st.integers(1, 60))
def test_words_that_are_cut_are_words(foreign: str, room: int) -> None:
    text = fitted(foreign, room)
    assert len(text) <= room
    assert wrong(text, set(), to_payload=frozenset()) == []


messages = st.builds(
    Message,
    title=words,
    tone=st.sampled_from(Tone),
    url=st.sampled_from(["", "https://example.org/acme/mailer/releases/tag/v1"]),
    fields=st.lists(st.builds(Field, words, spans), max_size=4).map(tuple),
    body=blocks,
    footer=words,
    struck=st.booleans(),
)


@settings(max_examples=scaled(100), deadline=None)
@given(messages)
def test_no_part_of_a_message_acts_but_its_links(message: Message) -> None:
    (embed,) = dress_up.to_payload(message)["embeds"]
    addresses = set(links_of((*message.fields, *message.body))) | {escaping.address(message.url)}
    texts = [
        embed["title"],
        embed.get("description", ""),
        *(f[key] for f in embed.get("fields", []) for key in ("name", "value")),
    ]
    for text in texts:
        assert wrong(text, addresses) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"<@{ID}>", "mention"),
        ("a <t:1:R> b", "time"),
        (f"</ban all:{ID}>", "command"),
        ("[a](https://x.example)", "link"),
        ("https://x.example", "address"),
        ("`a` :smile:", "emoji"),
        ("**||a||**", "spoiler"),
        ("`a``` b`[x](https://evil.example) ``", "link"),
        (f"```\n\n```\n\n```\n<@{ID}>\n```", "mention"),
        ("[\\[x](https://x.example)", "address"),
        ("[a](https://x.example/a\\)](https://evil.example)", "link"),
    ],
)
def test_the_model_sees_what_acts(text: str, kind: str) -> None:
    """A model that sees nothing would find every message good."""
    assert kind in [acting.kind for acting in READERS[0].acting(text)]


@pytest.mark.parametrize(
    "text", ["`<@1>`", "```\n[a](https://x.example)\n```", "\\<@1>", "https\\://x.example", "a\\_b\\_"]
)
def test_the_model_sees_what_does_not(text: str) -> None:
    assert list(READERS[0].acting(text)) == []
