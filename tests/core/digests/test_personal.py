"""A person's weekly list: whose clocks it goes by, what it is about, and that nothing is listed twice or lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.digests.personal import (
    LONGEST,
    Entry,
    Period,
    ProjectNews,
    candidates,
    listed,
    period,
    weekly,
    when_words,
    zone_of,
)
from chatbot.core.digests.personal_message import list_items, personal_list
from chatbot.core.digests.schedule import last_digest, next_digest
from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.word import Action, Word
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Room, WatchFilter
from tests.core import make
from tests.core.subscriptions.people import subscription

BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
HERE, THERE = RoomAddress("discord:1"), RoomAddress("discord:2")
MAIL = ProjectId("mail")
WEEK, DAY = timedelta(days=7), timedelta(days=1)
FLAW = make.advisory(affected="< 0.15.2", patched="0.15.2", at=make.START + DAY)
SMALL = replace(
    make.advisory("GHSA-bbbb-bbbb-bbbb", affected="< 0.15.3", at=make.START + DAY), severity=Severity.LOW, scores=()
)
RELEASES = [
    make.release("v0.14.9", make.START + DAY),
    make.release("v0.15.2", make.START + DAY),
    make.release("v0.15.3", make.START + 2 * DAY),
]
SNAPSHOT = make.snapshot(RELEASES, [FLAW, SMALL])
AT = {fact.tag: make.START + 2 * DAY for fact in RELEASES}
NEWS = {MAIL: ProjectNews(SNAPSHOT, AT)}
WHOLE_WEEK = Period(make.START - DAY, make.START + 6 * DAY)
BEFORE = make.START - 2 * DAY


def room(address: RoomAddress, zone: ZoneInfo | None = None) -> Room:
    return Room(address=address, projects=(MAIL,), watch_filter=WatchFilter(), zone=zone or UTC)


def names(
    *words: str, there: frozenset[str] = frozenset(), of: Period = WHOLE_WEEK, **more: object
) -> list[tuple[str, bool]]:
    theirs = [subscription(each, **({"releases": "weekly", "since": BEFORE} | more)) for each in words]  # type: ignore[arg-type]  # a table of mixed fields
    items = listed(candidates(NEWS, theirs, of), there)
    return [(each.entry.name, each.first) for each in items]


# ---- when --------------------------------------------------------------------------------------------------------------------


def test_the_clocks_are_those_of_the_room_where_they_subscribed_first() -> None:
    rooms = [room(HERE, BERLIN), room(THERE, AUCKLAND), room(RoomAddress("discord:3"))]
    here, there = (
        subscription("", id=number, home=home, releases="weekly") for number, home in ((2, HERE), (1, THERE))
    )
    elsewhere = subscription("", id=0, home=RoomAddress("discord:3"), releases="weekly")
    assert zone_of([here], rooms) == BERLIN
    assert zone_of([here, there, elsewhere], rooms) == AUCKLAND
    assert zone_of([elsewhere], rooms) == zone_of([], rooms) == zone_of([here], []) == UTC
    assert zone_of([replace(here, releases="now")], rooms) == UTC
    assert when_words(BERLIN) == "Mondays at 09:00 (Europe/Berlin)"


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (datetime(2031, 3, 28, tzinfo=UTC), datetime(2031, 3, 31, 7, tzinfo=UTC)),  # the clocks went forward on Sunday
        (datetime(2031, 3, 21, tzinfo=UTC), datetime(2031, 3, 24, 8, tzinfo=UTC)),
        (datetime(2031, 10, 24, tzinfo=UTC), datetime(2031, 10, 27, 8, tzinfo=UTC)),  # and back
    ],
)
def test_it_is_nine_there_in_summer_and_in_winter(day: datetime, due: datetime) -> None:
    assert next_digest(weekly(BERLIN), day) == due


@given(
    st.sampled_from([UTC, BERLIN, AUCKLAND]),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(st.integers(0, 12 * 7 * 24 - 1), max_size=30),
)
def test_nothing_is_listed_twice_or_lost_whatever_weeks_are_empty_or_missed(
    zone: ZoneInfo, runs: list[bool], hours: list[int]
) -> None:
    """`runs`: whether the bot ran at the hour; `hours`: when news came. Nobody is silent for so long that news is dropped."""
    schedule = weekly(zone)
    due = begin = last_digest(schedule, datetime(2031, 3, 3, 12, tzinfo=UTC))
    news = {begin + timedelta(hours=1 + hour) for hour in hours}
    last: datetime | None = None
    before = begin
    lists: list[datetime] = []
    silent = 0
    for is_running in runs:
        due = next_digest(schedule, due)
        silent = silent + 1 if not is_running else 0
        if not is_running and silent < 4:
            continue
        items = [at for at in news if period(due, last, before).holds(at)]
        lists += items
        last, before = (due if items else last), due
    assert sorted(lists) == sorted(at for at in news if at <= before)  # the last time that it ran


def test_a_first_list_is_about_a_week_and_none_about_more_than_a_month() -> None:
    due = datetime(2031, 3, 31, 9, tzinfo=UTC)
    assert period(due, None, None).after == due - WEEK
    assert period(due, None, due - WEEK).after == due - WEEK
    assert period(due, None, due - 3 * WEEK).after == due - 3 * WEEK  # the bot was down on two Mondays
    assert period(due, due - 2 * WEEK, due - WEEK).after == due - 2 * WEEK
    assert period(due, due - 20 * WEEK, None).after == due - LONGEST


# ---- what --------------------------------------------------------------------------------------------------------------------


def test_the_releases_of_their_lines_and_security_first() -> None:
    assert names("0.15.x") == [("v0.15.2", True), ("v0.15.3", False)]
    assert names("0.15.3", "0.15.x") == names("0.15.x")
    assert names("0.14.x") == [("v0.14.9", False)]
    assert [name for name, _ in names("")] == ["v0.14.9", "v0.15.2", "v0.15.3"]


def test_an_advisory_below_their_threshold_is_listed() -> None:
    assert names("", min_severity=Severity.HIGH)[0] == (SMALL.id, True)
    there = frozenset({f"alert/mail/{SMALL.id}"})
    assert SMALL.id not in dict(names("", min_severity=Severity.HIGH, there=there))


@pytest.mark.parametrize(
    ("action", "is_listed"), [("hold", False), ("skip", False), ("retract", False), ("note", True)]
)
def test_what_its_maintainers_keep_back_is_not_listed(action: Action, is_listed: bool) -> None:
    for subject, name in ((f"advisory/mail/{SMALL.id}", SMALL.id), ("release/mail/v0.15.3", "v0.15.3")):
        word = Word(action=action, subject=subject, by=RoomAddress("discord:user:1"), at=make.START, text="a mistake")
        news = {MAIL: ProjectNews(replace(SNAPSHOT, controls=fold([word])), AT)}
        theirs = [subscription("", releases="weekly", since=BEFORE, min_severity=Severity.HIGH)]
        shows = [each.name for each in candidates(news, theirs, WHOLE_WEEK)]
        assert (name in shows) is is_listed
        assert len(shows) == 3 + is_listed


def test_where_maintainers_are_asked_first_a_list_is_no_faster_than_the_rooms() -> None:
    project = replace(SNAPSHOT.project, announce="approve", maintainers_room=RoomAddress("discord:9"))
    asked = {MAIL: ProjectNews(replace(SNAPSHOT, project=project), {})}
    theirs = [subscription("", releases="weekly", since=BEFORE, min_severity=Severity.CRITICAL)]
    read_at = min(each.first_read_at for each in SNAPSHOT.knowledge.advisories.values())
    at_once, later = (Period(BEFORE, read_at + timedelta(minutes=minutes)) for minutes in (5, 120))
    assert [len(candidates(NEWS, theirs, of)) > 0 for of in (at_once, later)] == [True, True]
    assert [len(candidates(asked, theirs, of)) > 0 for of in (at_once, later)] == [False, True]


def test_what_they_were_alerted_of_or_sent_is_no_security_news_again() -> None:
    alerts = frozenset(f"alert/mail/{flaw.id}" for flaw in (FLAW, SMALL))
    assert names("0.15.x", there=alerts) == [("v0.15.2", False), ("v0.15.3", False)]
    assert names("0.15.x", there=frozenset({"release/mail/v0.15.3"})) == [("v0.15.2", True)]


def test_only_what_came_in_the_time_and_after_they_subscribed() -> None:
    assert names("0.15.x", of=Period(make.START + 2 * DAY, make.START + 9 * DAY)) == []
    assert names("0.15.x", since=make.START + 9 * DAY) == []
    assert names("0.15.x", releases="never") == []


def test_the_message() -> None:
    items = listed(
        candidates(NEWS, [subscription("", since=BEFORE, releases="weekly", min_severity=Severity.HIGH)], WHOLE_WEEK),
        frozenset(),
    )
    message, shows = personal_list([item for _, item in list_items(NEWS, items)], "Weekly digest · 6 January 2031")
    assert make.lines_of(message) == [
        "Weekly digest · 6 January 2031",
        "Mail Server – 3 new releases and 1 advisory",
        "Security",
        "• 0.15.2 – security release, 2 January 2030; fixes GHSA-aaaa-bbbb-cccc (high)",
        "• A crafted message reads files – low, 2 January 2030",
        "Other releases",
        "• 0.15.x: 0.15.3 – patch release, 3 January 2030",
        "• 0.14.x: 0.14.9 – patch release, 2 January 2030",
        "You chose releases once a week. To change that: subscriptions.",
    ]
    assert shows != personal_list([item for _, item in list_items(NEWS, items[:-1])], "")[1]


def test_entries_are_known_by_their_subjects() -> None:
    assert Entry(MAIL, "release", "v1/2").subject == "release/mail/v1/2"
