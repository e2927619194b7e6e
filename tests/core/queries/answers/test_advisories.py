"""The answers to `/affected`, `/advisory`, `/advisories` and `/credits`."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chatbot.core.model.facts import Advisory, Affected, Credit, Release
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Tone
from chatbot.core.model.severity import Severity
from chatbot.core.queries.answers.advisories import MOST, advisories, advisory, credits_given
from chatbot.core.queries.answers.affected import affecting
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.snapshot import build_snapshot
from chatbot.core.support.policy import Policy
from chatbot.core.support.rows import Row
from tests.core import make

DAY, START = make.DAY, make.START
NOW = START + 40 * DAY
HIGH = make.advisory("GHSA-hhhh-hhhh-hhhh", at=START + DAY, aliases=frozenset({"CVE-2030-1"}))
LOW = make.advisory("GHSA-llll-llll-llll", Severity.LOW, at=START + 3 * DAY, url="", affected="<= 0.12.9", patched="")
UNKNOWN = make.advisory(
    "GHSA-uuuu-uuuu-uuuu", Severity.UNKNOWN, at=START + 2 * DAY, affected="whatever came before", patched=""
)
WITHDRAWN = make.advisory("GHSA-wwww-wwww-wwww", withdrawn_at=START, credits=(Credit(login="mallory"),))
PAGE = Policy(rows=(Row(text="all | yes", label="all", mark="yes", rest="all"),))
ALL = (HIGH, LOW, UNKNOWN, WITHDRAWN)


def ask(
    *facts: Advisory | Tracked[Advisory],
    sources: Sequence[str] = ("github-advisories:mail", "github-releases:mail"),
    releases: Sequence[Release] = (make.release("v0.15.5"),),
    policy: Policy | None = PAGE,
    packages: tuple[str, ...] = (),
    **arguments: str,
) -> QueryContext:
    knowledge = make.knowledge(releases, facts, read_at=dict.fromkeys(sources, NOW))
    project = replace(make.project, packages=packages)
    return QueryContext(
        forge=make.FORGE, snapshot=build_snapshot(project, knowledge), policy=policy, now=NOW, arguments=arguments
    )


@pytest.mark.parametrize(
    ("facts", "version", "lines", "tone"),
    [
        (
            ALL, "0.12.1",
            [
                "Mail Server 0.12.1 is affected by 2 advisories: upgrade to 0.15.5",
                "What to do: Upgrade to 0.15.5, which fixes both.",
                "• GHSA-hhhh-hhhh-hhhh (high): A crafted message reads files",
                "• GHSA-llll-llll-llll (low): A crafted message reads files",
                "", "Ranges that I can't read", "• GHSA-uuuu-uuuu-uuuu: “whatever came before”",
                "They may affect 0.15.5, too.",
            ],
            Tone.WARNING,
        ),
        ((HIGH, LOW), "0.15.5", ["No published advisory affects Mail Server 0.15.5", "Advisories last read on 10 February 2030, 12:00 UTC"], Tone.GOOD),
        (
            (UNKNOWN,), "v0.15.5",
            [
                "I can't tell whether Mail Server 0.15.5 is affected",
                "", "Ranges that I can't read", "• GHSA-uuuu-uuuu-uuuu: “whatever came before”",
            ],
            Tone.UNSURE,
        ),
        ((), "soon", ["“soon” doesn't look like a version", "Try 0.15.5."], Tone.UNSURE),
    ],
)  # fmt: skip
def test_which_advisories_affect_a_version(
    facts: Sequence[Advisory], version: str, lines: list[str], tone: Tone
) -> None:
    answer = affecting(ask(*facts, version=version))
    assert make.lines_of(answer) == lines
    assert answer.tone is tone


@pytest.mark.parametrize("sources", [(), ("github-releases:mail",)])
def test_before_they_were_read_there_is_no_good_news(sources: tuple[str, ...]) -> None:
    answer = affecting(ask(sources=sources, version="0.15.5"))
    assert answer.title == "I have not read the advisories yet"
    assert answer.tone is Tone.UNSURE


def test_of_very_many_the_worst_are_shown() -> None:
    many = [make.advisory(f"CVE-2030-{number:04}") for number in range(MOST + 3)]
    lines = make.lines_of(affecting(ask(*many, version="0.15.4")))
    assert "And 3 more: see /advisories." in lines
    assert len(lines) == MOST + 3


def test_those_of_packages_are_named_and_not_compared() -> None:
    theirs = make.known_advisory(
        replace(HIGH, affected=(Affected(package="parser", range="< 1"),)), origins=("OSV",), authoritative=False
    )
    answer = affecting(ask(theirs, packages=("crates.io/parser",), version="0.15.5"))
    assert "which I can't compare: GHSA-hhhh-hhhh-hhhh." in make.lines_of(answer)[1]
    assert answer.tone is Tone.ANSWER


@pytest.mark.parametrize("name", ["GHSA-hhhh-hhhh-hhhh", "ghsa-hhhh-HHHH-hhhh", " CVE-2030-1 "])
def test_one_advisory_by_any_of_its_ids(name: str) -> None:
    answer = advisory(ask(*ALL, id=name))
    assert answer.title == "Mail Server – A crafted message reads files"
    assert "GHSA-hhhh-hhhh-hhhh · CVE-2030-1" in make.lines_of(answer)


def test_one_that_is_not_published() -> None:
    answer = advisory(ask(*ALL, id="GHSA-none"))
    assert answer.title == "Mail Server has published no advisory “GHSA-none”"
    assert answer.tone is Tone.UNSURE


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ({}, [LOW.id, UNKNOWN.id, HIGH.id]),
        ({"severity": "high"}, [UNKNOWN.id, HIGH.id]),
        ({"severity": " CRITICAL "}, [UNKNOWN.id]),
        ({"since": "2030-01-03"}, [LOW.id, UNKNOWN.id]),
        ({"since": "2031-01-01"}, []),
        ({"severity": "high", "since": "2030-01-02"}, [UNKNOWN.id, HIGH.id]),
    ],
)
def test_the_list_of_advisories(arguments: dict[str, str], ids: list[str]) -> None:
    answer = advisories(ask(*ALL, **arguments))  # type: ignore[arg-type]  # only names of arguments
    ids_shown = [line[2:21] for line in make.lines_of(answer) if line.startswith("• ")]
    assert ids_shown == ids
    if not ids:
        assert answer.title == "Mail Server has published no advisory since 1 January 2031"


@pytest.mark.parametrize("arguments", [{"severity": "awful"}, {"since": "yesterday"}, {"since": "2030-02-31"}])
def test_arguments_that_cannot_be_read(arguments: dict[str, str]) -> None:
    assert advisories(ask(*ALL, **arguments)).tone is Tone.UNSURE  # type: ignore[arg-type]  # only names of arguments


def test_of_a_long_list_the_newest_are_shown() -> None:
    many = [make.advisory(f"CVE-2030-{number:04}") for number in range(MOST + 1)]
    lines = make.lines_of(advisories(ask(*many)))
    assert (lines[0], lines[-1]) == ("Mail Server has published 16 advisories", "These are the newest 15.")
    assert lines[1].startswith("• CVE-2030-0015 (high, 2 January 2030): ")


def test_credits() -> None:
    one = replace(HIGH, credits=(Credit(login="bob"), Credit(login="Alice")))
    two = replace(LOW, credits=(Credit(login="bob"), Credit(login="bob", role="finder")))
    assert make.lines_of(credits_given(ask(one, two, WITHDRAWN))) == [
        "Mail Server thanks 2 reporters",
        "• bob: GHSA-llll-llll-llll, GHSA-hhhh-hhhh-hhhh",
        "• Alice: GHSA-hhhh-hhhh-hhhh",
    ]
    assert credits_given(ask(WITHDRAWN)).title == "No published advisory of Mail Server credits anybody"
