"""Which reminders of an end of support are due, from what the page says today and from what was earlier before.

Only what was earlier is stored, never a date to come: a date that moves is compared with the one that was earlier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chatbot.core.reminders.ends import LineEnd, LineEnds

FOR_ROOMS = (30, 0)  # days before the end of support
FOR_PEOPLE = (90, 30, 0)
LATEST = timedelta(days=30)  # an end that is longer ago is no news
NO_STAGE = -1  # of the last reminder: it gave the date, and no stage of it

ReminderKind = Literal["ends", "moved", "lost"]


@dataclass(frozen=True, slots=True)
class LastReminder:
    """The last that somebody was told about a line: the date, and the last stage of it (`NO_STAGE` for none). `until` is None
    where they were told that there is no date any more; `before` is the date that they knew then."""

    until: date | None
    stage: int
    before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Something to say about the end of a line's support.

    kind: `ends`: it comes nearer; `moved`: it is another day than was given before; `lost`: no day is stated any more
    until: the last supported day; None where none is stated
    stage: the stage that it says, `NO_STAGE` for none
    before: the day that was given before, of `moved` and `lost`
    end: what the page says
    """

    kind: ReminderKind
    line: str
    until: date | None
    stage: int
    before: date | None = None
    end: LineEnd

    @property
    def record(self) -> LastReminder:
        """What is stored once it was given."""
        return LastReminder(self.until, self.stage, self.before if self.until is None else None)


def reminders_due(
    ends: LineEnds | None,
    earlier: Mapping[str, LastReminder],
    today: date,
    *,
    since: date,
    stages: Sequence[int] = FOR_ROOMS,
) -> tuple[Reminder, ...]:
    """What is to be given today (UTC), in the order of the lines.

    ends: by line, what the page says; None where it cannot be read: then there is nothing to say, and nothing is forgotten
    earlier: by line, the last reminder
    since: when the room or the person began to follow: stages that had passed by then are never said
    stages: how many days before the end each reminder comes
    """
    if ends is None:
        return ()
    due = [
        _of_line(line, ends.get(line), earlier.get(line), today, since, stages) for line in sorted({*ends, *earlier})
    ]
    return tuple(each for each in due if each is not None)


def _of_line(
    line: str, end: LineEnd | None, earlier: LastReminder | None, today: date, since: date, stages: Sequence[int]
) -> Reminder | None:
    if end is not None and end.is_unclear:
        return None
    if end is None or end.until is None:
        return _without_date(line, end, earlier, today)
    stage = _stage(end.until, today, since, stages)
    if earlier is not None and earlier.until != end.until:
        before = earlier.until or earlier.before
        if before == end.until:  # the date is back: what was given before is true again
            return Reminder(
                kind="ends", line=line, until=end.until, stage=NO_STAGE if stage is None else stage, end=end
            )
        if before is not None and max(before, end.until) < today - LATEST:
            return None  # both are long past
        return Reminder(
            kind="moved",
            line=line,
            until=end.until,
            stage=NO_STAGE if stage is None else stage,
            before=before,
            end=end,
        )
    if stage is None or (earlier is not None and earlier.stage != NO_STAGE and earlier.stage <= stage):
        return None
    return Reminder(kind="ends", line=line, until=end.until, stage=stage, end=end)


def _without_date(line: str, end: LineEnd | None, earlier: LastReminder | None, today: date) -> Reminder | None:
    """A date that was given, and that lies ahead, is stated no longer."""
    if earlier is None or earlier.until is None or earlier.until < today:
        return None
    return Reminder(kind="lost", line=line, until=None, stage=NO_STAGE, before=earlier.until, end=end or LineEnd())


def _stage(until: date, today: date, since: date, stages: Sequence[int]) -> int | None:
    """The stage that has come, if it came after `since` and is still worth saying: of several, the last."""
    if today > until + LATEST:
        return None
    reached = [stage for stage in stages if since <= until - timedelta(days=stage) <= today]
    return min(reached, default=None)
