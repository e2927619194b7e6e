"""Alerts that a person asked to be reminded of."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import snoozes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """One alert, and when it is to be said again."""

    person: RoomAddress
    project: ProjectId
    advisory: str
    due: datetime


async def put(tx: Tx, person: RoomAddress, project: ProjectId, advisory: str, due: datetime) -> None:
    """Say it again then; a second wish takes the place of the first."""
    adding = tx.insert(snoozes).values(person=person, project=project, advisory=advisory, due=due)
    await tx.run(adding.on_conflict_do_update(index_elements=["person", "project", "advisory"], set_={"due": due}))
    tx.woken.add(WAKER)


async def due(tx: Tx, now: datetime, limit: int) -> list[Snooze]:
    """What is due, the oldest first."""
    rows = await tx.rows(sa.select(snoozes).where(snoozes.c.due <= now).order_by(snoozes.c.due).limit(limit))
    return [_snooze(row) for row in rows]


async def next_due(tx: Tx) -> datetime | None:
    """When the next one is due; it may lie in the past."""
    row = await tx.row(sa.select(sa.func.min(snoozes.c.due).label("due")))
    return row.due if row else None


async def of(tx: Tx, person: RoomAddress) -> list[Snooze]:
    """All of a person."""
    rows = await tx.rows(sa.select(snoozes).where(snoozes.c.person == person).order_by(snoozes.c.due))
    return [_snooze(row) for row in rows]


async def remove(tx: Tx, person: RoomAddress, project: ProjectId, advisory: str | None = None) -> int:
    """It is not said again; without an advisory, nothing of the project. Return how many there were."""
    these = [snoozes.c.person == person, snoozes.c.project == project]
    if advisory is not None:
        these.append(snoozes.c.advisory == advisory)
    return await tx.run(sa.delete(snoozes).where(*these))


WAKER = "snoozes"  # its name among the wakers of the store


def _snooze(row: sa.Row[tuple[object, ...]]) -> Snooze:
    return Snooze(person=RoomAddress(row.person), project=ProjectId(row.project), advisory=row.advisory, due=row.due)
