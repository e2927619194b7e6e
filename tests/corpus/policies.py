"""The judged questions about real SECURITY.md files, and how each was answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chatbot.core.support.policy import Policy, Status, status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy
from chatbot.sources.support_policy.words.languages import language_of
from tests.corpus.parts import questions

_STATES = {"supported": {"supported"}, "unsupported": {"ended"}, "unknown": {"unknown", "not_listed"}}
_UNDATED = date(2026, 9, 1)  # the day asked about where a judgement names none


@dataclass(frozen=True, slots=True, kw_only=True)
class HasBody:
    """A judged question with our answer."""

    path: Path
    question: dict[str, Any]
    given: Status

    @property
    def file(self) -> str:
        return self.path.name

    @property
    def right(self) -> bool:
        return self.given.state in _STATES[self.question["expected"]]

    @property
    def unsafe(self) -> bool:
        return self.given.state == "supported" and self.question["expected"] != "supported"

    @property
    def date_right(self) -> bool:
        """Whether the end date is the judged one, as precisely as that is given; true where it is not to be compared."""
        if self.question.get("eol_check") is False:
            return True
        expected, actual = self.question.get("eol"), self.given.until
        return actual is None if expected is None else actual is not None and actual.isoformat().startswith(expected)

    def __str__(self) -> str:
        return f"{self.file}: {self.question} -> {self.given.state} until {self.given.until} [{self.given.row}] {self.given.reason}"


@lru_cache
def page(path: Path) -> Policy:
    return read_policy(path.read_text(encoding="utf-8", errors="replace"))


@lru_cache
def language(path: Path) -> str:
    """The language of a page, as the reader takes it."""
    other = language_of(path.read_text(encoding="utf-8", errors="replace"))
    return other.name if other is not None else "English"


def answered(*parts: str) -> Iterator[HasBody]:
    """Every judged question of some parts of the corpus, answered."""
    for part in parts:
        for path, question in questions(part):
            newest = read_version(question["latest"]) if question.get("latest") else None
            today = date.fromisoformat(question["as_of"]) if question.get("as_of") else _UNDATED
            version = read_version(question["version"]) or question["version"]
            given = status(page(path), version, today=today, newest=newest)
            yield HasBody(path=path, question=question, given=given)
