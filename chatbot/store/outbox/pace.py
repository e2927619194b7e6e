"""How fast messages lately went out: into rooms, by the time each took, and to people, by how many in a minute."""

from collections.abc import Collection
from datetime import datetime, timedelta
from statistics import median

import sqlalchemy as sa

from chatbot.core.delivery import Lane, State
from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.columns import to_number
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import DIRECT, deliveries

LATELY = timedelta(days=7)
MANY = 20_000  # deliveries, the newest, that are looked at: what was sent is in no index
_MINUTE = 60_000_000  # microseconds
_FEW = 30  # messages in the busiest minute: fewer say nothing about how many there could be


async def delay(tx: Tx, rooms: Collection[RoomAddress], now: datetime) -> timedelta | None:
    """How long news about security took from the outbox into these rooms, in the middle of all; None where there was none."""
    urgent = deliveries.c.lane.in_([Lane.CRITICAL.value, Lane.SECURITY.value]) & (deliveries.c.kind == "new")
    statement = sa.select(deliveries.c.enqueued_at, deliveries.c.settled_at).where(
        *_lately(now), urgent, deliveries.c.room.in_(sorted(rooms)), deliveries.c.announcement.is_not(None)
    )
    times = [row.settled_at - row.enqueued_at for row in await tx.rows(statement)]
    return median(times) if times else None


async def rate(tx: Tx, chat: str, now: datetime) -> float | None:
    """How many messages a second went into people's DMs of a chat in its busiest minute; None where there were only few."""
    minute = sa.cast(deliveries.c.settled_at, sa.BigInteger).op("/")(_MINUTE)
    many = sa.func.count().label("many")
    statement = sa.select(many).where(*_lately(now), deliveries.c.chat == chat, sa.text(f"deliveries.{DIRECT}"))
    row = await tx.row(statement.group_by(minute).order_by(many.desc()).limit(1))
    return row.many / 60 if row is not None and row.many >= _FEW else None


def _lately(now: datetime) -> list[sa.ColumnElement[bool] | sa.TextClause]:
    newest = sa.select(sa.func.max(deliveries.c.id) - MANY).scalar_subquery()
    since = sa.literal(to_number(now - LATELY), sa.BigInteger())
    recent = sa.type_coerce(deliveries.c.settled_at, sa.BigInteger) >= since
    return [deliveries.c.id > newest, state_in((State.SENT,)), recent]
