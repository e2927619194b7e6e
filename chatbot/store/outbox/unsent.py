"""What was decided for a room and never reached it: routine releases that waited while it refused."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.delivery import REPLACEABLE, Lane, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox import heads, rows
from chatbot.store.outbox.transitions import transition


async def routine(tx: Tx, room: RoomAddress) -> dict[ProjectId, list[str]]:
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
    by_project: dict[ProjectId, list[str]] = {}
    for row in await tx.rows(statement):
        by_project.setdefault(row.project, []).append(row.subject)
    return by_project


async def take_back(tx: Tx, room: RoomAddress, subjects: Collection[str], now: datetime) -> None:
    """These are not posted singly in the room any more: a summary says them."""
    ours = announcements.c.subject.in_(sorted(subjects)) & (announcements.c.room == room)
    names = [row.id for row in await tx.rows(sa.select(announcements.c.id).where(ours))]
    theirs = deliveries.c.announcement.in_(names)
    changed = await rows.places(tx, theirs, state_in(REPLACEABLE))
    reason = "a summary says it"
    await tx.run(transition(State.SUPERSEDED, theirs, source=REPLACEABLE, settled_at=now, reason=reason))
    await tx.run(sa.delete(announcements).where(ours))
    await heads.refresh(tx, changed, new=True)
