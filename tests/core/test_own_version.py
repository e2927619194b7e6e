"""What an operator hears of the program's own version."""

from datetime import date, timedelta

import pytest

from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.core.own_version import findings
from chatbot.core.support.policy import Policy
from chatbot.sources.support_policy.reader import read_policy
from tests.core.make import START, advisory, release, snapshot

TODAY = date(2030, 2, 1)
RELEASES = [
    release(tag, START + timedelta(days=day)) for day, tag in enumerate(("v0.1.0", "v0.1.1", "v0.2.0", "v0.2.1"))
]
HOLE = advisory(severity=Severity.CRITICAL, affected="< 0.1.1", patched="0.1.1")
ODD = advisory(affected="some of them", patched="0.2.1")


def policy(*rows: str) -> Policy:
    return read_policy("# Security\n\n| Version | Supported | Until |\n|---|---|---|\n" + "\n".join(rows))


@pytest.mark.parametrize(
    ("running", "advisories", "rows", "beginnings"),
    [
        ("0.2.1", [], [], []),
        ("0.2.0", [HOLE], ["| 0.2.x | yes | 2031-01-01 |"], []),
        ("0.1.0", [HOLE], [], [f"{HOLE.id} (critical) affects version 0.1.0 of the bot itself: upgrade to 0.2.1", "version 0.1.0 of the bot itself is 3 releases behind: upgrade to 0.2.1"]),
        ("0.2.1", [ODD], [], [f"{ODD.id} may affect version 0.2.1 of the bot itself: compare its versions by hand"]),
        ("0.1.1", [], ["| 0.2.x | yes | |", "| < 0.2 | no | |"], ["version 0.1.1 of the bot itself gets no security fixes any more: upgrade to 0.2.1"]),
        ("0.2.0", [], ["| 0.2.x | yes | 2030-02-20 |"], ["version 0.2.0 of the bot itself gets security fixes until 20 February 2030 only: upgrade to 0.2.1"]),
        ("0.2.1", [], ["| 0.2.x | yes | 2030-01-20 |"], ["version 0.2.1 of the bot itself gets no security fixes any more: no newer release is out yet"]),
        ("1.0.0.dev3+g1234", [], ["| 0.2.x | yes | |"], []),
        ("", [HOLE], [], []),
    ],
)  # fmt: skip
def test_what_is_said(running: str, advisories: list[Advisory], rows: list[str], beginnings: list[str]) -> None:
    sentences = findings(snapshot(RELEASES, advisories), policy(*rows) if rows else None, running, TODAY)
    assert len(sentences) == len(beginnings), sentences
    for sentence, beginning in zip(sentences, beginnings, strict=True):
        assert sentence.startswith(beginning)
