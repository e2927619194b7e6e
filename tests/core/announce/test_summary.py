"""Summaries: many routine releases at once become one list that is edited; security releases never go into one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chatbot.core.announce.messages import Plan, PlannedMessage
from chatbot.core.announce.plan import plan
from chatbot.core.announce.summary import MOST_NAMED, MOST_SINGLY, instead, listed, summary_message
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Tone
from chatbot.core.model.watches import WatchFilter
from chatbot.core.snapshot import ProjectSnapshot
from tests.core import make

DAY, START = make.DAY, make.START
MANY = [make.release(f"v0.15.{number}", START + number * DAY) for number in range(1, MOST_SINGLY + 2)]
FIX = make.advisory(affected="< 0.15.3", patched="0.15.3", at=START + 20 * DAY)
ADVISORY = f"advisory/mail/{FIX.id}"
HERE = [make.watch("discord:1"), make.watch("discord:2", WatchFilter(prereleases=True))]


def subjects(releases: list[Release]) -> list[str]:
    return [f"release/{release.subject}" for release in releases]


def planned(snapshot: ProjectSnapshot, touched: list[str], posted: make.PostedThere | None = None) -> Plan:
    return plan(snapshot, HERE, posted or {}, touched, now=START, settle=make.SETTLE)


def test_a_few_are_announced_one_by_one() -> None:
    few = MANY[:MOST_SINGLY]
    steps = planned(make.snapshot(few), subjects(few))
    assert sorted(planned_message.subject for planned_message in steps.messages) == sorted(subjects(few))


def test_many_are_announced_in_one_list_that_rooms_share() -> None:
    steps = planned(make.snapshot(MANY), subjects(MANY))
    (planned_message,) = steps.messages
    assert planned_message.subject.startswith("summary/mail/")
    assert planned_message.revisions == {"discord:1": 1, "discord:2": 1}
    assert make.lines_of(planned_message.message) == [
        "Mail Server – 6 new releases while I was away (2–7 January)",
        *[f"• 0.15.{number} – patch release, {number + 1} January 2030" for number in (6, 5, 4, 3, 2, 1)],
        "Release notes of the newest: https://example.org/releases/v0.15.6",
    ]
    reasons = {item.reason for item in steps.decisions if item.subject == "release/mail/v0.15.1"}
    assert "a new release, in one summary of 6" in reasons


def test_only_the_room_with_too_many_gets_the_list() -> None:
    candidate = make.release("v0.16.0-rc.1", START + 9 * DAY)
    steps = planned(make.snapshot([*MANY[:MOST_SINGLY], candidate]), subjects([*MANY[:MOST_SINGLY], candidate]))
    lists = [planned_message for planned_message in steps.messages if planned_message.subject.startswith("summary/")]
    singly = [planned_message for planned_message in steps.messages if planned_message.subject.startswith("release/")]
    assert [planned_message.revisions for planned_message in lists] == [{"discord:2": 1}]
    assert [set(planned_message.revisions) for planned_message in singly] == [{"discord:1"}] * MOST_SINGLY


def test_security_releases_never_go_into_a_summary() -> None:
    steps = planned(make.snapshot(MANY, [replace(FIX, published_at=START)]), subjects(MANY))
    assert "release/mail/v0.15.3" in {planned_message.subject for planned_message in steps.messages}
    more = [*MANY, make.release("v0.15.7", START + 9 * DAY)]
    both = planned(make.snapshot(more, [replace(FIX, published_at=START)]), subjects(more))
    (summary,) = [
        planned_message for planned_message in both.messages if planned_message.subject.startswith("summary/")
    ]
    assert "release/mail/v0.15.3" in {planned_message.subject for planned_message in both.messages}
    assert "0.15.3" not in make.words(summary.message)


@pytest.mark.parametrize(
    ("change", "line", "tone"),
    [
        ({"removal_confirmed": True, "missing_since": START}, "• 0.15.3 – removed by the project", Tone.ROUTINE),
        ({}, "• 0.15.3 – security release, 4 January 2030; fixes GHSA-aaaa-bbbb-cccc (high)", Tone.SECURITY),
    ],
)
def test_the_list_is_edited_and_pings_nobody(change: dict[str, Any], line: str, tone: Tone) -> None:
    posted = make.carry_out(planned(make.snapshot(MANY), subjects(MANY)), {})
    facts = [make.known_release(item, **change) if item.tag == "v0.15.3" else item for item in MANY]
    snapshot = make.snapshot(facts, [] if change else [FIX])
    steps = planned(snapshot, ["release/mail/v0.15.3"] if change else [ADVISORY], posted)
    edits = [planned_message for planned_message in steps.messages if planned_message.subject.startswith("summary/")]
    assert [(planned_message.kind, planned_message.revisions) for planned_message in edits] == [
        ("edit", {"discord:1": 2, "discord:2": 2})
    ]
    assert line in make.lines_of(edits[0].message)
    assert edits[0].message.tone is tone
    assert edits[0].message.mentions == ()
    assert planned(snapshot, ["release/mail/v0.15.3", ADVISORY], make.carry_out(steps, posted)).messages == ()


def test_evidence_that_is_taken_back_leaves_the_list_too() -> None:
    posted = make.carry_out(planned(make.snapshot(MANY), subjects(MANY)), {})
    bound = planned(make.snapshot(MANY, [FIX]), [ADVISORY], posted)
    posted = make.carry_out(bound, posted)
    steps = planned(make.snapshot(MANY, [replace(FIX, withdrawn_at=START + 21 * DAY)]), [ADVISORY], posted)
    (edit,) = [planned_message for planned_message in steps.messages if planned_message.subject.startswith("summary/")]
    assert "• 0.15.3 – patch release, 4 January 2030" in make.lines_of(edit.message)


def test_a_change_of_the_list_waits_until_it_was_read_again() -> None:
    posted = make.carry_out(planned(make.snapshot(MANY), subjects(MANY)), {})
    fresh = make.known_advisory(FIX, START + 21 * DAY, read_at=START + 21 * DAY)
    steps = planned(make.snapshot(MANY, [fresh]), [ADVISORY], posted)
    assert steps.messages == ()
    assert steps.replan_at == START + 21 * DAY + make.SETTLE


def test_what_a_summary_lists_is_not_announced_again() -> None:
    posted = make.carry_out(planned(make.snapshot(MANY), subjects(MANY)), {})
    assert {subject for at, subject in listed(posted) if at == "discord:1"} == set(subjects(MANY))
    again = planned(make.snapshot(MANY), subjects(MANY), posted)
    assert again.messages == ()
    assert {item.reason for item in again.decisions} == {"this room's summary lists it"}


def test_a_room_that_is_back_gets_one_list_in_the_place_of_what_it_missed() -> None:
    steps = instead(make.snapshot(MANY), RoomAddress("discord:9"), subjects(MANY[:2]), START + 30 * DAY)
    (planned_message,) = steps.messages
    assert planned_message.revisions == {"discord:9": 1}
    assert planned_message.message.title == "Mail Server – 2 new releases while I was away (2–3 January)"
    assert planned_message.message.mentions == ()


def test_a_list_of_very_many_is_cut() -> None:
    many = [make.release(f"v0.1.{number}", START + number * make.HOUR) for number in range(MOST_NAMED + 3)]
    lines = make.lines_of(summary_message(make.snapshot(many), subjects(many)))
    assert len(lines) == MOST_NAMED + 3
    assert lines[-2] == "And 3 more."


def test_a_list_without_addresses() -> None:
    plain = [replace(release, url="") for release in MANY[:2]]
    message = summary_message(make.snapshot(plain), subjects(plain))
    assert message.links == ()
    assert make.lines_of(message)[1] == "• 0.15.2 – patch release, 3 January 2030"
    nothing = summary_message(make.snapshot(), ["release/mail/v9"])
    assert (nothing.url, nothing.links, nothing.at) == ("", (), None)


def test_a_list_waits_for_the_last_that_it_names() -> None:
    """What settled is shown only together with what has not: so the edit waits, and shows all of it."""
    posted = make.carry_out(planned(make.snapshot(MANY), subjects(MANY)), {})
    now = START + 21 * DAY
    fresh = make.known_advisory(FIX, now, read_at=now)
    removed = make.known_release(MANY[5], removal_confirmed=True, missing_since=now)
    steps = planned(make.snapshot([*MANY[:5], removed], [fresh]), ["release/mail/v0.15.6"], posted)
    assert steps.messages == ()
    assert steps.replan_at == now + make.SETTLE
    waiting = {item.subject for item in steps.decisions if item.verdict == "hold"}
    assert "release/mail/v0.15.6" in waiting
    snapshot = make.snapshot([*MANY[:5], removed], [FIX])
    later = planned(snapshot, sorted(waiting), posted)
    (edit,) = [planned_message for planned_message in later.messages if planned_message.subject.startswith("summary/")]
    assert "• 0.15.6 – removed by the project" in make.lines_of(edit.message)
    assert "security release" in make.words(edit.message)


OLD = [
    make.release(f"v0.3.{number}", START + DAY + number * make.HOUR, created_at=START - 900 * DAY)
    for number in range(40)
]
NOW = [make.release(f"v0.{line}.0", START - (20 - line) * DAY) for line in range(11, 16)]


def one_by_one(releases: list[Release], advisories: list[Advisory]) -> tuple[make.PostedThere, list[PlannedMessage]]:
    """Each is read and planned before the next one comes."""
    posted: make.PostedThere = {}
    messages: list[PlannedMessage] = []
    for number, release in enumerate(releases, start=1):
        snapshot = make.snapshot([*NOW, *releases[:number]], advisories)
        steps = planned(snapshot, subjects([release]), posted)
        posted = make.carry_out(steps, posted)
        messages += steps.messages
        assert not planned(snapshot, subjects([release]), posted).messages
    return posted, messages


def test_old_releases_that_are_published_late_one_by_one_are_one_summary_and_no_fix() -> None:
    posted, messages = one_by_one(OLD, [])
    new = [planned_message for planned_message in messages if planned_message.kind == "new"]
    assert len(new) == 1
    assert {name for _, name in posted} == {new[0].subject}
    words = make.lines_of(messages[-1].message)
    assert words[0] == "Mail Server – 40 versions published late"
    assert words[1] == "• 0.3.39 – patch release, 4 January 2030"
    assert not any("a fix for" in line for line in words)
    assert not any(planned_message.message.mentions for planned_message in messages)


def test_they_are_one_summary_too_when_they_come_together_and_news_stays_beside_it() -> None:
    news = make.release("v0.15.1", START + 3 * DAY, created_at=START + 3 * DAY)
    snapshot = make.snapshot([*NOW, *OLD, news])
    steps = planned(snapshot, subjects([*OLD, news]))
    titles = sorted(planned_message.message.title for planned_message in steps.messages)
    assert titles == ["Mail Server 0.15.1", "Mail Server – 40 versions published late"]


def test_old_releases_long_after_others_are_another_summary() -> None:
    later = make.release("v0.4.0", START + 90 * DAY, created_at=START - 900 * DAY)
    _, messages = one_by_one([*OLD[:2], later], [])
    assert [planned_message.kind for planned_message in messages] == ["new", "edit", "new"]
    assert messages[-1].message.title == "Mail Server – 1 version published late"


def test_old_fixes_are_listed_and_ping_nobody_but_news_is_announced() -> None:
    old_advisory = make.advisory("GHSA-dddd-eeee-ffff", affected="< 0.3.4", patched="0.3.4", at=START - 800 * DAY)
    fresh = make.advisory("GHSA-gggg-hhhh-iiii", affected="< 0.3.6", patched="0.3.6", at=START + DAY)
    _, messages = one_by_one(OLD[:8], [old_advisory, fresh])
    singly = [planned_message.subject for planned_message in messages if planned_message.subject.startswith("release/")]
    assert singly == ["release/mail/v0.3.6"] * (len(singly) or 1)
    listing = make.lines_of(
        [planned_message for planned_message in messages if planned_message.subject.startswith("summary/")][-1].message
    )
    assert "• 0.3.4 – security release, 2 January 2030; fixes GHSA-dddd-eeee-ffff (high)" in listing
    (news,) = [planned_message for planned_message in messages if planned_message.subject == "release/mail/v0.3.6"]
    assert "Published late: an older version; the newest release is 0.15.0" in make.lines_of(news.message)


def test_a_list_of_late_releases_is_edited() -> None:
    posted, _ = one_by_one(OLD[:3], [])
    facts = [make.known_release(item, removal_confirmed=item.tag == "v0.3.1", missing_since=START) for item in OLD[:3]]
    steps = planned(make.snapshot([*NOW, *facts]), ["release/mail/v0.3.1"], posted)
    (planned_message,) = steps.messages
    assert (planned_message.kind, planned_message.message.title) == ("edit", "Mail Server – 3 versions published late")
    assert "• 0.3.1 – removed by the project" in make.lines_of(planned_message.message)


@pytest.mark.parametrize(
    ("published", "read_at", "end"),
    [
        ([START + DAY, START + DAY], START + DAY + timedelta(minutes=2), "2 new releases"),
        ([START + DAY, START + DAY], START + 2 * DAY, "2 new releases while I was away (2 January)"),
        (
            [START + DAY, START + 40 * DAY],
            START + 41 * DAY,
            "2 new releases while I was away (2 January – 10 February)",
        ),
    ],
)
def test_a_list_says_why_so_much_comes_at_once(published: Sequence[datetime], read_at: datetime, end: str) -> None:
    releases = [make.known_release(make.release(f"v0.15.{n}", at), at=read_at) for n, at in enumerate(published)]
    message = summary_message(make.snapshot(releases), [f"release/mail/v0.15.{n}" for n in range(2)])
    assert message.title == f"Mail Server – {end}"


def test_a_list_marks_backports() -> None:
    releases = [make.release("v0.16.0", START + DAY), make.release("v0.15.9", START + 2 * DAY)]
    message = summary_message(make.snapshot(releases), ["release/mail/v0.16.0", "release/mail/v0.15.9"])
    assert "• 0.15.9 – patch release, backport for 0.15.x, 3 January 2030" in make.lines_of(message)
