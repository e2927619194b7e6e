"""When to look again: the quota is never overspent, the reserve is kept, and nobody is asked before they said."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.polling import Quota, interval, next_poll, slot, unconditional

NOW = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


SOURCES = {
    "feed": SourceProfile("signal", "GitHub", authoritative=True),
    "releases": SourceProfile("release", "GitHub", authoritative=True),
    "advisories": SourceProfile("advisory", "GitHub", authoritative=True),
    "policy": SourceProfile("policy", "GitHub", authoritative=True),
    "osv": SourceProfile("advisory", "OSV"),
}


def quota(remaining: int, limit: int = 60, resets_in: timedelta = HOUR) -> Quota:
    return Quota(limit=limit, remaining=remaining, resets_at=NOW + resets_in)


def every(
    source: str, *, projects: int = 1, poll_seconds: int = 60, token: bool = False, quota_now: Quota | None = None
) -> float:
    wait = interval(
        SOURCES[source], projects=projects, poll_seconds=poll_seconds, has_token=token, quota=quota_now, now=NOW
    )
    return round(wait.total_seconds())


@pytest.mark.parametrize(
    ("limit", "remaining", "reserve", "spendable"),
    [(60, 60, 6, 54), (60, 6, 6, 0), (60, 0, 6, 0), (5000, 5000, 500, 4500), (3, 3, 3, 0), (0, 0, 0, 0)],
)
def test_some_requests_are_kept_for_confirmations(limit: int, remaining: int, reserve: int, spendable: int) -> None:
    assert (quota(remaining, limit).reserve, quota(remaining, limit).spendable) == (reserve, spendable)


@pytest.mark.parametrize(
    ("source", "seconds"), [("feed", 60), ("releases", 60), ("advisories", 60), ("policy", 300), ("osv", 600)]
)
def test_without_a_limit_a_source_is_asked_as_often_as_configured(source: str, seconds: int) -> None:
    assert every(source) == seconds


@pytest.mark.parametrize(
    ("source", "projects", "token", "remaining", "limit", "resets_in", "seconds"),
    [
        # without a token: 54 of 60 requests for 2.2 looks a round and project
        ("releases", 1, False, 60, 60, HOUR, 147),
        ("advisories", 1, False, 60, 60, HOUR, 147),
        ("policy", 1, False, 60, 60, HOUR, 733),
        ("releases", 10, False, 60, 60, HOUR, 1467),
        ("feed", 10, False, 60, 60, HOUR, 60),
        ("osv", 10, False, 60, 60, HOUR, 600),
        # half is used up in half the time: the same rate
        ("releases", 1, False, 33, 60, HOUR / 2, 147),
        # nothing is left to spend: when the quota is renewed
        ("releases", 1, False, 6, 60, HOUR / 2, 1800),
        ("releases", 1, False, 0, 60, HOUR / 2, 1800),
        # our clock is a day behind: no quota lasts longer than an hour
        ("releases", 1, False, 0, 60, 25 * HOUR, 3600),
        # the window is over: as if it were full
        ("releases", 1, False, 0, 60, -MINUTE, 147),
        # with a token a 304 is free
        ("releases", 1, True, 5000, 5000, HOUR, 60),
        ("releases", 100, True, 5000, 5000, HOUR, 60),
        ("releases", 100, True, 600, 5000, HOUR, 396),
        # the pace of 12 GETs a second
        ("releases", 1000, True, 5000, 5000, HOUR, 183),
        ("feed", 1000, True, 5000, 5000, HOUR, 83),
        # never longer than six hours
        ("releases", 5000, False, 60, 60, HOUR, 6 * 3600),
        ("releases", 5000, False, 0, 60, -MINUTE, 6 * 3600),
        ("releases", 1, False, 0, 0, -MINUTE, 7920),
    ],
)
def test_the_quota_is_shared_out(
    source: str, projects: int, *, token: bool, remaining: int, limit: int, resets_in: timedelta, seconds: int
) -> None:
    assert every(source, projects=projects, token=token, quota_now=quota(remaining, limit, resets_in)) == seconds


@given(st.integers(1, 60), st.integers(1, 300))
def test_without_a_token_an_hour_of_polls_leaves_the_reserve(projects: int, poll_seconds: int) -> None:
    quota_now, spent = quota(60), 0.0
    for name in ("releases", "advisories", "policy"):
        wait = interval(
            SOURCES[name], projects=projects, poll_seconds=poll_seconds, has_token=False, quota=quota_now, now=NOW
        ).total_seconds()
        spent += projects * 3600 / wait
    assert spent <= quota_now.limit - quota_now.reserve + 0.001


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 54), (0.5, 60), (1.0, 66)])
def test_polls_are_spread_by_a_tenth(chance: float, seconds: float) -> None:
    assert next_poll(NOW, MINUTE, chance=chance) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [(1, 0.0, 120), (2, 0.0, 240), (3, 0.0, 480), (3, 1.0, 240), (6, 0.0, 3600), (7, 0.0, 3600), (10_000, 0.0, 3600)],
)
def test_failures_are_waited_out_ever_longer(failures: int, chance: float, seconds: float) -> None:
    assert next_poll(NOW, MINUTE, chance=chance, failures=failures) == NOW + timedelta(seconds=seconds)


def test_a_source_that_is_slow_anyway_is_not_asked_sooner_after_a_failure() -> None:
    assert next_poll(NOW, 5 * HOUR, chance=0.5, failures=1) == NOW + 5 * HOUR


@given(
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1)),
    st.floats(0, 0.999),
    st.integers(0, 50),
    st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(hours=6)),
)
def test_no_source_is_polled_before_the_time_it_named(
    retry_after: timedelta, chance: float, failures: int, expected: timedelta
) -> None:
    due = next_poll(NOW, expected, chance=chance, failures=failures, retry_after=retry_after)
    assert due >= NOW + retry_after
    assert due >= NOW + expected * 0.89


@pytest.mark.parametrize(("chance", "asks"), [(0.0, True), (0.0099, True), (0.01, False), (0.5, False), (0.999, False)])
def test_one_poll_in_a_hundred_asks_without_conditions(chance: float, *, asks: bool) -> None:
    assert unconditional(chance) is asks


@pytest.mark.parametrize(("previous", "now", "at"), [(0.0, 100.0, 100.0), (100.0, 100.0, 100.5), (107.0, 100.0, 107.5)])
def test_gets_keep_their_pace(previous: float, now: float, at: float) -> None:
    assert slot(previous, now, 2) == at
