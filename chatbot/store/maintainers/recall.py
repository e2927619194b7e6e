"""Taking back what was decided and has not reached its room: as though it had never been planned."""

from collections.abc import Sequence

import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox import heads

_NOT_THERE = [state.value for state in (State.PENDING, State.WAITING, State.REFUSED)]
_MANY = 400  # ids in one statement


async def recall(tx: Tx, subjects: Sequence[str]) -> int:
    """Delete the announcements of these subjects that are certainly not in their rooms, nor on the way there at this moment, with
    their edits and replies; return in how many rooms. What may be in its room stays, and is corrected there."""
    await heads.lock(tx)
    may_be_there = sa.exists().where(
        deliveries.c.announcement == announcements.c.id,
        sa.or_(deliveries.c.doubtful, deliveries.c.state.not_in(_NOT_THERE)),
    )
    these = sa.select(announcements.c.id).where(
        announcements.c.subject.in_(list(subjects)), announcements.c.reference == "", sa.not_(may_be_there)
    )
    names = [row.id for row in await tx.rows(these)]
    for start in range(0, len(names), _MANY):
        await _delete(tx, names[start : start + _MANY])
    return len(names)


async def _delete(tx: Tx, names: Sequence[str]) -> None:
    replies = [row.id for row in await tx.rows(sa.select(announcements.c.id).where(announcements.c.parent.in_(names)))]
    everything = [*names, *replies]
    theirs = deliveries.c.announcement.in_(everything)
    places = await tx.rows(sa.select(deliveries.c.room, deliveries.c.lane).distinct().where(theirs))
    await tx.run(sa.delete(deliveries).where(theirs))
    await tx.run(sa.delete(announcements).where(announcements.c.id.in_(everything)))
    await heads.refresh(tx, {(RoomAddress(row.room), row.lane) for row in places})
