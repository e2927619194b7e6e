"""The neutral message: its short forms, and which addresses a reader may be led to."""

import pytest

from chatbot.core.model.message import (
    BulletList,
    Code,
    Field,
    ListItem,
    Mention,
    Message,
    Paragraph,
    Strong,
    Text,
    Tone,
    bullets,
    field_of,
    paragraph,
    plain,
    text,
)
from chatbot.core.text.links import safe_url


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        ("https://example.org", True),
        ("http://example.org/a?b=c#d", True),
        ("HTTPS://example.org/", True),
        ("https://example.org:8443/x", True),
        ("https://[::1]/x", True),
        ("", False),
        ("example.org", False),
        ("//example.org", False),
        ("javascript:alert(1)", False),
        ("javascript://example.org/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("matrix:u/alice:example.org", False),
        ("https://", False),
        ("https:///path", False),
        ("https://?x", False),
        ("https://#x", False),
        ("https://user:secret@example.org/", False),
        ("https://example.org\\@evil.example/", False),
        ("https://example.org/a b", False),
        ("https://example.org/\n", False),
        ("https://example.org/\x07", False),
        ("https://example.org/<x>", False),
        ('https://example.org/"', False),
        ("https://example.org/" + "a" * 1980, True),
        ("https://example.org/" + "a" * 1981, False),
    ],
)
def test_which_addresses_are_kept(url: str, is_kept: bool) -> None:
    assert safe_url(url) == (url if is_kept else "")


def test_bare_strings_are_plain_text() -> None:
    assert text("a*b*") == (Text("a*b*"),)
    assert paragraph("a", Strong("b")) == Paragraph((Text("a"), Strong("b")))
    assert field_of("Line", "0.15", Code("x")) == Field("Line", (Text("0.15"), Code("x")))
    assert bullets(["a", (Strong("b"),)]) == BulletList((ListItem((Text("a"),)), ListItem((Strong("b"),))))
    assert plain((Text("a"), Strong("b"), Code("c"))) == "abc"


@pytest.mark.parametrize(
    ("tone", "mentions", "loud"),
    [
        (Tone.ROUTINE, (), False),
        (Tone.POLICY, (), False),
        (Tone.WITHDRAWN, (), False),
        (Tone.SECURITY, (), True),
        (Tone.CRITICAL, (), True),
        (Tone.ROUTINE, (Mention("role", "1"),), True),
    ],
)
def test_what_is_loud(tone: Tone, mentions: tuple[Mention, ...], loud: bool) -> None:
    assert Message(title="x", tone=tone, mentions=mentions).loud is loud
