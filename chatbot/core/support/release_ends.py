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
    if event.since:
        return _from_own(event, version, history, today)
    if span == Range() and history.newest is not None and version.order > history.newest.order:
        return Outcome("open")  # "each major is supported until the next one", of one that is not out
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
    last_day = later(history.published[first], months=event.months, days=event.days)
    return Outcome("past" if today > last_day else "ahead", first, last_day)


def _from_own(event: EndEvent, version: Version, history: ReleaseHistory, today: date) -> Outcome:
    """The outcome where support is counted from the first release of the version's own line, if its date is known."""
    size = {"major": 1, "minor": 2}.get(event.since, len(version.numbers))
    line = line_range(version.numbers[:size]) if len(version.numbers) >= size else None
    inside = [each for each in history.all if line is not None and line.covers(each)]
    first = min(inside, key=lambda each: each.key, default=None)
    if first is None or first not in history.published:
        return Outcome("open")
    last_day = later(history.published[first], months=event.months, days=event.days)
    if today > last_day:
        return Outcome("past", first, last_day)  # the first of those that are known is not older than the line's first
    began = not any(first.numbers[size:])
    return Outcome("ahead", first, last_day) if began else Outcome("open", first)


def later(day: date, *, months: int = 0, days: int = 0) -> date:
    """A day so many months and days after another; the last one there is where that is beyond the calendar."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    try:
        return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=days)
    except OverflowError:
        return date.max
