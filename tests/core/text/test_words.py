"""How dates, numbers and lists are written for people."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chatbot.core.text.words import age, count, day, length, listed, minute

EAST = timezone(timedelta(hours=5))


def test_days_and_minutes_are_in_utc() -> None:
    late = datetime(2026, 11, 24, 2, 15, tzinfo=EAST)
    assert day(late) == "2026-11-23"
    assert day(date(2026, 11, 24)) == "2026-11-24"
    assert minute(late) == "2026-11-23 21:15 UTC"
    assert minute(datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)) == "2026-01-02 03:04 UTC"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86399, "23 hours ago"),
        (86400, "1 day ago"),
        (12 * 86400, "12 days ago"),
    ],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert age(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=30), "30 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(hours=48), "48 hours"),
        (timedelta(days=3), "72 hours"),
        (timedelta(days=7), "7 days"),
        (timedelta(days=90), "90 days"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_how_long(span: timedelta, words: str) -> None:
    assert length(span) == words


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (0, "release", "0 releases"),
        (1, "advisory", "1 advisory"),
        (2, "advisory", "2 advisories"),
        (2, "day", "2 days"),
        (3, "reporter", "3 reporters"),
    ],
)
def test_counting(number: int, noun: str, words: str) -> None:
    assert count(number, noun) == words


@pytest.mark.parametrize(
    ("items", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(items: list[str], words: str) -> None:
    assert listed(items) == words
