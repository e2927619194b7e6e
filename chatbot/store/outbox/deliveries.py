"""Deliveries as a person sees them: what waits, is parked or doubtful, and how it is sent again or dropped."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.delivery import MOVES, Lane, State
from chatbot.core.model.message import Message
from chatbot.core.model.watches import chat_of, is_person
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import announcements, deliveries, holds, messages
from chatbot.store.outbox import heads, outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One delivery in a list. `key` is what the log calls it; `subject` is empty for an answer; `reason` says why it is where
    it is."""

    id: int
    key: str
    room: str
    subject: str
    title: str
    kind: str
    revision: int
    lane: Lane
    state: State
    attempts: int
    enqueued_at: datetime
    due: datetime
    reason: str


_listing = (
    sa.select(deliveries, announcements.c.subject, messages.c.body)
    .join(messages, messages.c.digest == deliveries.c.message)
    .outerjoin(announcements, announcements.c.id == deliveries.c.announcement)
    .order_by(deliveries.c.lane, deliveries.c.id)
)


async def listing(tx: Tx, states: Collection[State], *, room: str | None = None, limit: int = 200) -> list[Listed]:
    """The deliveries in these states (of one room), the most urgent first."""
    statement = _listing.where(deliveries.c.state.in_([state.value for state in states])).limit(limit)
    if room is not None:
        statement = statement.where(deliveries.c.room == room)
    return [_listed(row) for row in await tx.rows(statement)]


def _listed(row: Any) -> Listed:
    return Listed(
        id=row.id,
        key=row.key,
        room=row.room,
        subject=row.subject or "",
        title=wire.loads(Message, row.body).title,
        kind=row.kind,
        revision=row.revision,
        lane=Lane(row.lane),
        state=State(row.state),
        attempts=row.attempts,
        enqueued_at=row.enqueued_at,
        due=row.due,
        reason=row.reason,
    )


async def retry(tx: Tx, ids: Sequence[int], now: datetime, *, blind: bool = False) -> list[int]:
    """A person insists: send these again; return those that can be. A room that refused is tried at once.

    What may be in its room is looked for there first, unless `blind`. An edit is not sent when newer words were said.
    """
    able = [state.value for state, to in MOVES.items() if State.PENDING in to and state not in _OURS]
    values: dict[str, Any] = {"state": State.PENDING.value, "due": now, "enqueued_at": now, "attempts": 0}
    values |= {"reason": "", "settled_at": None, "not_before": None, "forgiven": 0}
    if blind:
        values |= {"first_attempt_at": None, "doubtful": False}
    newer = sa.select(announcements.c.id).where(
        announcements.c.id == deliveries.c.announcement, announcements.c.revision > deliveries.c.revision
    )
    done = await _move(tx, ids, able, values, sa.or_(deliveries.c.kind != "edit", sa.not_(newer.exists())))
    rooms = {row.room for row in done}
    await tx.run(sa.update(holds).where(holds.c.room.in_(sorted(rooms))).values(until=now))
    tx.woken.update(chat_of(room) for room in rooms)
    return [row.id for row in done]


async def forget_rooms(tx: Tx, configured: Collection[str], now: datetime) -> dict[str, int]:
    """Drop what waits for rooms that the configuration no longer names; return how much that was in each. What was asked
    there, or goes to a person, is left alone, and so is what is under way at this moment."""
    open_states = [state.value for state, to in MOVES.items() if State.DROPPED in to and state not in _OURS]
    waiting = deliveries.c.state.in_(open_states) & (deliveries.c.lane != Lane.ANSWER.value)
    rows = await tx.rows(sa.select(deliveries.c.id, deliveries.c.room).where(waiting))
    left = [row for row in rows if row.room not in configured and not is_person(row.room)]
    done = (
        set(await drop(tx, [row.id for row in left], now, reason="its room is no longer configured")) if left else set()
    )
    return dict(Counter(row.room for row in left if row.id in done))


async def drop(tx: Tx, ids: Sequence[int], now: datetime, *, reason: str = "dropped by the operator") -> list[int]:
    """These are not to be said; return those that could be stopped. What waits behind them is let go."""
    able = [state.value for state, to in MOVES.items() if State.DROPPED in to and state not in _OURS]
    values = {"state": State.DROPPED.value, "settled_at": now, "reason": reason}
    done = await _move(tx, ids, able, values)
    places = await outcomes.follow(tx, {row.announcement for row in done if row.announcement}, now)
    await heads.refresh_heads(tx, places, new=True)
    tx.woken.update(chat_of(room) for room, _ in places)
    return [row.id for row in done]


_OURS = (State.SENDING, State.WAITING)  # an attempt is under way, or it follows its own message


async def _move(
    tx: Tx, ids: Sequence[int], able: Sequence[str], values: dict[str, Any], also: sa.ColumnElement[bool] | None = None
) -> Sequence[Any]:
    await heads.lock(tx)
    ours = deliveries.c.id.in_(list(ids)) & deliveries.c.state.in_(able)
    if also is not None:
        ours &= also
    rows = await tx.rows(sa.select(deliveries).where(ours).order_by(deliveries.c.id))
    await tx.run(sa.update(deliveries).where(deliveries.c.id.in_([row.id for row in rows])).values(**values))
    await heads.refresh_heads(tx, {(row.room, row.lane) for row in rows}, new=True)
    return rows


async def try_rooms(tx: Tx, chat: str, now: datetime, rooms: Collection[str] | None = None) -> None:
    """Try refusing rooms at once (all of the chat, or these): after a reload, or when the chat says that something changed."""
    await heads.lock(tx)
    statement = sa.update(holds).where(holds.c.chat == chat, holds.c.until > now).values(until=now)
    if rooms is not None:
        statement = statement.where(holds.c.room.in_(sorted(rooms)))
    if await tx.run(statement):
        tx.woken.add(chat)
