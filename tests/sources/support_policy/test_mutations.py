"""Pages changed by machine: what keeps a page's meaning keeps its answers, and what destroys it never leaves a false "supported"."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chatbot.core.support.policy import Status, status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy
from tests.sources.policy_changes import ANYWHERE, TABLES, Change, is_table
from tests.sources.policy_questions import TODAY

WORLD = Path(__file__).parent / "policy_world"
JUDGED: dict[str, list[dict[str, Any]]] = json.loads((WORLD / "expected.json").read_text("utf-8"))
PAGES = {name: (WORLD / f"{name}.md").read_text("utf-8") for name in JUDGED}


def _answers(name: str, page: str) -> list[Status]:
    policy = read_policy(page)
    answers = []
    for question in JUDGED[name]:
        version = read_version(question["version"]) or question["version"]
        releases = [each for each in map(read_version, question.get("releases", [])) if each]
        newest = read_version(question["newest"]) if "newest" in question else None
        today = date.fromisoformat(question["on"]) if "on" in question else TODAY
        answers.append(status(policy, version, today=today, newest=newest, releases=releases))
    return answers


@cache
def _unchanged(name: str) -> list[Status]:
    """What a page answers as it is: every change is compared with it."""
    return _answers(name, PAGES[name])


def _facts(answers: list[Status]) -> list[tuple[str, date | None]]:
    return [(each.state, each.until) for each in answers]


@pytest.mark.parametrize("how", ANYWHERE)
def test_what_keeps_the_meaning_of_a_page_keeps_its_answers(how: str) -> None:
    for name, page in list(PAGES.items())[::2]:
        if name in POSITIONAL.get(how, ()):
            continue
        assert _facts(_answers(name, ANYWHERE[how](page))) == _facts(_unchanged(name)), name


@pytest.mark.parametrize("how", TABLES)
def test_what_keeps_the_meaning_of_a_table_keeps_its_answers(how: str) -> None:
    names = [name for name in PAGES if is_table(PAGES[name]) and name not in POSITIONAL.get(how, ())]
    assert len(names) > 150
    for name in names:
        assert _facts(_answers(name, TABLES[how](PAGES[name]))) == _facts(_unchanged(name)), name


# Pages whose meaning lies in the place of a column, or in what a column more would change.
POSITIONAL: dict[str, tuple[str, ...]] = {
    "upper case": ("turkish",),  # its dotless i has another capital letter than ours
    "columns reversed": ("legend_table", "mention_8", "mention_9", "transposed", "turned", "wide", "doubt_67"),
    "a column more": ("legend_table", "placeholder_3", "placeholder_4"),
}


def _hidden(page: str) -> str:
    return "````\n" + page + "\n````\n"


def _commented(page: str) -> str:
    return "<!--\n" + page.replace("-->", "").replace("<!--", "") + "\n-->\n"


def _ended(page: str) -> str:
    return page + "\n\nThis project is archived and no longer maintained.\n"


def _none(page: str) -> str:
    return page + "\n\nNo version is supported any more.\n"


def _asked(page: str) -> str:
    return re.sub(r"\.(?=\s|$)", "?", page)


def _crossed(page: str) -> str:
    """Every tick a cross, and every yes a no."""
    page = re.sub(r"✅|✔️?|☑️?|🟢|:white_check_mark:|:heavy_check_mark:|\[[xX]\]", "❌", page)
    return re.sub(r"\b(?:yes|y)\b", "no", page, flags=re.IGNORECASE)


def _renumbered(page: str) -> str:
    return re.sub(r"(?<![\d.])(\d{1,2})(?=\.[\dxX*])", lambda match: str(int(match[1]) + 700), page)


DESTROYING: dict[str, Change] = {
    "shown as code": _hidden,
    "commented out": _commented,
    "the project has ended": _ended,
    "no version is supported": _none,
}


def _supported(names: Iterator[str], change: Change) -> list[tuple[str, Status]]:
    """What is still called supported after a change, of the questions that the page answers so unchanged."""
    return [
        (name, after)
        for name in names
        for before, after in zip(_unchanged(name), _answers(name, change(PAGES[name])), strict=True)
        if before.state == "supported" and after.state == "supported"
    ]


@pytest.mark.parametrize("how", DESTROYING)
def test_what_destroys_a_page_leaves_nothing_supported(how: str) -> None:
    assert _supported(iter(PAGES), DESTROYING[how]) == []


def test_a_cross_in_place_of_each_tick_leaves_nothing_supported() -> None:
    names = (
        name for name in PAGES if is_table(PAGES[name]) and not re.search("eol|end of life", PAGES[name], re.IGNORECASE)
    )
    rest = [(name, each) for name, each in _supported(names, _crossed) if "❌" in (each.row or "")]
    assert rest == []


def test_a_question_promises_nothing() -> None:
    assert [
        each
        for each in _supported(iter(PAGES), _asked)
        if (each[1].row or "").endswith("?") and "|" not in (each[1].row or "")
    ] == []


def test_other_numbers_leave_the_old_ones_unsupported() -> None:
    fixed = (name for name in PAGES if not any("newest" in question for question in JUDGED[name]))
    rest = [
        each
        for _, each in _supported(fixed, _renumbered)
        if re.search(r"\d", each.row or "") and not set(">+") & set(each.row or "")
    ]
    assert [each for each in rest if not re.search(rf"(?<!\d){each.version.split('.')[0]}(?!\d)", each.row or "")] == []


def test_a_negation_turns_a_sentence() -> None:
    for verb in ("supported", "maintained"):
        for subject in ("3.x", "Version 3", "The 3.x series", "All 3.x releases", "The latest release"):
            plural = "are" if subject.endswith("releases") else "is"
            page = f"# Security\n\n## Supported versions\n\n{subject} {plural} {verb}.\n"
            asked = {"newest": read_version("3.1.0"), "today": TODAY}
            version = read_version("3.1.0")
            assert version is not None
            assert status(read_policy(page), version, **asked).state == "supported", page  # type: ignore[arg-type] # as named
            for denial in ("not", "no longer", "never"):
                denied = page.replace(f"{plural} {verb}", f"{plural} {denial} {verb}")
                assert status(read_policy(denied), version, **asked).state != "supported", denied  # type: ignore[arg-type] # as named
