"""What a restored store does not know: what was posted and asked since its backup."""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.delivery import LIVE, UNSETTLED, Lane, State
from chatbot.store.database.account_tables import inbox, leases, notes
from chatbot.store.database.columns import from_number, to_number
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import deliveries
from chatbot.store.outbox import heads
from chatbot.store.outbox.transitions import transition

_NAME = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The time between a backup and its restoration: what happened in it may be in the rooms."""

    begin: datetime
    end: datetime


async def gap(tx: Tx) -> Gap | None:
    """The gap of the last restoration, if there was one."""
    if (_NAME,) not in tx.remembered:
        row = await tx.row(sa.select(notes.c.value).where(notes.c.name == _NAME))
        times = json.loads(row.value) if row is not None else ()
        tx.remembered[_NAME,] = Gap(begin=from_number(times[0]), end=from_number(times[1])) if times else None
    last: Gap | None = tx.remembered[_NAME,]
    return last


async def mark(tx: Tx, since: Gap) -> None:
    """Note the gap. What was to be posted at the backup may have been posted since: it is looked for in its room first. What was
    asked before is not answered any more, and nobody holds a lease."""
    value = json.dumps([to_number(since.begin), to_number(since.end)])
    adding = tx.insert(notes).values(name=_NAME, value=value)
    await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    tx.remembered.pop((_NAME,), None)
    await tx.run(sa.update(inbox).where(inbox.c.done_at.is_(None)).values(done_at=since.end))
    await tx.run(sa.delete(leases))
    answers, reason = deliveries.c.lane == Lane.ANSWER.value, "the question was asked before a restoration"
    unsent = (*LIVE, State.REFUSED)
    await tx.run(transition(State.DROPPED, answers, source=unsent, settled_at=since.end, reason=reason))
    in_doubt = sa.update(deliveries).where(state_in(UNSETTLED))
    first = sa.func.coalesce(deliveries.c.first_attempt_at, sa.literal(to_number(since.begin), sa.BigInteger()))
    await tx.run(in_doubt.values(doubtful=True, first_attempt_at=first))
    await tx.run(transition(State.DOUBTFUL, source=(State.PENDING, State.SENDING), due=since.end))
    chats = await tx.rows(sa.select(deliveries.c.chat).distinct())
    for row in chats:
        await heads.refresh_all(tx, row.chat)
