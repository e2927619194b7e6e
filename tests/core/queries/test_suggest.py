"""What is suggested while somebody types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import Kind
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.suggest import (
    LONGEST,
    MOST,
    Suggestion,
    choice_suggestions,
    project_suggestions,
    suggestions,
    units,
)
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.policy import Policy, Section
from chatbot.core.text.visible import printable
from tests.core import make

DAY, START = make.DAY, make.START
PAGE = Policy(sections=(Section(heading="Reporting", level=2, blocks=()), Section(heading="Scope", level=2, blocks=())))
CALENDAR = make.advisory(
    "GHSA-9c2m-7pxv-4jq8",
    Severity.CRITICAL,
    affected="< 0.15.5",
    patched="0.15.5",
    at=START + 3 * DAY,
    aliases=frozenset({"CVE-2030-40417"}),
    summary="Calendar sharing links can be guessed: Überprüfung der Kalender-Freigabe fehlt",
)
OLDER = make.advisory("GHSA-nnnn-nnnn-nnnn", Severity.LOW, affected="< 0.14.9", patched="0.14.9", at=START + DAY)
OLDEST = make.advisory(
    "GHSA-oooo-oooo-oooo",
    Severity.UNKNOWN,
    affected="",
    patched="",
    at=START,
    summary="`calendar` files are read twice",
)
SNAPSHOT = make.snapshot(
    [
        make.release("v0.14.8", START), make.release("v0.14.9", START + DAY), make.release("v0.15.4", START + DAY),
        make.release("v0.15.5", START + 2 * DAY), make.release("nightly", START + 5 * DAY),
        make.release("v0.16.0-rc.1", START + 4 * DAY), make.release("v0.15.6-" + "x" * 101, START),
    ],
    [OLDEST, OLDER, CALENDAR],
)  # fmt: skip


def context(snapshot: ProjectSnapshot = SNAPSHOT, policy: Policy | None = PAGE) -> QueryContext:
    return QueryContext(forge=make.FORGE, snapshot=snapshot, policy=policy, now=START)


def values(kind: Kind, text: str, here: QueryContext | None = None, *, several: bool = False) -> list[str]:
    return [each.value for each in suggestions(here or context(), kind, text, several=several)]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.VERSION, "", ["0.16.0-rc.1", "0.15.5", "0.14.9", "0.15.4", "0.14.8"]),
        (Kind.VERSION, " 0.15 ", ["0.15.5", "0.15.4"]),
        (Kind.VERSION, "5", ["0.15.5", "0.15.4"]),
        (Kind.VERSION, "4", ["0.14.9", "0.15.4", "0.14.8"]),
        (Kind.VERSION, "V0.14", ["0.14.9", "0.14.8"]),
        (Kind.VERSION, "v9", []),
        (Kind.LINE, "", ["0.16", "0.15", "0.14"]),
        (Kind.LINE, "0.14.x", ["0.14"]),
        (Kind.SCOPE, "0.15", ["0.15.x", "0.15.5", "0.15.4"]),
        (Kind.SCOPE, "0.15.4", ["0.15.4"]),
        (Kind.SUBJECT, "ni", ["nightly"]),
        (
            Kind.SUBJECT,
            "",
            ["nightly", "v0.16.0-rc.1", CALENDAR.id, "v0.15.5", "v0.14.9", "v0.15.4", OLDER.id, "v0.14.8", OLDEST.id],
        ),
        (Kind.SUBJECT, "v0.15", ["v0.15.5", "v0.15.4"]),
        (Kind.SECTION, "", ["Reporting", "Scope"]),
        (Kind.SECTION, "sc", ["Scope"]),
        (Kind.SEVERITY, "", [severity.value for severity in Severity]),
        (Kind.PROJECT, "", []),
        (Kind.DATE, "", []),
        (Kind.WORDS, "", []),
    ],
)
def test_suggested_values(kind: Kind, text: str, expected: list[str]) -> None:
    assert values(kind, text) == expected


def test_no_sections_are_suggested_without_a_page() -> None:
    assert values(Kind.SECTION, "", context(policy=None)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [CALENDAR, OLDER, OLDEST]),
        ("calendar", [CALENDAR, OLDEST]),
        ("CALENDAR links", [CALENDAR]),
        ("links calendar", [CALENDAR]),
        ("cal sha", [CALENDAR]),
        ("kalender uberprufung", [CALENDAR]),
        ("ÜBERPRÜFUNG", [CALENDAR]),
        ("calendar crafted", []),
        ("ghsa-9c2m", [CALENDAR]),
        ("9c2m", [CALENDAR]),
        ("cve-2030-40417", [CALENDAR]),
        ("40417", [CALENDAR]),
        ("critical", [CALENDAR]),
        ("low", [OLDER]),
        ("not stated", [OLDEST]),
        ("ghsa-oooo-oooo-oooo", [OLDEST]),
        ("c", [CALENDAR, OLDER, OLDEST]),
    ],
)
def test_advisories_are_found_by_their_words_and_ids(text: str, expected: list[object]) -> None:
    assert values(Kind.ADVISORY, text) == [each.id for each in (CALENDAR, OLDER, OLDEST) if each in expected]


def test_an_id_that_was_typed_in_full_comes_before_newer_ones_that_mention_it() -> None:
    newer = make.advisory("GHSA-zzzz-zzzz-zzzz", at=START + 9 * DAY, summary="Incomplete fix of CVE-2030-1")
    older = make.advisory("GHSA-yyyy-yyyy-yyyy", at=START, aliases=frozenset({"CVE-2030-1"}))
    here = context(make.snapshot([], [newer, older]))
    assert values(Kind.ADVISORY, "cve-2030-1", here) == [older.id, newer.id]
    assert values(Kind.ADVISORY, "cve-2030", here) == [newer.id, older.id]


@pytest.mark.parametrize(
    ("kind", "text", "label"),
    [
        (Kind.ADVISORY, "40417", "GHSA-9c2m-7pxv-4jq8 · critical · Calendar sharing links can be guessed: Überprüfung der…"),
        (Kind.ADVISORY, "oooo", "GHSA-oooo-oooo-oooo · severity not stated · calendar files are read twice"),
        (Kind.VERSION, "0.15.5", "0.15.5 · newest · critical security release"),
        (Kind.VERSION, "0.14.9", "0.14.9 · newest of 0.14.x · low security release"),
        (Kind.VERSION, "0.14.8", "0.14.8"),
        (Kind.VERSION, "0.16", "0.16.0-rc.1 · newest of 0.16.x · prerelease"),
        (Kind.LINE, "0.14", "0.14.x · newest 0.14.9"),
        (Kind.SUBJECT, "v0.15.5", "v0.15.5 · newest · critical security release"),
        (Kind.SUBJECT, "nightly", "nightly"),
    ],
)  # fmt: skip
def test_labels_say_what_people_look_for(kind: Kind, text: str, label: str) -> None:
    assert suggestions(context(), kind, text)[0].label == label


def test_a_withdrawn_advisory_is_labelled_so() -> None:
    advisory = make.advisory(at=START, withdrawn_at=START + DAY, summary="Nothing after all")
    (suggestion,) = suggestions(context(make.snapshot([], [advisory])), Kind.ADVISORY, "")
    assert suggestion.label == "GHSA-aaaa-bbbb-cccc · withdrawn · high · Nothing after all"


def test_the_last_of_several_versions_is_completed() -> None:
    assert values(Kind.VERSION, "0.15.5, 0.14", several=True) == ["0.15.5, 0.14.9", "0.15.5, 0.14.8"]
    assert values(Kind.VERSION, "0.15.5 0.14.9", several=True) == ["0.15.5 0.14.9"]
    assert values(Kind.VERSION, "0.15", several=True) == ["0.15.5", "0.15.4"]
    assert "0.15.5 0.15.5" not in values(Kind.VERSION, "0.15.5 ", several=True)
    assert suggestions(context(), Kind.VERSION, "0.15.5,0.14.8", several=True)[0].label == "0.15.5,0.14.8"


def test_removed_releases_are_suggested_for_why() -> None:
    removed = make.known_release(make.release("v0.15.5"), removal_confirmed=True)
    here = context(make.snapshot([make.release("v0.15.4", START), removed]))
    assert values(Kind.VERSION, "", here) == ["0.15.4"]
    assert suggestions(here, Kind.SUBJECT, "")[0] == Suggestion("v0.15.5 · removed", "v0.15.5")
    assert values(Kind.SUBJECT, "", here) == ["v0.15.5", "v0.15.4"]


def test_values_that_begin_with_the_text_come_before_those_that_contain_it() -> None:
    here = context(make.snapshot([make.release("v1.2.0", START), make.release("v2.1.2", START + DAY)]))
    assert values(Kind.VERSION, "1.2", here) == ["1.2.0", "2.1.2"]


def test_no_more_are_suggested_than_a_chat_can_show() -> None:
    snapshot = make.snapshot([make.release(f"v1.{number}.0", START) for number in range(MOST + 5)])
    assert len(suggestions(context(snapshot), Kind.VERSION, "")) == MOST


def _project(name: str, identifier: str) -> Project:
    return Project(id=ProjectId(identifier), name=name, repository=f"acme/{identifier}")


PROJECTS = [
    _project("Acme Mailer", "mailer"),
    _project("Café", "cafe-server"),
    _project("Twin", "a"),
    _project("Twin", "b"),
]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", ["Acme Mailer", "Café", "Twin (a)", "Twin (b)"]),
        ("acme", ["Acme Mailer"]),
        ("MAIL", ["Acme Mailer"]),
        ("cafe", ["Café"]),
        ("b", ["Twin (b)"]),
        ("nothing", []),
    ],
)
def test_projects_are_suggested_by_name(text: str, labels: list[str]) -> None:
    assert [each.label for each in project_suggestions(PROJECTS, text)][: len(labels)] == labels
    assert all(each.value in {project.id for project in PROJECTS} for each in project_suggestions(PROJECTS, text))


def test_choices_are_suggested_as_they_are() -> None:
    assert choice_suggestions(["critical", "high"], "H") == [Suggestion("high", "high")]


def test_what_cannot_be_typed_is_not_suggested() -> None:
    headings = ["", " ", "a\u200bb", "two\nlines", "Reporting", "x" * 101, "\N{CRAB}" * 51]
    page = Policy(sections=tuple(Section(heading=heading, level=2, blocks=()) for heading in headings))
    assert values(Kind.SECTION, "", context(policy=page)) == ["Reporting"]


FOREIGN = st.text(st.sampled_from("a Z9é`*_<@>\u202e\u200b\x00\n\N{CRAB}\ud800·"), max_size=300) | st.text(max_size=300)


@given(summary=FOREIGN, heading=FOREIGN, text=FOREIGN, kind=st.sampled_from(Kind), several=st.booleans())
def test_labels_and_values_keep_within_what_a_chat_takes(
    summary: str, heading: str, text: str, kind: Kind, *, several: bool
) -> None:
    here = context(
        make.snapshot([make.release("v1.2.0", START)], [make.advisory(summary=summary)]),
        Policy(sections=(Section(heading=heading, level=2, blocks=()),)),
    )
    for words in ("", text, summary, heading):
        choices = suggestions(here, kind, words, several=several and kind is Kind.VERSION)
        assert len(choices) <= MOST
        for each in choices:
            assert 0 < units(each.label) <= LONGEST
            assert 0 < units(each.value) <= LONGEST
            assert each.value.strip() == each.value == printable(each.value)
            assert each.label.strip() == each.label == printable(each.label)


@given(st.lists(st.sampled_from(CALENDAR.summary.split()), min_size=1, max_size=3), st.data())
def test_any_beginnings_of_words_of_a_title_find_it(words: list[str], data: st.DataObject) -> None:
    beginnings = [word[: data.draw(st.integers(1, len(word)))] for word in words]
    assert CALENDAR.id in values(Kind.ADVISORY, " ".join(beginnings).upper())
