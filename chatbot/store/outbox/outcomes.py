"""What became of an attempt: sent, to be tried again, doubtful, parked, refused, given up – and what follows for the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from chatbot.core.delivery import Lane, State
from chatbot.ports import Outgoing
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import parameters, table_of
from chatbot.store.database.tables import announcements, deliveries, holds
from chatbot.store.outbox import amend
from chatbot.store.outbox.heads import LIVE, Place, lock, refresh_heads

REFUSED = sa.text("deliveries.state = 'refused'")  # as the partial index says it
PROBE = timedelta(
    hours=1
)  # a refused room is tried again with one delivery; the others wait this long for what becomes of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours to attempt. `attempts` counts this one, `tries` those since it was let go early;
    `refusals` are those of its room in a row.

    `doubtful`: an earlier attempt may have reached the room. `outgoing.first_attempt_at` is None where none can have.
    """

    id: int
    outgoing: Outgoing
    chat: str
    project: str
    kind: str
    revision: int
    lane: Lane
    attempts: int
    tries: int
    enqueued_at: datetime
    doubtful: bool = False
    refusals: int = 0
    answer: bool = False

    @property
    def place(self) -> Place:
        return self.outgoing.room, self.lane.value


_SENT = ("id", "reference")
_under_way = sa.text("deliveries.state IN ('sending', 'doubtful')")


@cache
def _sending(postgres: bool) -> sa.Update:
    """Late news of an attempt that was given up as doubtful is good news too."""
    done = table_of(postgres, [deliveries.c.id, deliveries.c.reference]).subquery("done")
    statement = sa.update(deliveries).where(deliveries.c.id == done.c.id, _under_way)
    settled = sa.bindparam("b_now", type_=deliveries.c.settled_at.type)
    return statement.values(state=State.SENT.value, reference=done.c.reference, settled_at=settled, reason="")


@cache
def _first_said(postgres: bool) -> sa.Update:
    done = table_of(postgres, [announcements.c.id, announcements.c.reference]).subquery("done")
    return sa.update(announcements).where(announcements.c.id == done.c.id).values(reference=done.c.reference)


@cache
def _waiting_behind(postgres: bool) -> sa.Select[Any]:
    ours = deliveries.c.announcement.in_(table_of(postgres, [announcements.c.id]))
    waits = sa.select(deliveries.c.announcement).where(ours, sa.text("deliveries.state = 'waiting'"), amend.UNSETTLED)
    return waits.distinct()


async def sent_all(tx: Tx, done: Sequence[tuple[Claimed, str]], now: datetime) -> None:
    """The room shows these, each under its reference. A room that refused us hears again from now on."""
    if not done:
        return
    await lock(tx)
    rows = [{"id": it.id, "reference": reference} for it, reference in done]
    await tx.run(_sending(tx.postgres), parameters(tx, _SENT, rows) | {"b_now": now})
    first = [
        {"id": claimed.outgoing.announcement, "reference": reference}
        for claimed, reference in done
        if claimed.kind == "new" and not claimed.answer
    ]
    if first:
        await tx.run(_first_said(tx.postgres), parameters(tx, _SENT, first))
    freed = await follow(tx, {it.outgoing.announcement for it, _ in done if not it.answer}, now)
    freed |= await _returned(tx, {claimed.outgoing.room for claimed, _ in done if claimed.refusals}, now)
    await refresh_heads(tx, {claimed.place for claimed, _ in done} | freed, new=bool(freed))


async def sent(tx: Tx, claimed: Claimed, reference: str, now: datetime) -> None:
    """The room shows it under this reference."""
    await sent_all(tx, [(claimed, reference)], now)


async def retry_at(
    tx: Tx, claimed: Claimed, due: datetime, reason: str, *, doubtful: bool, asked: datetime | None = None
) -> None:
    """Try again at `due`, in no case before the chat `asked` us to. What was doubtful once stays so until it is found in its
    room or sent."""
    state = State.DOUBTFUL if doubtful or claimed.doubtful else State.PENDING
    if not await _move(tx, claimed, state, reason, certain=state is State.PENDING, due=due, not_before=asked):
        return
    await refresh_heads(tx, {claimed.place, await _take_newest(tx, claimed, due)}, new=True)


async def park(tx: Tx, claimed: Claimed, reason: str, now: datetime) -> None:
    """It needs a person; what waits in its room goes on."""
    await _settle(tx, claimed, State.PARKED, reason, now)


async def expire(tx: Tx, claimed: Claimed, reason: str, now: datetime) -> None:
    """It is too old to be worth planned message."""
    await _settle(tx, claimed, State.EXPIRED, reason, now)


async def drop(tx: Tx, claimed: Claimed, reason: str, now: datetime) -> None:
    """Its message was removed from the room: neither it nor an edit of it is said again."""
    await lock(tx)
    if not claimed.answer:
        ours = announcements.c.id == claimed.outgoing.announcement
        await tx.run(sa.update(announcements).where(ours).values(removed=True))
    await _settle(tx, claimed, State.DROPPED, reason, now)


async def refuse(tx: Tx, claimed: Claimed, due: datetime, reason: str) -> None:
    """The room takes nothing now: all that is to be said there waits until `due`, when one delivery tries again."""
    if not await _move(tx, claimed, State.REFUSED, reason, certain=not claimed.doubtful):
        return
    room = claimed.outgoing.room
    holding = tx.insert(holds).values(
        room=room, chat=claimed.chat, until=due, refusals=claimed.refusals + 1, reason=reason
    )
    again = {"until": due, "refusals": claimed.refusals + 1, "reason": reason}
    await tx.run(holding.on_conflict_do_update(index_elements=["room"], set_=again))
    there = (deliveries.c.room == room) & LIVE & (deliveries.c.state != State.SENDING.value)
    lanes = {row.lane for row in await tx.rows(sa.select(deliveries.c.lane).distinct().where(there))}
    held = sa.update(deliveries).where(there)
    await tx.run(held.values(state=State.REFUSED.value, reason=reason))
    await _take_newest(tx, claimed, due)
    await refresh_heads(tx, {(room, lane) for lane in lanes} | {claimed.place})


async def _move(
    tx: Tx,
    claimed: Claimed,
    to: State,
    reason: str,
    *,
    certain: bool = False,
    **more: datetime | None,
) -> bool:
    """Move it on if this attempt is still the last one; a later one knows better. `certain`: none reached the room, so the
    time in which the chat knows the key has not begun, and nobody needs to look there."""
    await lock(tx)
    values: dict[str, Any] = {"state": to.value, "reason": reason, "settled_at": None, **more}
    if to is State.DOUBTFUL:
        values["doubtful"] = True
    if certain and claimed.outgoing.first_attempt_at is None:
        values["first_attempt_at"] = None
    ours = (deliveries.c.id == claimed.id) & (deliveries.c.attempts == claimed.attempts)
    statement = sa.update(deliveries).where(ours, deliveries.c.state == State.SENDING.value)
    return await tx.run(statement.values(**values)) > 0


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
    await refresh_heads(tx, places, new=True)


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
    said = await tx.row(sa.select(announcements).where(announcements.c.id == name))
    ours = sa.select(deliveries).where(deliveries.c.announcement == name, amend.UNSETTLED).order_by(deliveries.c.id)
    ahead: list[Any] = []
    places: set[Place] = set()
    for row in await tx.rows(ours):
        if row.state == State.WAITING and not amend.blocked(row.kind, ahead):
            never = said is None or said.removed or not said.reference
            state = State.EXPIRED if never and row.kind == "edit" else State.PENDING
            reason = "the message it edits is not in the room" if state is State.EXPIRED else ""
            settled = now if state is State.EXPIRED else None
            values = {"state": state.value, "reason": reason, "settled_at": settled, "due": now}
            await tx.run(sa.update(deliveries).where(deliveries.c.id == row.id).values(**values))
            places.add((row.room, row.lane))
            if state is State.EXPIRED:
                continue
        ahead.append(row)
    return places


async def _returned(tx: Tx, rooms: Collection[str], now: datetime) -> set[Place]:
    """Rooms that took a message refuse no more: what waited there is pending again."""
    if not rooms:
        return set()
    statement = sa.select(holds.c.room).where(holds.c.room.in_(sorted(rooms)))
    back = sorted({row.room for row in await tx.rows(statement)})
    if not back:
        return set()
    refused = deliveries.c.room.in_(back) & REFUSED
    found = await tx.rows(sa.select(deliveries.c.room, deliveries.c.lane).distinct().where(refused))
    await tx.run(sa.delete(holds).where(holds.c.room.in_(back)))
    again = {"state": State.PENDING.value, "due": now, "reason": "", "forgiven": deliveries.c.attempts}
    await tx.run(sa.update(deliveries).where(refused).values(**again))
    return {(row.room, row.lane) for row in found}
