"""Whose turn it is: for each room and lane its oldest live delivery, so that a claim reads as many rows as it takes.

Whoever changes which deliveries of a room and lane are live calls `line_up` in the same transaction. On PostgreSQL it locks
the queue first and looks again then: of two transactions that change one queue, the later sees what the earlier did.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.rules import chat_of
from chatbot.store.db import Tx
from chatbot.store.tables import deliveries, queues

LIVE = sa.text("deliveries.state IN ('pending', 'sending', 'doubtful')")  # as the partial index says it
Place = tuple[str, int]  # room, lane

_CHUNK = 200  # queues in one statement
_of_queue = (deliveries.c.room == queues.c.room) & (deliveries.c.lane == queues.c.lane) & LIVE
_head = sa.select(deliveries.c.id).where(_of_queue).order_by(deliveries.c.id).limit(1)
_due = (
    sa.select(sa.case((deliveries.c.state == sa.literal_column("'sending'"), sa.null()), else_=deliveries.c.due))
    .where(_of_queue)
    .order_by(deliveries.c.id)
    .limit(1)
)
_turn = sa.update(queues).values(head=_head.scalar_subquery(), due=_due.scalar_subquery())
_these = sa.tuple_(queues.c.room, queues.c.lane).in_(sa.bindparam("b_places", expanding=True))
_lock = sa.select(queues.c.room).where(_these).order_by(queues.c.room, queues.c.lane).with_for_update()


async def line_up(tx: Tx, places: Iterable[Place], *, new: bool = False) -> None:
    """Find anew whose turn it is in these queues. `new`: some of them may not have existed."""
    wanted = sorted({(room, int(lane)) for room, lane in places})
    if new:
        adding = tx.insert(queues).on_conflict_do_nothing()
        await tx.run(adding, [{"room": room, "lane": lane, "chat": chat_of(room)} for room, lane in wanted])
    for start in range(0, len(wanted), _CHUNK):
        these = {"b_places": wanted[start : start + _CHUNK]}
        if tx.postgres:
            await tx.rows(_lock, these)
        await tx.run(_turn.where(_these), these)


async def line_up_all(tx: Tx, chat: str) -> None:
    """Find anew whose turn it is in every queue of a chat."""
    live = sa.select(deliveries.c.room, deliveries.c.lane, deliveries.c.chat).where(deliveries.c.chat == chat, LIVE)
    adding = tx.insert(queues).from_select(["room", "lane", "chat"], live.distinct())
    await tx.run(adding.on_conflict_do_nothing())
    if tx.postgres:
        ours = sa.select(queues.c.room).where(queues.c.chat == chat)
        await tx.rows(ours.order_by(queues.c.room, queues.c.lane).with_for_update())
    await tx.run(_turn.where(queues.c.chat == chat))


async def taken(tx: Tx, places: Iterable[Place]) -> None:
    """The heads of these queues are under way: nothing is due there until they are recorded."""
    wanted = sorted({(room, int(lane)) for room, lane in places})
    for start in range(0, len(wanted), _CHUNK):
        await tx.run(sa.update(queues).where(_these).values(due=None), {"b_places": wanted[start : start + _CHUNK]})


async def earliest(tx: Tx, chat: str) -> datetime | None:
    """When the next head of a chat's queues is due."""
    row = await tx.row(sa.select(sa.func.min(queues.c.due).label("due")).where(queues.c.chat == chat))
    return row.due if row else None
