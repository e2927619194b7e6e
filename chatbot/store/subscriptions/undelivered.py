"""A DM that takes nothing: what never reached it is forgotten, so that it is news again once the person is back."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.delivery import REPLACEABLE, UNSETTLED, State
from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import announcements, deliveries, holds
from chatbot.store.outbox import heads, rows
from chatbot.store.outbox.rows import DeliveryRow
from chatbot.store.outbox.transitions import transition
from chatbot.store.subscriptions import alerts, by_clock, people


async def suspend(tx: Tx, dm: RoomAddress, why: str, now: datetime, *, attempt: int = 0) -> None:
    """The DM refuses our messages: nothing more is sent to its person until their next command, which says why. `attempt` is
    the delivery that was refused."""
    person = await people.of_dm(tx, dm)
    if person is not None:
        await people.trouble(tx, person.address, why)
    await take_back(tx, dm, now, attempt=attempt)


async def take_back(tx: Tx, dm: RoomAddress, now: datetime, *, attempt: int = 0) -> None:
    """Forget what is queued for a DM and certainly never reached it: announcements, replies with their reasons, and edits,
    whose facts count as not shown. What may have arrived is not tried again. `attempt`: a delivery under way that has failed."""
    await heads.lock(tx)
    waiting = await rows.read_deliveries(tx, deliveries.c.room == dm, *alerts.direct(dm), state_in(UNSETTLED))
    never = [row for row in waiting if not row.doubtful and (row.state in REPLACEABLE or row.id == attempt)]
    doubtful = [row for row in waiting if row.doubtful and (row.state is not State.SENDING or row.id == attempt)]
    await _forget_posts(tx, [row for row in never if row.kind != "edit"])
    edited = sorted({row.announcement for row in never if row.kind == "edit" and row.announcement})
    await tx.run(sa.update(announcements).where(announcements.c.id.in_(edited)).values(digest=""))
    await tx.run(sa.delete(deliveries).where(deliveries.c.id.in_([row.id for row in never])))
    reason = "its DM takes no messages"
    these = deliveries.c.id.in_([row.id for row in doubtful])
    given_up = (State.PENDING, State.DOUBTFUL, State.REFUSED, State.PARKED, State.SENDING)
    await tx.run(transition(State.DROPPED, these, source=given_up, settled_at=now, reason=reason))
    await tx.run(sa.delete(holds).where(holds.c.room == dm))
    await heads.refresh(tx, {row.place for row in [*never, *doubtful]})


async def withdraw(tx: Tx, dm: RoomAddress, starts: Collection[str]) -> int:
    """Forget the first messages that are queued for a DM and certainly never reached it, of the subjects that begin with one of
    these. Return how many."""
    await heads.lock(tx)
    begins = sa.or_(*(announcements.c.subject.startswith(start, autoescape=True) for start in starts))
    of_these = sa.select(announcements.c.id).where(announcements.c.room == dm, announcements.c.parent == "", begins)
    waiting = await rows.read_deliveries(tx, deliveries.c.room == dm, *alerts.direct(dm), state_in(REPLACEABLE))
    ids = {
        row.id for row in await tx.rows(of_these.where(announcements.c.id.in_([row.announcement for row in waiting])))
    }
    never = [row for row in waiting if row.announcement in ids and not row.doubtful]
    await _forget_posts(tx, [row for row in never if row.kind != "edit"])
    await tx.run(sa.delete(deliveries).where(deliveries.c.id.in_([row.id for row in never])))
    await heads.refresh(tx, {row.place for row in never})
    return len(never)


async def _forget_posts(tx: Tx, first_messages: Sequence[DeliveryRow]) -> None:
    """These announcements never were in the DM; the reasons of a reply are no longer said by what it answers."""
    names = sorted({row.announcement for row in first_messages if row.announcement})
    if not names:
        return
    never_there = await tx.rows(sa.select(announcements).where(announcements.c.id.in_(names)))
    await _unsay(tx, never_there)
    await by_clock.take_back(tx, first_messages[0].room, [(each.id, each.subject) for each in never_there])
    await tx.run(sa.delete(announcements).where(announcements.c.id.in_(names)))


async def _unsay(tx: Tx, replies: Collection[sa.Row[Any]]) -> None:
    for reply in replies:
        parent = (
            await tx.row(sa.select(announcements).where(announcements.c.id == reply.parent)) if reply.parent else None
        )
        if parent is not None:
            reasons = frozenset(json.loads(parent.notified_for)) - frozenset(json.loads(reply.notified_for))
            change = sa.update(announcements).where(announcements.c.id == reply.parent)
            await tx.run(change.values(notified_for=rows.as_json(reasons)))
