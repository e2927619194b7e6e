"""How dates, numbers and lists are written for people."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

# Written out here: strftime would follow the machine's language.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday(when: date) -> str:
    """Monday."""
    return _WEEKDAYS[when.weekday()]


def calendar_day(when: date | datetime) -> str:
    """30 June 2027; a moment in UTC. For days of the calendar, such as the end of support, which are the same everywhere."""
    if isinstance(when, datetime):
        when = when.astimezone(UTC).date()
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def month(when: date | datetime) -> str:
    """June 2027; of a moment in UTC."""
    return calendar_day(when).partition(" ")[2]


def day(when: date | datetime) -> str:
    """2026-11-23, in UTC."""
    if isinstance(when, datetime):
        when = when.astimezone(UTC).date()
    return when.isoformat()


def minute(when: datetime) -> str:
    """2026-11-23 20:15 UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def age(span: timedelta) -> str:
    """`just now`, `5 minutes ago`, `3 hours ago`, `12 days ago`."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return "just now"
    size, unit = next(pair for pair in ((86400, "day"), (3600, "hour"), (60, "minute")) if seconds >= pair[0])
    return f"{count(seconds // size, unit)} ago"


def length(span: timedelta) -> str:
    """`48 hours`, `7 days`, `30 seconds`: hours up to three days, as response clocks are written."""
    seconds = int(span.total_seconds())
    if seconds % 86400 == 0 and seconds > 3 * 86400:
        return count(seconds // 86400, "day")
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return count(seconds // size, unit)
    return count(seconds, "second")


def count(number: int, noun: str) -> str:
    """`1 day`, `2 days`, `3 advisories`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeo" else f"{number} {noun}s"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
