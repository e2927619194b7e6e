"""What a room, or a person's DM, was last told about the end of support of each line."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.reminders.due import LastReminder
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import reminders
from chatbot.store.database.rows import listed_texts, texts

_KEY = ["room", "project", "line"]


async def load(
    tx: Tx, project: ProjectId, rooms: Collection[RoomAddress]
) -> dict[RoomAddress, dict[str, LastReminder]]:
    """Room → line → the last reminder, of a project in these rooms or DMs."""
    there: dict[RoomAddress, dict[str, LastReminder]] = {}
    ours = (reminders.c.project == project) & reminders.c.room.in_(texts(tx.postgres))
    for row in await tx.rows(sa.select(reminders).where(ours), {"b_texts": listed_texts(tx, rooms)}):
        last = LastReminder(_day(row.until), row.stage, _day(row.before))
        there.setdefault(RoomAddress(row.room), {})[row.line] = last
    return there


async def keep(tx: Tx, project: ProjectId, room: RoomAddress, last: Mapping[str, LastReminder]) -> None:
    """Line → the reminder that was given now."""
    await keep_all(tx, project, [(room, line, item) for line, item in sorted(last.items())])


async def keep_all(tx: Tx, project: ProjectId, pairs: Iterable[tuple[RoomAddress, str, LastReminder]]) -> None:
    """Room, line and the reminder that was given now, of each."""
    rows: list[dict[str, object]] = [
        {
            "room": room,
            "project": project,
            "line": line,
            "until": _text(item.until),
            "stage": item.stage,
            "before": _text(item.before),
        }
        for room, line, item in pairs
    ]
    adding = tx.insert(reminders)
    news = {name: adding.excluded[name] for name in ("until", "stage", "before")}
    if rows:
        await tx.run(adding.on_conflict_do_update(index_elements=_KEY, set_=news), rows)


async def forget(tx: Tx, rooms: Collection[RoomAddress], project: ProjectId | None = None) -> None:
    """Nobody needs to know any more what was said there (about a project)."""
    ending = sa.delete(reminders).where(reminders.c.room.in_(sorted(rooms)))
    await tx.run(ending if project is None else ending.where(reminders.c.project == project))


async def take_back(tx: Tx, room: RoomAddress, project: ProjectId, line: str) -> None:
    """The last reminder of a line certainly never was there."""
    this = (reminders.c.room == room) & (reminders.c.project == project) & (reminders.c.line == line)
    await tx.run(sa.delete(reminders).where(this))


async def move(tx: Tx, old: RoomAddress, new: RoomAddress) -> None:
    """A person has another DM: what they were told in the old one counts there."""
    there = sa.select(reminders.c.project, reminders.c.line).where(reminders.c.room == new)
    ours = reminders.c.room == old
    await tx.run(sa.delete(reminders).where(ours, sa.tuple_(reminders.c.project, reminders.c.line).in_(there)))
    await tx.run(sa.update(reminders).where(ours).values(room=new))


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
