"""What people in other chats read of a message on Discord is what Discord shows of it."""

import pytest

from chatbot.chats.discord.plain_text import as_text
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import (
    Action,
    Code,
    CodeBlock,
    Heading,
    Link,
    Message,
    Strong,
    Tone,
    field_of,
    paragraph,
    text,
)
from tests.chats.discord.shown import AT, HOSTILE

WORDS = {
    "marks": r"**b** _e_ ~~d~~ ||s|| [a](https://evil.example) <@1> <#2> <:x:4> \\ `c` # > - 1.",
    "a link that was escaped": "[free](https://evil.example)",
    "a moment that was escaped": "<t:1793491200:f>",
    "an emoji": ":smile: a:b:c https://example.org/x_y_z",
}


@pytest.mark.parametrize("name", sorted(WORDS))
def test_foreign_words_are_read_as_they_are(name: str) -> None:
    words = WORDS[name]
    message = Message(title=words, tone=Tone.ROUTINE, body=(paragraph(words), paragraph(Strong(words))))
    assert as_text(message).split("\n") == [words, words, "", words]


def test_what_we_mark_is_read_without_its_marks() -> None:
    message = Message(
        title="Windlass 4.2.3",
        tone=Tone.SECURITY,
        headline="Upgrade Windlass",
        url="https://example.org/1",
        fields=(
            field_of("Upgrade", "to ", Link("4.2.3", "https://example.org/2")),
            field_of("Path", Code(r"C:\temp `x`")),
        ),
        body=(Heading(2, text("Fixed")), paragraph("Use ", Code(r"a\*b"), "."), CodeBlock("docker pull **x**\n\\y")),
        small=(text("GHSA-1"),),
        links=(Link("Release notes", "https://example.org/1"),),
        actions=(Action("affected", "Am I affected?", ProjectId("windlass"), "windlass/v4.2.3"),),
        footer="Windlass",
        at=AT,
    )
    assert as_text(message).split("\n") == [
        "Upgrade Windlass",
        "🔒 Security",
        "Windlass 4.2.3",
        "Upgrade: to 4.2.3 (https://example.org/2)",
        r"Path: C:\temp `x`",
        "Fixed",
        r"Use a\*b.",
        "docker pull **x**",
        "\\y",
        "GHSA-1",
        "Windlass",
        "[Release notes] [Am I affected?]",
    ]


def test_nobody_is_called_by_it() -> None:
    assert "@everyone" not in as_text(Message(title=HOSTILE, tone=Tone.ROUTINE))
