"""Ends of support that come with a release: whether that release has come out, decided by the project's releases."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chatbot.core.support.rows import EndEvent, Range, ReleaseHistory, line_range
from chatbot.core.versions.version import Key, Version


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether support has ended.

    state: `past`: it has ended; `ahead`: it goes on, until `last_day` if that is set; `open`: the releases cannot tell
    by: the release that ended it, or that set the last day
    """

    state: Literal["past", "ahead", "open"]
    by: Version | None = None
    last_day: date | None = None


def outcome(event: EndEvent, span: Range | None, version: Version, history: ReleaseHistory, today: date) -> Outcome:
    """Whether an end event has happened by a day; `span` is the row's range that covers the version."""
    start = event.version or _next(event, span, version)
    if start is None or not history.all:
        return Outcome("open")
    enders = [each for each in history.all if each.key >= start]
    if not enders:
        return Outcome("ahead")
    if not event.months and not event.days:
        return Outcome("past", min(enders, key=lambda each: each.key))
    return _delayed(event, enders, history, today)


def _next(event: EndEvent, span: Range | None, version: Version) -> Key | None:
    """Where the next major, minor or line after the version begins; None where that is not certain."""
    match event.level:
        case "major" if version.numbers[0] > 0:  # before 1.0 many call 0.N a major version
            return line_range(version.numbers[:1]).high
        case "minor" if len(version.numbers) > 1:
            return line_range(version.numbers[:2]).high
        case "release" | "line":
            return span.high if span is not None else None
        case _:
            return None


def _delayed(event: EndEvent, enders: list[Version], history: ReleaseHistory, today: date) -> Outcome:
    """The outcome where support goes on for a while after the release, counted from its date if that is known."""
    first = min(enders, key=lambda each: history.published.get(each, date.max))
    if any(each not in history.published for each in enders):
        return Outcome("open", min(enders, key=lambda each: each.key))
    last_day = _later(history.published[first], event)
    return Outcome("past" if today > last_day else "ahead", first, last_day)


def _later(day: date, event: EndEvent) -> date:
    month = day.month - 1 + event.months
    year, month = day.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    try:
        return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=event.days)
    except OverflowError:
        return date.max
