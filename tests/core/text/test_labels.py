"""What links are called: by their own words where those are honest, and by where they lead where they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.message import (
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
    Text,
    Tone,
)
from chatbot.core.text import labels
from tests.cost import assert_cheap

NEAR = "https://github.com/acme/mailer/releases/tag/v2.1.1"
HOME = "https://github.com/acme/mailer"
EVIL = "https://evil.example/x"


@pytest.mark.parametrize(
    ("words", "url", "label"),
    [
        # words of their own
        ("the notes", EVIL, "the notes"),
        ("v2.1.10", EVIL, "v2.1.10"),
        ("2.0.beta", EVIL, "2.0.beta"),
        ("e.g. this one", EVIL, "e.g. this one"),
        ("README.md", f"{HOME}/blob/main/README.md", "README.md"),
        ("config.toml", f"{HOME}/blob/main/config.toml", "config.toml"),
        ("  two \n lines ", EVIL, "two lines"),
        # their own address, by which it is called in short
        (f"{HOME}/pull/812", f"{HOME}/pull/812", "#812"),
        (f"({HOME}/issues/7).", f"{HOME}/issues/7", "#7"),
        (f"{HOME}/compare/v2.1.0...v2.1.1", f"{HOME}/compare/v2.1.0...v2.1.1", "v2.1.0…v2.1.1"),
        (f"{HOME}/commit/0123456789abcdef", f"{HOME}/commit/0123456789abcdef", "0123456"),
        (f"{HOME}/releases/tag/v2.1.0", f"{HOME}/releases/tag/v2.1.0", "v2.1.0"),
        (f"{HOME}/security/advisories/GHSA-a", f"{HOME}/security/advisories/GHSA-a", "GHSA-a"),
        (f"{HOME}/wiki", f"{HOME}/wiki", "github.com/acme/mailer/wiki"),
        (f"{HOME}/commit/not-a-digest", f"{HOME}/commit/not-a-digest", "github.com/acme/mailer/commit/not-a-digest"),
        ("https://github.com/other/x/pull/2", "https://github.com/other/x/pull/2", "github.com/other/x/pull/2"),
        (
            "https://gitlab.example/a/b/-/issues/3",
            "https://gitlab.example/a/b/-/issues/3",
            "gitlab.example/a/b/-/issues/3",
        ),
        ("", f"{HOME}/pull/812", "#812"),
        ("\u200b\u2060", "https://www.example.org/", "example.org"),
        ("example.org", "https://example.org/", "example.org"),
        (HOME, f"{HOME}/pull/812", "#812"),
        ("https://github.com/acme/…", f"{HOME}/wiki", "github.com/acme/mailer/wiki"),
        # another address
        (f"{HOME}/releases", EVIL, "evil.example/x"),
        ("github.com", EVIL, "evil.example/x"),
        ("www.github.com", EVIL, "evil.example/x"),
        ("//github.com/acme", EVIL, "evil.example/x"),
        ("HTTPS://GITHUB.COM", EVIL, "evil.example/x"),
        ("https:\\\\github.com", EVIL, "evil.example/x"),
        ("github.com", "https://github.com.evil.example/", "github.com.evil.example"),
        ("github.com", "https://evil.example/github.com", "evil.example/github.com"),
        ("https://github.com@evil.example", EVIL, "evil.example/x"),
        (HOME, "https://github.com/evil/mailer", "github.com/evil/mailer"),
        ("git\u200bhub.com", EVIL, "evil.example/x"),
        ("github\uff0ecom", EVIL, "evil.example/x"),
        ("github。com", EVIL, "evil.example/x"),
        ("g\u0456thub.com", EVIL, "evil.example/x"),
        ("g\u0456thub.com", "https://g\u0456thub.com/x", "xn--gthub-n2e.com/x"),
        ("see “https://github.com”", EVIL, "see “https://github.com” (evil.example/x)"),
        ("from github.com/acme now", EVIL, "from github.com/acme now (evil.example/x)"),
        ("github.com or example.org", "https://example.org/", "github.com or example.org (example.org)"),
        ("https://github.com/acme/…", "https://github.com/evil/…", "github.com/evil/%E2%80%A6"),
        ("config.toml/../x", EVIL, "evil.example/x"),
        # an address that cannot be taken apart
        ("", "https://[x", "https://[x"),
        ("https://github.com", "https://[x", "https://[x"),
    ],
)
def test_what_a_link_is_called(words: str, url: str, label: str) -> None:
    assert labels.label(words, url, NEAR).replace("…", "…") == label.replace("%E2%80%A6", "…")


def test_a_label_is_the_same_the_second_time() -> None:
    once = labels.label("from github.com", EVIL)
    assert labels.label(once, EVIL) == once == "from github.com (evil.example/x)"


@given(st.text(max_size=80), st.sampled_from([EVIL, HOME, "https://[x", "https://ex.org/?a#b"]))
def test_every_link_has_a_name(words: str, url: str) -> None:
    once = labels.label(words, url, NEAR)
    assert once.strip()
    assert labels.label(once, url, NEAR)


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("https://example.org/" + "x" * 100, "example.org/" + "x" * 47 + "…"),
        ("https://" + "a" * 70 + ".example/x", "a" * 70 + ".example…"),
        ("https://example.org/a?b=c#d", "example.org/a?b=c#d"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("https://\u00fc" + "x" * 80 + "/", "%xfc" + "x" * 80 + "…"),
    ],
)
def test_an_address_keeps_its_host(url: str, label: str) -> None:
    assert labels.address(url) == label


def test_all_links_of_a_message_have_their_labels() -> None:
    bare, labelled = Link(f"{HOME}/pull/1", f"{HOME}/pull/1"), Link("#1", f"{HOME}/pull/1")

    def message_with(link: Link) -> Message:
        return Message(
            title="t",
            tone=Tone.ROUTINE,
            url=NEAR,
            fields=(Field("f", (Text("a"), link)),),
            body=(
                Heading(1, (link,)),
                Paragraph((Code("c"), link)),
                BulletList((ListItem((link,), 1),)),
                Quote((Paragraph((link,)), CodeBlock("x"))),
            ),
        )

    assert labels.labelled(message_with(bare)) == message_with(labelled)


@pytest.mark.parametrize("words", ["a.bc", "https://", "a.", "//a.b,", "a@", "./", "[", "a.bc/"])
def test_a_long_label_costs_no_more_than_its_length(words: str) -> None:
    assert_cheap(lambda: labels.label(words * 20_000, EVIL), 1.0)
