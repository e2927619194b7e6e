"""What a room was never told although it was decided: routine releases that waited while it refused."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.delivery import Lane, State
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox.heads import refresh_heads

_OPEN = ("pending", "waiting", "refused", "parked")


async def routine(tx: Tx, room: str) -> dict[str, list[str]]:
    """Project → the releases whose routine announcement waits in the room and certainly never reached it."""
    statement = (
        sa.select(announcements.c.project, announcements.c.subject)
        .join(deliveries, deliveries.c.announcement == announcements.c.id)
        .where(
            deliveries.c.room == room,
            deliveries.c.kind == "new",
            deliveries.c.lane == Lane.ROUTINE.value,
            deliveries.c.state == State.PENDING.value,
            sa.not_(deliveries.c.doubtful),
            announcements.c.subject.like("release/%"),
        )
        .order_by(deliveries.c.id)
    )
    found: dict[str, list[str]] = {}
    for row in await tx.rows(statement):
        found.setdefault(row.project, []).append(row.subject)
    return found


async def take_back(tx: Tx, room: str, subjects: Collection[str], now: datetime) -> None:
    """These are not said singly in the room any more: something else says them."""
    ours = announcements.c.subject.in_(sorted(subjects)) & (announcements.c.room == room)
    names = [row.id for row in await tx.rows(sa.select(announcements.c.id).where(ours))]
    waiting = deliveries.c.announcement.in_(names) & deliveries.c.state.in_(_OPEN)
    places = await tx.rows(sa.select(deliveries.c.room, deliveries.c.lane).distinct().where(waiting))
    values = {"state": State.SUPERSEDED.value, "settled_at": now, "reason": "a summary says it"}
    await tx.run(sa.update(deliveries).where(waiting).values(**values))
    await tx.run(sa.delete(announcements).where(ours))
    await refresh_heads(tx, [(row.room, row.lane) for row in places], new=True)
