"""Short pages, written with their answers before the program had read them: no answer may differ, and none may say “supported” in error.

`written/*.txt`: pages parted by `=====`; `{{2.x ✅; 1.x | no | a note}}` is a table; a line `?? 2.1.0 s; 1.9 e new=2.1.0` asks about
versions: s supported, e ended, u unknown, n anything but supported, k anything but ended.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chatbot.core.support.policy import Status, status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy
from tests.sources.policy_questions import TODAY, H

PAGES = Path(__file__).parent / "written"
STATES = {
    "s": {"supported"},
    "e": {"ended"},
    "u": {"unknown", "not_listed"},
    "n": {"ended", "unknown", "not_listed"},
    "k": {"supported", "unknown", "not_listed"},
}


def _table(match: re.Match[str]) -> str:
    rows = [row.split("|") if "|" in row else row.strip().rsplit(" ", 1) for row in match[1].strip().split(";")]
    head = ["Version", "Supported", "Notes"][: len(rows[0])]
    lines = (f"| {' | '.join(map(str.strip, cells))} |" for cells in (head, ["--"] * len(head), *rows))
    return "\n" + "\n".join(lines) + "\n"


def _pages(text: str) -> Iterator[tuple[str, list[str]]]:
    for block in filter(str.strip, text.split("=====\n")):
        questions = [line.removeprefix("?? ") for line in block.split("\n") if line.startswith("?? ")]
        words = "\n".join(line for line in block.split("\n") if not line.startswith("?? "))
        page = re.sub(r"\{\{(.*?)\}\}", _table, words, flags=re.DOTALL)
        yield page if page.startswith("#") else f"{H}{page}", [each for line in questions for each in line.split(";")]


def _answer(page: str, question: str) -> tuple[Status, set[str], str]:
    version, expected, *more = question.split()
    options = dict(each.split("=") for each in more)
    releases = [each for each in map(read_version, options.get("rel", "").split(",")) if each]
    newest = read_version(options["new"]) if "new" in options else None
    today = date.fromisoformat(options["on"]) if "on" in options else TODAY
    verdict = status(read_policy(page), read_version(version) or version, today=today, newest=newest, releases=releases)
    return verdict, STATES[expected], options.get("until", "")


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.txt")))
def test_each_page_is_answered_as_it_was_judged(name: str) -> None:
    wrong = []
    for page, questions in _pages((PAGES / f"{name}.txt").read_text("utf-8")):
        for question in questions:
            verdict, states, until = _answer(page, question)
            if verdict.state not in states or (until and str(verdict.until) != until):
                wrong.append(f"{question}: {verdict.state} {verdict.until}\n{page}\n{verdict.reason}")
    assert not wrong, "\n\n".join(wrong)
