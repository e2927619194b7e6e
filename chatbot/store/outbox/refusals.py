"""Rooms that refuse our messages: what is to be posted there is held back, and one delivery tries now and then."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.core.delivery import CLAIMABLE, LIVE, State
from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import deliveries, holds
from chatbot.store.outbox import heads
from chatbot.store.outbox.heads import Place
from chatbot.store.outbox.rows import DeliveryRow, places
from chatbot.store.outbox.transitions import transition

PROBE = timedelta(hours=1)  # how long the others wait for what becomes of the one that tries
REFUSED = state_in((State.REFUSED,))

_may_be_tried = sa.select(holds.c.room).where(
    holds.c.chat == sa.bindparam("b_chat"), holds.c.until <= sa.bindparam("b_now")
)


async def rooms(tx: Tx) -> frozenset[RoomAddress]:
    """The rooms that refuse our messages."""
    return frozenset(row.room for row in await tx.rows(sa.select(holds.c.room)))


async def hold(tx: Tx, room: RoomAddress, chat: str, until: datetime, refusals: int, reason: str) -> set[Place]:
    """Hold back everything for a room that is not on its way; return the queues that changed."""
    adding = tx.insert(holds).values(room=room, chat=chat, until=until, refusals=refusals, reason=reason)
    again = {"until": until, "refusals": refusals, "reason": reason}
    await tx.run(adding.on_conflict_do_update(index_elements=["room"], set_=again))
    there = (deliveries.c.room == room, state_in(LIVE))  # LIVE for its index
    changed = await places(tx, *there, state_in(CLAIMABLE))
    await tx.run(transition(State.REFUSED, *there, source=CLAIMABLE, reason=reason))
    return changed


async def release(tx: Tx, candidates: Collection[RoomAddress], now: datetime) -> set[Place]:
    """These rooms took a message: what is held back there is pending again. Return the queues that changed."""
    if not candidates:
        return set()
    rows = await tx.rows(sa.select(holds.c.room).where(holds.c.room.in_(sorted(candidates))))
    back = sorted({row.room for row in rows})
    if not back:
        return set()
    there = deliveries.c.room.in_(back)
    changed = await places(tx, there, REFUSED)
    await tx.run(sa.delete(holds).where(holds.c.room.in_(back)))
    again = {"due": now, "reason": "", "forgiven": deliveries.c.attempts}
    await tx.run(transition(State.PENDING, there, source=(State.REFUSED,), **again))
    return changed


async def probe(tx: Tx, chat: str, now: datetime) -> None:
    """Let one delivery, the most urgent, try whether a refusing room takes messages again."""
    for hold_row in await tx.rows(_may_be_tried, {"b_chat": chat, "b_now": now}):
        room = hold_row.room
        await heads.lock(tx)
        most_urgent = sa.select(deliveries).where(deliveries.c.room == room, REFUSED)
        row = await tx.row(most_urgent.order_by(deliveries.c.lane, deliveries.c.id).limit(1))
        if row is None:
            continue
        delivery = DeliveryRow.of(row)
        this = deliveries.c.id == delivery.id
        await tx.run(transition(State.PENDING, this, source=(State.REFUSED,), due=now))
        await tx.run(sa.update(holds).where(holds.c.room == room).values(until=now + PROBE))
        await heads.refresh(tx, [delivery.place], new=True)


async def next_probe(tx: Tx, chat: str) -> datetime | None:
    """When the next refusing room of a chat is tried, if something is held back for one."""
    held_back = sa.exists().where(deliveries.c.room == holds.c.room, REFUSED)
    row = await tx.row(sa.select(sa.func.min(holds.c.until).label("until")).where(holds.c.chat == chat, held_back))
    return row.until if row else None


async def try_rooms(tx: Tx, chat: str, now: datetime, only: Collection[RoomAddress] | None = None) -> None:
    """Try refusing rooms at once (all of the chat, or these): after a reload, or when the chat says that something changed."""
    await heads.lock(tx)
    statement = sa.update(holds).where(holds.c.chat == chat, holds.c.until > now).values(until=now)
    if only is not None:
        statement = statement.where(holds.c.room.in_(sorted(only)))
    if await tx.run(statement):
        tx.woken.add(chat)
