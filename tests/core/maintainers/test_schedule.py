"""Releases that are planned: what may be typed, what rooms are shown, and that nothing is said twice."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.announce.messages import Plan
from chatbot.core.announce.plan import plan
from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.schedule.reading import Intended, intended, version_of
from chatbot.core.maintainers.word import AT, SEVERITY, Action, Word
from chatbot.core.model.facts import Release
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from tests.core import make

START, HOUR = make.START, timedelta(hours=1)
DUE = START + timedelta(days=3)
SETTLE = timedelta(seconds=30)
OPS = RoomAddress("console:ops")
SAYS = "schedule/mail/2.1.2"


@dataclass(slots=True)
class Room:
    """Rooms as the plans left them, and all that was said in them."""

    watch_filter: WatchFilter = field(default_factory=WatchFilter)
    words: list[Word] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    posted: make.PostedThere = field(default_factory=dict)
    sayings: list[tuple[str, str]] = field(default_factory=list)

    def say(self, action: Action, at: datetime, due: datetime = DUE, severity: str = "high") -> None:
        details = {AT: due.isoformat(), SEVERITY: severity} if action == "schedule" else {}
        self.words.append(
            Word(action=action, subject="2.1.2", by=RoomAddress("console:user:1"), at=at, details=details)
        )

    def plans(self, now: datetime) -> Plan:
        known = [make.known_release(each, now - HOUR) for each in self.releases]
        snapshot = make.snapshot(known, controls=fold(self.words), maintainers_room=OPS)
        watches = [make.watch(watch_filter=self.watch_filter, since=START - HOUR)]
        return plan(snapshot, watches, self.posted, {SAYS}, now=now, settle=SETTLE)

    def looks(self, now: datetime) -> list[tuple[str, str]]:
        """What is newly said at `now`, each with its kind. A second look says nothing."""
        steps = self.plans(now)
        self.posted = make.carry_out(steps, self.posted)
        assert self.plans(now).messages == ()
        new: list[tuple[str, str]] = [(each.kind, each.message.title) for each in steps.messages]
        self.sayings += new
        return new


def planned() -> Room:
    room = Room()
    room.say("schedule", START)
    assert room.looks(START) == [("new", "Mail Server 2.1.2 is planned")]
    return room


def test_it_is_posted_with_its_time_and_pings_nobody() -> None:
    room = Room()
    room.say("schedule", START)
    (message,) = [each.message for each in room.plans(START).messages]
    assert message.label == "Planned security release · High"
    assert "Plan time to upgrade" in make.words(message)
    assert message.mentions == ()
    assert message.headline.startswith("High-severity fix: Mail Server 2.1.2 is planned for ")


def test_a_move_edits_the_post_and_one_reply_says_so() -> None:
    room = planned()
    for days in (4, 5):
        room.say("schedule", START + HOUR, START + timedelta(days=days))
        assert room.looks(START + HOUR) == [
            ("edit", "Mail Server 2.1.2 is planned"),
            ("reply", "Mail Server 2.1.2 is planned for another time"),
        ]
    assert room.looks(START + 2 * HOUR) == []


def test_the_same_time_again_says_nothing_and_another_severity_only_edits() -> None:
    room = planned()
    room.say("schedule", START + HOUR)
    assert room.looks(START + HOUR) == []
    room.say("schedule", START + 2 * HOUR, severity="critical")
    assert room.looks(START + 2 * HOUR) == [("edit", "Mail Server 2.1.2 is planned")]


def test_a_cancellation_crosses_it_out_and_it_may_be_planned_again() -> None:
    room = planned()
    room.say("cancel", START + HOUR)
    assert room.plans(START + HOUR).messages[0].message.struck
    assert room.looks(START + HOUR) == [
        ("edit", "Mail Server 2.1.2 is planned"),
        ("reply", "Mail Server 2.1.2 is not planned any more"),
    ]
    assert room.looks(DUE - HOUR / 2) == room.looks(DUE + timedelta(days=2)) == []
    late = DUE + timedelta(days=9)
    room.say("schedule", DUE + timedelta(days=3), late)
    assert room.looks(DUE + timedelta(days=3))[1] == ("reply", "Mail Server 2.1.2 is planned for another time")


def test_there_is_one_reminder_in_the_hour_before() -> None:
    room = planned()
    assert room.looks(DUE - HOUR - timedelta(minutes=1)) == []
    assert room.looks(DUE - timedelta(minutes=20)) == [("reply", "Mail Server 2.1.2 is due within the hour")]
    assert room.looks(DUE - timedelta(minutes=10)) == room.looks(DUE) == []


@pytest.mark.parametrize(("first_at", "later"), [(START, DUE), (DUE - HOUR / 2, DUE - HOUR / 4)])
def test_nobody_is_reminded_of_what_is_past_or_was_named_just_before(first_at: datetime, later: datetime) -> None:
    room = Room()
    room.say("schedule", first_at)
    room.looks(first_at)
    assert room.looks(later) == []


def test_when_the_release_comes_the_post_leads_to_it() -> None:
    room = planned()
    room.releases = [make.release("v2.1.2", DUE)]
    steps = room.plans(DUE + 2 * HOUR)
    (edit,) = [each.message for each in steps.messages if each.subject == SAYS]
    assert edit.title == "Mail Server 2.1.2 is released"
    assert edit.url == edit.links[0].url == room.releases[0].url
    room.looks(DUE + 2 * HOUR)
    assert room.looks(DUE + timedelta(days=9)) == []


def test_a_day_after_its_time_the_post_says_so_and_the_maintainers_are_told_once() -> None:
    room = planned()
    assert room.looks(DUE + timedelta(hours=23)) == []
    assert room.looks(DUE + timedelta(hours=25)) == [
        ("edit", "Mail Server 2.1.2 is late"),
        ("new", "Mail Server 2.1.2 has not come"),
    ]
    assert room.looks(DUE + timedelta(days=20)) == []


@pytest.mark.parametrize(
    ("watch_filter", "is_told"),
    [
        (WatchFilter(events=frozenset({"security"})), True),
        (WatchFilter(events=frozenset({"releases"})), True),
        (WatchFilter(events=frozenset({"policy"})), False),
        (WatchFilter(min_severity=Severity.CRITICAL), False),
    ],
)
def test_the_filter_of_a_room_counts(watch_filter: WatchFilter, *, is_told: bool) -> None:
    room = Room(watch_filter)
    room.say("schedule", START)
    assert bool(room.looks(START)) is is_told


def test_what_was_planned_while_nothing_could_be_said_is_not_posted_afterwards() -> None:
    room = Room()
    room.say("schedule", START)
    assert [kind for kind, title in room.looks(DUE + HOUR) if title.endswith("planned")] == []


STEPS = st.lists(
    st.tuples(st.sampled_from(["wait", "schedule", "cancel", "release"]), st.integers(1, 60)), min_size=1, max_size=10
)


@given(STEPS)
def test_whatever_happens_nothing_is_said_twice(steps: list[tuple[str, int]]) -> None:
    """Moves, cancellations, time and the release in any order: `looks` holds that a second look says nothing, and what a room is
    left with is what one who looked only at the end would show."""
    room, now = Room(), START
    room.say("schedule", START)
    room.looks(now)
    for what, hours in steps:
        now += hours * HOUR
        if what == "release":
            room.releases = [make.release("v2.1.2", now - HOUR)]
        elif what != "wait":
            room.say("schedule" if what == "schedule" else "cancel", now, now + hours * HOUR)
        room.looks(now)
    posts = [each for (_, subject), each in room.posted.items() if subject == SAYS]
    assert [each.digest for each in posts] == _shows_at_once(room, now)
    replies = [title for kind, title in room.sayings if kind == "reply"]
    moves = fold(room.words).scheduled["2.1.2"].moves
    assert sum("another time" in title for title in replies) <= moves


def _shows_at_once(room: Room, now: datetime) -> list[str]:
    """What somebody shows who posted it at the beginning and has not looked since."""
    lazy = Room(words=room.words[:1])
    lazy.looks(START)
    lazy.words, lazy.releases = room.words, room.releases
    lazy.looks(now)
    return [each.digest for (_, subject), each in lazy.posted.items() if subject == SAYS]


NOW = datetime(2031, 5, 20, 16, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "time", "severity", "expected"),
    [
        ("v2.1.2", "2031-06-01T15:00Z", "high", Intended(version="2.1.2", at=NOW.replace(month=6, day=1, hour=15, minute=0), severity=Severity.HIGH)),
        ("3.0.0-rc.1", "2031-06-01T17:00:01+02:00", "LOW", Intended(version="3.0.0-rc.1", at=NOW.replace(month=6, day=1, hour=15, minute=1), severity=Severity.LOW)),
        ("2.1.2", "2031-06-01T15:00", "high", "no time zone"),
        ("2.1.2", "tomorrow", "high", "can't read that time"),
        ("2.1.2", "2031-05-20T16:42Z", "high", "must lie ahead"),
        ("2.1.2", "0001-01-01T00:00+14:00", "high", "must lie ahead"),
        ("2.1.2", "2032-06-01T15:00Z", "high", "more than a year"),
        ("2.1.2", "9999-12-31T23:59-14:00", "high", "more than a year"),
        ("2.1.2", "2031-06-01T15:00Z", "awful", "one of: low, medium, high, critical"),
        ("heap-overflow", "2031-06-01T15:00Z", "high", "as a version"),
    ],
)  # fmt: skip
def test_what_may_be_typed(version: str, time: str, severity: str, expected: Intended | str) -> None:
    plan_read = intended(version, time, severity, NOW)
    assert expected in plan_read if isinstance(expected, str) and isinstance(plan_read, str) else plan_read == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2.1.2 fixes CVE-2031-1",
        "1.0-heap-overflow",
        "1.0+imap.login",
        "2.1.2\u200b",
        "2.1.\u202e2",
        "٢.١",
        "1" * 40,
        "@1",
    ],
)
def test_no_words_fit_into_a_version(text: str) -> None:
    assert version_of(text) == ""


@given(st.text(max_size=30))
def test_a_version_has_only_characters_of_versions(text: str) -> None:
    assert set(version_of(text)) <= set("0123456789.-alphbetrc")


def test_intended_is_typed_as_it_is_read() -> None:
    plan_read = intended("2.1.2", "2031-06-01T15:00Z", "high", NOW)
    assert isinstance(plan_read, Intended)
    assert plan_read.words == "2.1.2 2031-06-01T15:00Z high"
    version, time, severity = plan_read.words.split()
    assert intended(version, time, severity, NOW) == plan_read
