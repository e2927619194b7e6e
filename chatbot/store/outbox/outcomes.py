"""What became of an attempt: sent, to be tried again, doubtful, parked, refused, given up – and what follows for the others."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from chatbot.core.delivery import IN_FLIGHT, UNSETTLED, State
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import parameters, table_of
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox import amend, heads, refusals
from chatbot.store.outbox.claims import Claimed
from chatbot.store.outbox.heads import Place
from chatbot.store.outbox.rows import DeliveryRow, read_announcements, read_deliveries
from chatbot.store.outbox.transitions import transition

_COLUMNS = ("id", "reference")


@cache
def _sending(postgres: bool) -> sa.Update:
    """Late news of an attempt that was given up as doubtful is good news too."""
    rows = table_of(postgres, [deliveries.c.id, deliveries.c.reference]).subquery("done")
    now = sa.bindparam("b_now", type_=deliveries.c.settled_at.type)
    these = deliveries.c.id == rows.c.id
    columns = {"reference": rows.c.reference, "settled_at": now, "reason": ""}
    return transition(State.SENT, these, source=IN_FLIGHT, **columns)


@cache
def _first_posted(postgres: bool) -> sa.Update:
    rows = table_of(postgres, [announcements.c.id, announcements.c.reference]).subquery("done")
    return sa.update(announcements).where(announcements.c.id == rows.c.id).values(reference=rows.c.reference)


@cache
def _waiting_behind(postgres: bool) -> sa.CompoundSelect[Any]:
    """Those of these announcements that have an edit or a reply which waits for them."""
    these = table_of(postgres, [announcements.c.id])
    waits = (state_in((State.WAITING,)), state_in(UNSETTLED))  # UNSETTLED for its index
    edits = sa.select(deliveries.c.announcement).where(deliveries.c.announcement.in_(these), *waits)
    replies = (
        sa.select(announcements.c.parent)
        .join(deliveries, deliveries.c.announcement == announcements.c.id)
        .where(announcements.c.parent != "", announcements.c.parent.in_(these), *waits)
    )
    return sa.union(edits, replies)


async def record_sent(tx: Tx, results: Sequence[tuple[Claimed, str]], now: datetime) -> None:
    """The room shows these, each under its reference. A room that refused us gets everything again from now on."""
    if not results:
        return
    await heads.lock(tx)
    rows = [{"id": claimed.id, "reference": reference} for claimed, reference in results]
    await tx.run(_sending(tx.postgres), parameters(tx, _COLUMNS, rows) | {"b_now": now})
    first = [
        {"id": claimed.outgoing.announcement, "reference": reference}
        for claimed, reference in results
        if claimed.kind == "new" and not claimed.answer
    ]
    if first:
        await tx.run(_first_posted(tx.postgres), parameters(tx, _COLUMNS, first))
    freed = await follow(tx, {claimed.outgoing.announcement for claimed, _ in results if not claimed.answer}, now)
    freed |= await refusals.release(tx, {claimed.outgoing.room for claimed, _ in results if claimed.refusals}, now)
    await heads.refresh(tx, {claimed.place for claimed, _ in results} | freed, new=bool(freed))


async def retry_at(
    tx: Tx, claimed: Claimed, due: datetime, reason: str, *, doubtful: bool, not_before: datetime | None = None
) -> None:
    """Try again at `due`, in no case before the chat `asked` us to. What was doubtful once stays so until it is found in its
    room or sent."""
    state = State.DOUBTFUL if doubtful or claimed.doubtful else State.PENDING
    if not await _move(tx, claimed, state, reason, certain=state is State.PENDING, due=due, not_before=not_before):
        return
    await heads.refresh(tx, {claimed.place, await _take_newest(tx, claimed, due)}, new=True)


async def park(tx: Tx, claimed: Claimed, reason: str, now: datetime) -> None:
    """It needs a person; what waits in its room goes on."""
    await _settle(tx, claimed, State.PARKED, reason, now)


async def expire(tx: Tx, claimed: Claimed, reason: str, now: datetime) -> None:
    """It is too old to be worth sending."""
    await _settle(tx, claimed, State.EXPIRED, reason, now)


async def drop(tx: Tx, claimed: Claimed, reason: str, now: datetime) -> None:
    """Its message was removed from the room: neither it nor an edit of it is posted again."""
    await heads.lock(tx)
    if not claimed.answer:
        ours = announcements.c.id == claimed.outgoing.announcement
        await tx.run(sa.update(announcements).where(ours).values(removed=True))
    await _settle(tx, claimed, State.DROPPED, reason, now)


async def refuse(tx: Tx, claimed: Claimed, due: datetime, reason: str) -> None:
    """The room takes nothing now: all that is to be posted there waits until `due`, when one delivery tries again."""
    if not await _move(tx, claimed, State.REFUSED, reason, certain=not claimed.doubtful):
        return
    changed = await refusals.hold(tx, claimed.outgoing.room, claimed.chat, due, claimed.refusals + 1, reason)
    await _take_newest(tx, claimed, due)
    await heads.refresh(tx, changed | {claimed.place})


async def _move(
    tx: Tx, claimed: Claimed, to: State, reason: str, *, certain: bool = False, **more: datetime | None
) -> bool:
    """Move it on if this attempt is still the last one; a later one knows better. `certain`: none reached the room, so the
    time in which the chat knows the key has not begun, and nobody needs to look there."""
    await heads.lock(tx)
    values: dict[str, object] = {"reason": reason, "settled_at": None, **more}
    if to is State.DOUBTFUL:
        values["doubtful"] = True
    if certain and claimed.outgoing.first_attempt_at is None:
        values["first_attempt_at"] = None
    this = (deliveries.c.id == claimed.id, deliveries.c.attempts == claimed.attempts)
    return await tx.run(transition(to, *this, source=(State.SENDING,), **values)) > 0


async def _take_newest(tx: Tx, claimed: Claimed, now: datetime) -> Place:
    """A first message that is certainly not in its room takes the words of what waits behind it; return its queue."""
    room, lane = claimed.place
    if claimed.kind == "new" and not claimed.answer and not claimed.doubtful:
        lane = await amend.absorb(tx, claimed.id, claimed.outgoing.announcement, now)
    return room, lane


async def _settle(tx: Tx, claimed: Claimed, to: State, reason: str, now: datetime) -> None:
    if not await _move(tx, claimed, to, reason, settled_at=now):
        return
    places = {claimed.place}
    if to is State.PARKED:
        await _take_newest(tx, claimed, now)
    if not claimed.answer:
        places |= await follow(tx, {claimed.outgoing.announcement}, now)
    await heads.refresh(tx, places, new=True)


async def follow(tx: Tx, names: Collection[str], now: datetime) -> set[Place]:
    """Let the next revision or reply of these announcements go, where what it waited for is settled."""
    if not names:
        return set()
    these = parameters(tx, ("id",), [{"id": name} for name in sorted(names)])
    places: set[Place] = set()
    for name in sorted(row.announcement for row in await tx.rows(_waiting_behind(tx.postgres), these)):
        places |= await _follow_one(tx, name, now)
    return places


async def _follow_one(tx: Tx, name: str, now: datetime) -> set[Place]:
    announced = await read_announcements(tx, announcements.c.id == name)
    in_room = any(row.in_room for row in announced)
    ahead: list[DeliveryRow] = []
    places: set[Place] = set()
    for row in await read_deliveries(tx, deliveries.c.announcement == name, state_in(UNSETTLED)):
        if row.state is State.WAITING and not amend.blocked(row.kind, ahead):
            state = State.PENDING if in_room or row.kind != "edit" else State.EXPIRED
            reason, settled_at = (
                ("", None) if state is State.PENDING else ("the message it edits is not in the room", now)
            )
            values = {"reason": reason, "settled_at": settled_at, "due": now}
            await tx.run(transition(state, deliveries.c.id == row.id, source=(State.WAITING,), **values))
            places.add(row.place)
            if state is State.EXPIRED:
                continue
        ahead.append(row)
    if not amend.blocked("reply", ahead):
        for row in await amend.waiting_replies(tx, name):
            values = {"reason": "", "settled_at": None, "due": now}
            await tx.run(transition(State.PENDING, deliveries.c.id == row.id, source=(State.WAITING,), **values))
            places.add(row.place)
    return places
