"""The words of a digest: security first, then by project and line; and what makes it another one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.digests.item import DigestItem, advisory_item, policy_item, release_item
from chatbot.core.digests.render import MOST_ANNOUNCED, MOST_RELEASES, digest_message, in_order, items_digest
from chatbot.core.model.message import Tone
from chatbot.core.model.severity import Severity
from chatbot.core.snapshot import ProjectSnapshot
from tests.core import make

DAY, START = make.DAY, make.START
LABEL = "Daily digest · 8 January 2030"
FLAW = make.advisory(affected="< 0.15.2", patched="0.15.2", at=START + 2 * DAY)
RELEASES = [
    make.release("v0.15.2", START + 2 * DAY),
    make.release("v0.15.3", START + 4 * DAY),
    make.release("v0.15.4", START + 5 * DAY),
    make.release("v0.14.9", START + 6 * DAY),
]
SNAPSHOT = make.snapshot(RELEASES, [FLAW])
POLICY = policy_item(
    make.project, "policy/mail/abc", "https://example.org/SECURITY.md", ["0.14.x ends earlier."], START + 6 * DAY
)


def routine(*tags: str) -> list[DigestItem]:
    return [release_item(SNAPSHOT, tag) for tag in tags]


def lines(*items: DigestItem) -> list[str]:
    return make.lines_of(digest_message(items, LABEL))


def test_one_project_by_line_and_the_newest_first() -> None:
    assert lines(*routine("v0.15.3", "v0.14.9", "v0.15.4"), POLICY) == [
        "Daily digest · 8 January 2030",
        "Mail Server – 3 new releases and 1 policy change",
        "• 0.15.x: 0.15.4 – patch release, 6 January 2030; 0.15.3 – patch release, 5 January 2030",
        "• 0.14.x: 0.14.9 – patch release, 7 January 2030",
        "Security policy changed:",
        "• 0.14.x ends earlier.",
    ]


def test_security_news_comes_first_and_says_that_it_was_announced() -> None:
    first = lines(
        *routine("v0.15.3"), release_item(SNAPSHOT, "v0.15.2", announced=True), advisory_item(SNAPSHOT, FLAW.id)
    )
    assert first[1:] == [
        "Mail Server – 1 new release",
        "Security news, announced already",
        "• 0.15.2 – security release, 3 January 2030; fixes GHSA-aaaa-bbbb-cccc (high)",
        "• A crafted message reads files – high, 3 January 2030",
        "Routine news",
        "• 0.15.x: 0.15.3 – patch release, 5 January 2030",
    ]


def test_several_projects_have_a_part_each() -> None:
    other = [replace(item, project="Calendar", subject=f"release/calendar/{item.name}") for item in routine("v0.15.4")]
    warned = replace(advisory_item(SNAPSHOT, FLAW.id), project="Calendar")
    assert lines(*routine("v0.15.3"), *other, warned)[1:] == [
        "2 new releases in 2 projects",
        "Security news, announced already",
        "• Calendar: A crafted message reads files – high, 3 January 2030",
        "Calendar",
        "• 0.15.x: 0.15.4 – patch release, 6 January 2030",
        "Mail Server",
        "• 0.15.x: 0.15.3 – patch release, 5 January 2030",
    ]


def test_what_is_gone_is_struck() -> None:
    removed = make.known_release(RELEASES[1], removal_confirmed=True, missing_since=START)
    item = release_item(make.snapshot([removed]), "v0.15.3")
    assert (item.struck, item.url, item.words) == (True, "", "removed by the project")
    withdrawn = replace(FLAW, withdrawn_at=START + 3 * DAY)
    item = advisory_item(make.snapshot(RELEASES, [withdrawn]), FLAW.id)
    assert (item.struck, item.words) == (True, "withdrawn")


def test_a_digest_never_notifies() -> None:
    message = digest_message([advisory_item(SNAPSHOT, FLAW.id), *routine("v0.15.2")], LABEL)
    assert (message.tone, message.loud, message.mentions) == (Tone.ROUTINE, False, ())


def test_very_many_are_cut() -> None:
    many = [
        make.release(f"v1.0.{number}", START + number * timedelta(minutes=1)) for number in range(MOST_RELEASES + 3)
    ]
    snapshot = make.snapshot(many)
    flaws = [replace(advisory_item(SNAPSHOT, FLAW.id), subject=f"advisory/mail/{number}") for number in range(20)]
    texts = lines(*[release_item(snapshot, item.tag) for item in many], *flaws)
    assert f"And {20 - MOST_ANNOUNCED} more." in texts
    assert texts[-1] == "And 3 more releases."
    assert "+" not in texts[1]
    assert f"{MOST_RELEASES + 3} new releases" in texts[1]


def test_a_long_policy_change_is_cut() -> None:
    long = policy_item(make.project, "policy/mail/abc", "", [f"Change {number}." for number in range(20)], START)
    assert lines(long)[-1] == "• And 8 more."


def test_releases_without_a_line_stand_alone() -> None:
    odd = make.release("nightly", START + DAY)
    snapshot = make.snapshot([odd])
    assert lines(release_item(snapshot, "nightly"))[2:] == ["• nightly – release, 2 January 2030"]


@pytest.mark.parametrize(
    ("after", "differs"),
    [
        (make.snapshot(RELEASES, [FLAW]), False),
        (make.snapshot([*RELEASES, make.release("v0.15.9", START + 9 * DAY)], [FLAW]), False),
        (make.snapshot(RELEASES, [replace(FLAW, affected=())]), True),
        (make.snapshot(RELEASES, [replace(FLAW, severity=Severity.CRITICAL)]), True),
        (make.snapshot([make.known_release(RELEASES[0], removal_confirmed=True), *RELEASES[1:]], [FLAW]), True),
    ],
)
def test_only_other_facts_make_it_another_digest(after: ProjectSnapshot, differs: bool) -> None:
    before = items_digest([release_item(SNAPSHOT, "v0.15.2"), POLICY])
    assert (items_digest([POLICY, release_item(after, "v0.15.2")]) != before) is differs


def test_the_order_does_not_depend_on_how_items_come() -> None:
    items = [*routine("v0.15.3", "v0.14.9", "v0.15.4"), POLICY, advisory_item(SNAPSHOT, FLAW.id)]
    assert in_order(items) == in_order(reversed(items))
