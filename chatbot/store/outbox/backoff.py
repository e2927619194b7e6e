"""What waits is let go early: an outage is over, or the clock that told it to wait was wrong."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.core.delivery import CLAIMABLE
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import deliveries, holds
from chatbot.store.outbox import heads

LONGEST_ASKED = timedelta(hours=2)  # no chat asks for more: what says so was written by a clock that ran ahead
LONGEST_HOLD = timedelta(hours=2)
DIFFERENT = timedelta(minutes=1)  # by which the clocks of replicas may differ
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


async def reset(tx: Tx, chat: str, now: datetime) -> None:
    """Nothing of a chat waits longer than the chat itself asked for, and waits start again: the chat is back, or the bot is."""
    await heads.lock(tx)
    waits = state_in(CLAIMABLE)
    late = sa.select(deliveries.c.room, deliveries.c.lane).where(
        deliveries.c.chat == chat, waits, deliveries.c.due > now
    )
    places = {(row.room, row.lane) for row in await tx.rows(late.distinct())}
    if not places:
        return
    ours = sa.update(deliveries).where(deliveries.c.chat == chat, waits, deliveries.c.due > now)
    earliest = sa.func.coalesce(deliveries.c.not_before, sa.bindparam("b_now", type_=deliveries.c.due.type))
    due = sa.case((earliest > now, earliest), else_=sa.bindparam("b_now", type_=deliveries.c.due.type))
    await tx.run(ours.values(due=due, forgiven=deliveries.c.attempts), {"b_now": now})
    await heads.refresh(tx, places)


async def clamp_future_times(tx: Tx, chat: str, now: datetime, by: timedelta = timedelta()) -> None:
    """Times of a chat's deliveries that lie ahead were written by a clock that was wrong: nothing waits for it to come true.
    When an attempt really began is not known then, only that it was not long ago. `by` is known of a clock that was set
    back just now: what it had counted from is that much earlier."""
    await heads.lock(tx)
    for column, ours in ((deliveries.c.not_before, deliveries.c.chat), (holds.c.until, holds.c.chat)):
        earlier = sa.type_coerce(column, sa.BigInteger()) - by // _MICROSECOND
        await tx.run(sa.update(column.table).where(ours == chat, column > now).values({column.name: earlier}))
    for column, latest, instead in (
        (deliveries.c.not_before, now + LONGEST_ASKED, now),
        (deliveries.c.enqueued_at, now + DIFFERENT, now),
        (deliveries.c.first_attempt_at, now + DIFFERENT, now - _DAY),
    ):
        wrong = sa.update(deliveries).where(
            deliveries.c.chat == chat, column > latest, deliveries.c.settled_at.is_(None)
        )
        await tx.run(wrong.values({column.name: instead}))
    await tx.run(sa.update(holds).where(holds.c.chat == chat, holds.c.until > now + LONGEST_HOLD).values(until=now))
    await reset(tx, chat, now)
