"""The backlog: how many deliveries wait, since when, and for which rooms."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.delivery import LIVE, UNSETTLED, Lane, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import deliveries, holds, queues

_UNSETTLED = state_in(UNSETTLED)


async def counts(tx: Tx, chat: str | None = None, projects: Collection[ProjectId] | None = None) -> Mapping[State, int]:
    """How many deliveries (of one chat, of these projects) are in each state that is not an end."""
    statement = sa.select(deliveries.c.state, sa.func.count().label("many")).where(_UNSETTLED, *_of(chat, projects))
    return {State(row.state): row.many for row in await tx.rows(statement.group_by(deliveries.c.state))}


async def refusing(tx: Tx, projects: Collection[ProjectId]) -> list[tuple[RoomAddress, str, int]]:
    """The rooms that refuse messages of these projects: address, reason, and how many wait for each, most of them first."""
    statement = sa.select(holds.c.room, holds.c.reason, sa.func.count().label("many"))
    statement = statement.join(deliveries, deliveries.c.room == holds.c.room)
    statement = statement.where(_UNSETTLED, *_of(None, projects)).group_by(holds.c.room, holds.c.reason)
    rows = await tx.rows(statement.order_by(sa.desc("many"), holds.c.room))
    return [(row.room, row.reason, row.many) for row in rows]


async def failing(tx: Tx, projects: Collection[ProjectId]) -> dict[str, int]:
    """Why the last attempt at deliveries of these projects failed that are tried again, with their number."""
    tried_again = state_in((State.PENDING, State.DOUBTFUL))
    statement = sa.select(deliveries.c.reason, sa.func.count().label("many")).where(tried_again, *_of(None, projects))
    rows = await tx.rows(statement.where(deliveries.c.reason != "").group_by(deliveries.c.reason))
    return {row.reason: row.many for row in rows}


async def last_sent(tx: Tx, chat: str) -> datetime | None:
    """When a chat last took a message. Reads all that was ever sent there."""
    ours = (deliveries.c.chat == chat) & (deliveries.c.state == State.SENT.value)
    row = await tx.row(sa.select(sa.func.max(deliveries.c.settled_at).label("at")).where(ours))
    return row.at if row else None


async def oldest_stuck(tx: Tx, chat: str, now: datetime) -> datetime | None:
    """Since when the oldest delivery waits that nothing but the chat keeps from being sent: no person, no refusing room, and
    no time that the chat asked for."""
    not_before, enqueued_at = deliveries.c.not_before, deliveries.c.enqueued_at
    free = sa.or_(not_before.is_(None), not_before <= now)
    since = sa.case((not_before > enqueued_at, not_before), else_=enqueued_at)
    oldest = sa.func.min(since, type_=enqueued_at.type).label("at")
    of_rooms = (queues.c.chat == chat) & (
        queues.c.lane < Lane.ALERT_URGENT.value
    )  # people wait as long as there are many
    heads = sa.select(queues.c.head).where(of_rooms)  # the others wait for these
    row = await tx.row(sa.select(oldest).where(deliveries.c.id.in_(heads), state_in(LIVE), free))
    return row.at if row else None


async def oldest_pending(
    tx: Tx, chat: str | None = None, projects: Collection[ProjectId] | None = None
) -> datetime | None:
    """Since when the oldest delivery to a room waits that is still to be sent: people, of whom there may be many, wait longer."""
    statement = sa.select(sa.func.min(deliveries.c.enqueued_at).label("at"))
    not_parked = deliveries.c.state != State.PARKED.value
    row = await tx.row(
        statement.where(_UNSETTLED, not_parked, deliveries.c.lane < Lane.ALERT_URGENT.value, *_of(chat, projects))
    )
    return row.at if row else None


def _of(chat: str | None, projects: Collection[ProjectId] | None) -> list[sa.ColumnElement[bool]]:
    chats = [] if chat is None else [deliveries.c.chat == chat]
    return chats if projects is None else [*chats, deliveries.c.project.in_(sorted(projects))]
