"""The messages whose looks the golden files keep, from everyday to hostile."""

from datetime import UTC, datetime

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import (
    Action,
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Mention,
    Message,
    Quote,
    Strong,
    Text,
    Tone,
    bullets,
    field_of,
    paragraph,
    text,
)

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
NOTES = "https://example.org/releases/1.2.3"
ADVISORY = "https://example.org/advisories/GHSA-aaaa-bbbb-cccc"
HOSTILE = (
    "@everyone <@1> <@&2> <#3> <:x:4> [free](https://evil.example) **b** `c` ||s|| ~~d~~ https://evil.example \u202egnp"
)

MESSAGES: dict[str, Message] = {
    "release": Message(
        title="Example 1.2.3",
        tone=Tone.ROUTINE,
        url=NOTES,
        at=AT,
        fields=(field_of("Kind", "patch of 1.2"), field_of("Line", "1.2, still supported")),
        body=(
            Heading(2, text("Fixed")),
            BulletList(
                (ListItem((Text("The "), Code("config.toml"), Text(" is read again"))), ListItem(text("in time"), 1))
            ),
            Heading(2, text("Upgrade")),
            CodeBlock("docker pull example/example:1.2.3"),
            Quote((paragraph("Thanks to everybody."),)),
        ),
        links=(Link("Release notes", NOTES),),
        actions=(Action("affected", "Am I affected?", ProjectId("example"), "example/v1.2.3"),),
    ),
    "security": Message(
        title="Critical: anyone can read all mail in Example",
        tone=Tone.CRITICAL,
        url=ADVISORY,
        at=AT,
        fields=(
            field_of("Severity", "critical (9.8)"),
            field_of("Affected", Code(">= 1.0, < 1.2.3")),
            field_of("Fixed in", Strong("1.2.3")),
        ),
        body=(paragraph("Upgrade to ", Strong("1.2.3"), " now. See ", Link("the advisory", ADVISORY), "."),),
        links=(Link("Advisory", ADVISORY), Link("Release notes", NOTES)),
        actions=(Action("affected", "Am I affected?", ProjectId("example"), "example/GHSA-aaaa-bbbb-cccc"),),
        mentions=(Mention("role", "987"),),
        footer="GHSA-aaaa-bbbb-cccc · CVE-2026-1",
    ),
    "withdrawn": Message(
        title="Example 1.2.3",
        tone=Tone.WITHDRAWN,
        url=NOTES,
        struck=True,
        body=(paragraph("Its publisher took it back."),),
    ),
    "policy": Message(
        title="The security policy of Example changed",
        tone=Tone.POLICY,
        url="https://example.org/SECURITY.md#supported",
        body=(bullets(["1.1 is supported no longer"]),),
    ),
    "supported": Message(
        title="1.2.3 is supported",
        tone=Tone.GOOD,
        fields=(field_of("Until", "2026-12-31"),),
        footer="As read from GitHub 5 minutes ago.",
        private=True,
    ),
    "ended": Message(
        title="0.9 gets no fixes any more", tone=Tone.WARNING, body=(paragraph("Upgrade to ", Code("1.2.3"), "."),)
    ),
    "unsure": Message(title="I do not know 7.7", tone=Tone.UNSURE, body=(paragraph("The policy has no row for it."),)),
    "hostile": Message(
        title=HOSTILE,
        tone=Tone.ROUTINE,
        url=NOTES,
        fields=(field_of(HOSTILE, HOSTILE),),
        body=(
            Heading(1, text(HOSTILE)),
            paragraph(HOSTILE + "\n# heading\n> quote\n- item\n1. one\n-# small"),
            CodeBlock("```\n" + HOSTILE),
            paragraph(Code("a`b``c"), Link(HOSTILE, "https://example.org/(a)")),
        ),
        links=(Link(HOSTILE, NOTES),),
        footer=HOSTILE,
    ),
    "long": Message(
        title="Example 2.0.0 " + "very " * 80 + "long",
        tone=Tone.ROUTINE,
        url=NOTES,
        fields=tuple(field_of(f"Fact {n}", "words " * 40) for n in range(30)),
        body=tuple(
            part for n in range(40) for part in (Heading(2, text(f"Section {n}")), paragraph("Words about it. " * 20))
        ),
        links=tuple(Link(f"Link {n}", f"{NOTES}?{n}") for n in range(30)),
    ),
}
