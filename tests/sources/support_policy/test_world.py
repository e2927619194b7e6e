"""Pages in the styles in which the world writes them, judged by careful reading: no answer may differ from the judgement."""

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chatbot.core.support.policy import Policy, status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy
from tests.sources.policy_questions import TODAY

WORLD = Path(__file__).parent / "policy_world"
JUDGED: dict[str, list[dict[str, Any]]] = json.loads((WORLD / "expected.json").read_text("utf-8"))
# "not supported" and "not ended" are for pages that a reader may take one of two ways, but never a third.
KNOWN_MISREADINGS = {
    "supported": {"supported"},
    "ended": {"ended"},
    "unknown": {"unknown", "not_listed"},
    "not supported": {"ended", "unknown", "not_listed"},
    "not ended": {"supported", "unknown", "not_listed"},
}


def test_every_page_is_judged() -> None:
    assert {path.stem for path in WORLD.glob("*.md")} == set(JUDGED)


@cache
def policy_of(name: str) -> Policy:
    return read_policy((WORLD / f"{name}.md").read_text("utf-8"))


@pytest.mark.parametrize("name", JUDGED)
def test_page(name: str) -> None:
    policy = policy_of(name)
    for question in JUDGED[name]:
        version = read_version(question["version"]) or question["version"]
        releases = [each for each in map(read_version, question.get("releases", [])) if each]
        newest = read_version(question["newest"]) if "newest" in question else None
        today = date.fromisoformat(question["on"]) if "on" in question else TODAY
        verdict = status(policy, version, today=today, newest=newest, releases=releases)
        assert verdict.state in KNOWN_MISREADINGS[question["expected"]], (question, verdict)
        if "until" in question:
            assert str(verdict.until) == question["until"], (question, verdict)


def test_every_unknown_says_why_and_what_would_help_in_one_sentence() -> None:
    reasons: dict[str, str] = {}
    for name, questions in JUDGED.items():
        policy = policy_of(name)
        for question in questions:
            version = read_version(question["version"]) or question["version"]
            newest = read_version(question["newest"]) if "newest" in question else None
            verdict = status(policy, version, today=TODAY, newest=newest)
            if verdict.state == "unknown" and policy.readable:
                reasons[verdict.reason] = name
    assert len(reasons) > 20
    for reason, name in reasons.items():
        words = re.sub("“[^”]*”", "“”", reason)
        assert re.fullmatch(r"[A-Z][^;]*; [^;]*\.", words), (name, reason)
        assert ". " not in words.replace("1. ", ""), (name, reason)
        assert re.search(r"would tell|ask |chooses", words.partition("; ")[2]), (name, reason)
