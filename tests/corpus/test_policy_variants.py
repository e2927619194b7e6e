"""Every page of the corpus, changed by machine in ways that keep its meaning: no answer may change. A part of them each time, all in `make soak`."""

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from chatbot.core.support.policy import status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy
from tests.corpus.parts import OPENED, SHUT, questions
from tests.corpus.where import needed
from tests.sources.policy_changes import ANYWHERE, TABLES, is_table

pytestmark = needed
_UNDATED = date(2026, 9, 1)
_PARTS = 8  # of which one is looked at each time
_CHANGES = {**ANYWHERE, **TABLES}
# Whose meaning lies in the place of a column or in where the page begins, or of which the first lines show as code when changed.
_PLACED: dict[str, tuple[str, ...]] = {}


def _by_page() -> dict[Path, list[dict[str, str]]]:
    pages: dict[Path, list[dict[str, str]]] = {}
    for part in (*OPENED, *SHUT):
        for path, question in questions(part):
            pages.setdefault(path, []).append(question)
    return pages


def _answers(text: str, on_page: list[dict[str, str]]) -> list[tuple[str, str, date | None]]:
    policy = read_policy(text)
    answers: list[tuple[str, str, date | None]] = []
    for question in on_page:
        newest = read_version(question["latest"]) if question.get("latest") else None
        today = date.fromisoformat(question["as_of"]) if question.get("as_of") else _UNDATED
        version = read_version(question["version"]) or question["version"]
        verdict = status(policy, version, today=today, newest=newest)
        answers.append((question["version"], verdict.state, verdict.until))
    return answers


def _changed(how: str, part: int | None) -> list[str]:
    """The pages of a part (all for None) of which an answer changes."""
    names = []
    for path, on_page in _by_page().items():
        number = hashlib.sha256(f"{path.name}{how}".encode()).digest()[0] % _PARTS
        text = path.read_text("utf-8", "replace")
        if (number not in (part, None) and part is not None) or path.name in _PLACED.get(how, ()):
            continue
        if how in TABLES and not is_table(text):
            continue
        if _answers(text, on_page) != _answers(_CHANGES[how](text), on_page):
            names.append(path.name)
    return names


@pytest.mark.parametrize("how", _CHANGES)
def test_what_keeps_the_meaning_of_a_real_page_keeps_its_answers(how: str) -> None:
    assert _changed(how, int(os.environ.get("CHATBOT_VARIANT", "0"))) == []


@pytest.mark.soak
@pytest.mark.parametrize("how", _CHANGES)
def test_it_does_on_every_page(how: str) -> None:
    assert _changed(how, None) == []
