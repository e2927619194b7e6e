"""What a room, or a person's DM, was last told about the end of support of each line."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.reminders.due import LastReminder
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import reminders

_KEY = ["room", "project", "line"]


async def load(tx: Tx, project: ProjectId) -> dict[RoomAddress, dict[str, LastReminder]]:
    """Room → line → the last reminder, of a project."""
    rooms: dict[RoomAddress, dict[str, LastReminder]] = {}
    for row in await tx.rows(sa.select(reminders).where(reminders.c.project == project)):
        last = LastReminder(_day(row.until), row.stage, _day(row.before))
        rooms.setdefault(RoomAddress(row.room), {})[row.line] = last
    return rooms


async def keep(tx: Tx, project: ProjectId, room: RoomAddress, last: Mapping[str, LastReminder]) -> None:
    """Line → the reminder that was given now."""
    for line, item in sorted(last.items()):
        values = {"until": _text(item.until), "stage": item.stage, "before": _text(item.before)}
        adding = tx.insert(reminders).values(room=room, project=project, line=line, **values)
        await tx.run(adding.on_conflict_do_update(index_elements=_KEY, set_=values))


async def forget(tx: Tx, room: RoomAddress) -> None:
    """Nobody needs to know any more what was said there."""
    await tx.run(sa.delete(reminders).where(reminders.c.room == room))


async def hand_over(tx: Tx, project: ProjectId, old: str, new: str) -> None:
    """A room goes on under another address; what it was told itself counts there."""
    known_there = sa.select(reminders.c.line).where(reminders.c.project == project, reminders.c.room == new)
    ours = (reminders.c.project == project) & (reminders.c.room == old)
    await tx.run(sa.delete(reminders).where(ours, reminders.c.line.in_(known_there.scalar_subquery())))
    await tx.run(sa.update(reminders).where(ours).values(room=new))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
