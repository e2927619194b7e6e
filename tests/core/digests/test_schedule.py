"""When a digest is due: exactly once a day or a week, in every time zone, whatever the clocks do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.digests.schedule import digest_label, due_on, due_words, last_digest, next_digest
from chatbot.core.model.watches import DigestEvery, DigestSchedule

DAY = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
HOURS = [time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(3, 0), time(9, 0), time(22, 30), time(23, 30)]


def daily(at: str, zone: str, every: DigestEvery = "daily") -> DigestSchedule:
    return DigestSchedule(every=every, at=time.fromisoformat(at), zone=ZoneInfo(zone))


def days() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += DAY


@pytest.mark.parametrize(
    ("zone", "at", "day", "due"),
    [
        ("UTC", "09:00", "2031-03-03", "2031-03-03T09:00"),
        ("Europe/Berlin", "09:00", "2026-03-28", "2026-03-28T08:00"),
        ("Europe/Berlin", "09:00", "2026-03-29", "2026-03-29T07:00"),
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:30"),  # does not exist: half past three
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T00:30"),  # exists twice: the first
        ("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03T15:45"),  # half an hour is missing
        ("America/Nuuk", "23:30", "2026-03-28", "2026-03-29T00:30"),  # the last hour of the day is missing
        ("Africa/Cairo", "00:30", "2026-04-24", "2026-04-23T22:30"),  # the first hour of the day is missing
        ("Asia/Kathmandu", "09:00", "2026-06-01", "2026-06-01T03:15"),
    ],
)
def test_a_wall_time_is_one_moment(zone: str, at: str, day: str, due: str) -> None:
    moment = due_on(daily(at, zone), date.fromisoformat(day))
    assert moment is not None
    assert moment.isoformat()[:16] == due


def test_a_day_that_a_zone_left_out_has_no_digest() -> None:
    assert due_on(daily("09:00", "Pacific/Apia"), date(2011, 12, 30)) is None
    assert (
        next_digest(daily("09:00", "Pacific/Apia"), datetime(2011, 12, 29, 20, tzinfo=UTC)).day == 30
    )  # the 31st there


def _offset(zone: ZoneInfo, day: date) -> timedelta | None:
    return datetime.combine(day, time(12), zone).utcoffset()


@pytest.mark.parametrize("part", range(8))
def test_each_day_of_every_zone_has_exactly_one_digest_within_itself(part: int) -> None:
    """Around each change of a zone's clocks, at hours at which clocks are changed; elsewhere every day is like the next."""
    for name in ZONES[part::8]:
        zone = ZoneInfo(name)
        changes = [day for day in days() if _offset(zone, day) != _offset(zone, day + DAY)]
        for change in [FIRST, *changes]:
            for at in HOURS:
                schedule = DigestSchedule(every="daily", at=at, zone=zone)
                moments = [due_on(schedule, change + number * DAY) for number in range(-1, 3)]
                assert [each.astimezone(zone).date() for each in moments if each] == [
                    change + number * DAY for number in range(-1, 3)
                ], (name, at, change)
                assert sorted(filter(None, moments)) == moments, (name, at, change)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Nuuk", "Africa/Casablanca", "Pacific/Chatham", "UTC"])
@pytest.mark.parametrize("every", ["daily", "weekly"])
def test_seven_years_pass_with_one_digest_a_day_or_a_monday(zone: str, every: DigestEvery) -> None:
    schedule = daily("23:15", zone, every)
    moment, dates = datetime(2023, 12, 31, 12, tzinfo=UTC), list[date]()
    while moment.astimezone(schedule.zone).date() <= LAST:
        moment = next_digest(schedule, moment)
        dates.append(moment.astimezone(schedule.zone).date())
    expected = [day for day in days() if every == "daily" or day.weekday() == 0]
    assert [day for day in dates if FIRST <= day <= LAST] == expected


SCHEDULES = st.builds(
    DigestSchedule,
    every=st.sampled_from(["daily", "weekly"]),
    at=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone itself


@given(SCHEDULES, MOMENTS)
def test_the_next_one_follows_the_last_one(schedule: DigestSchedule, moment: datetime) -> None:
    last, following = last_digest(schedule, moment), next_digest(schedule, moment)
    assert last <= moment < following
    assert next_digest(schedule, last) == following
    assert last_digest(schedule, following) == following
    longest = (DAY if schedule.every == "daily" else 7 * DAY) + timedelta(hours=3)
    assert following - last <= longest


def test_a_schedule_is_shown_by_the_clocks_there() -> None:
    schedule = daily("09:00", "Europe/Berlin", "weekly")
    due = datetime(2031, 3, 3, 8, tzinfo=UTC)
    assert due_words(schedule, due) == "Monday, 3 March 2031 at 09:00 (Europe/Berlin)"
    assert digest_label(schedule, due) == "Weekly digest · 3 March 2031"
    east = daily("00:30", "Pacific/Auckland")
    assert digest_label(east, datetime(2031, 3, 2, 11, 30, tzinfo=UTC)) == "Daily digest · 3 March 2031"
