"""When a digest is due: once for each day (or Monday) of the calendar, at a wall time, whatever the clocks do there.

A wall time that does not exist since the clocks go forward is taken by the clock from before, so that 02:30 comes at 03:30; a
wall time that exists twice means the first. Where that would be on another day (a gap just before midnight), the clock from
after the change counts, so that each day has its digest within itself.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import DigestSchedule
from chatbot.core.text.words import calendar_day, weekday

WEEKLY = ProjectId("weekly")  # stands for the project in the subject of a person's list, which may be about several
_DAY = timedelta(days=1)
_MONDAY = 0
_FOLDS: tuple[Literal[0, 1], ...] = (0, 1)


def next_digest(schedule: DigestSchedule, after: datetime) -> datetime:
    """The first digest after this moment, in UTC."""
    day = after.astimezone(schedule.zone).date() - _DAY
    while (due := due_on(schedule, day)) is None or due <= after:
        day += _DAY
    return due


def last_digest(schedule: DigestSchedule, by: datetime) -> datetime:
    """The last digest that is due at this moment or was before, in UTC."""
    day = by.astimezone(schedule.zone).date() + _DAY
    while (due := due_on(schedule, day)) is None or due > by:
        day -= _DAY
    return due


def due_on(schedule: DigestSchedule, day: date) -> datetime | None:
    """When the digest of this day of the zone's calendar is due, in UTC; None on a day without one."""
    if schedule.every == "weekly" and day.weekday() != _MONDAY:
        return None
    wall = datetime.combine(day, schedule.at, schedule.zone)
    moments = (wall.replace(fold=fold).astimezone(UTC) for fold in _FOLDS)
    return next((due for due in moments if due.astimezone(schedule.zone).date() == day), None)  # else no such day there


def due_words(schedule: DigestSchedule, due: datetime) -> str:
    """`Monday, 3 March 2031 at 09:00 (Europe/Berlin)`, by the clocks there."""
    there = due.astimezone(schedule.zone)
    return f"{weekday(there)}, {calendar_day(there.date())} at {there:%H:%M} ({schedule.zone})"


def digest_label(schedule: DigestSchedule, due: datetime) -> str:
    """`Daily digest · 3 March 2031`, by the calendar there."""
    return f"{schedule.every.capitalize()} digest · {calendar_day(due.astimezone(schedule.zone).date())}"
