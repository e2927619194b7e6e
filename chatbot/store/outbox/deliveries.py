"""Deliveries as a person sees them: what waits, is parked or doubtful, and how it is sent again or dropped."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.delivery import Lane, State, operator_may_move
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import announcements, deliveries, holds, messages
from chatbot.store.outbox import heads, outcomes
from chatbot.store.outbox.rows import DeliveryRow, read_deliveries
from chatbot.store.outbox.transitions import Condition, transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One delivery in a list."""

    id: int
    key: str  # what the log calls it
    room: RoomAddress
    subject: str  # empty for an answer
    title: str
    kind: str
    revision: int
    lane: Lane
    state: State
    attempts: int
    enqueued_at: datetime
    due: datetime
    reason: str  # why it is in this state


_listing = (
    sa.select(deliveries, announcements.c.subject, messages.c.body)
    .join(messages, messages.c.digest == deliveries.c.message)
    .outerjoin(announcements, announcements.c.id == deliveries.c.announcement)
    .order_by(deliveries.c.lane, deliveries.c.id)
)


async def listing(
    tx: Tx, states: Collection[State], *, room: RoomAddress | None = None, limit: int = 200
) -> list[Listed]:
    """The deliveries in these states (of one room), the most urgent first."""
    statement = _listing.where(deliveries.c.state.in_([state.value for state in states])).limit(limit)
    if room is not None:
        statement = statement.where(deliveries.c.room == room)
    return [_listed(row) for row in await tx.rows(statement)]


def _listed(row: sa.Row[Any]) -> Listed:
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

    What may be in its room is looked for there first, unless `blind`. An edit is not sent when newer words were posted.
    """
    values: dict[str, Any] = {"due": now, "enqueued_at": now, "attempts": 0}
    values |= {"reason": "", "settled_at": None, "not_before": None, "forgiven": 0}
    if blind:
        values |= {"first_attempt_at": None, "doubtful": False}
    newer = sa.select(announcements.c.id).where(
        announcements.c.id == deliveries.c.announcement, announcements.c.revision > deliveries.c.revision
    )
    sendable = sa.or_(deliveries.c.kind != "edit", sa.not_(newer.exists()))
    retried = await _move(tx, ids, State.PENDING, values, sendable)
    rooms = {row.room for row in retried}
    await tx.run(sa.update(holds).where(holds.c.room.in_(sorted(rooms))).values(until=now))
    tx.woken.update(room.chat for room in rooms)
    return [row.id for row in retried]


async def drop_unconfigured(tx: Tx, rooms: Collection[RoomAddress], now: datetime) -> dict[RoomAddress, int]:
    """Drop what waits for rooms that the configuration no longer names; return how much that was in each. What was asked
    there, or goes to a person, is left alone, and so is what is under way at this moment."""
    waiting = state_in(operator_may_move(State.DROPPED))
    rows = await read_deliveries(tx, waiting, deliveries.c.lane != Lane.ANSWER.value)
    stray = [row for row in rows if row.room not in rooms and not row.room.is_personal]
    if not stray:
        return {}
    dropped = set(await drop(tx, [row.id for row in stray], now, reason="its room is no longer configured"))
    return dict(Counter(row.room for row in stray if row.id in dropped))


async def drop_unwatched(tx: Tx, project: ProjectId, room: RoomAddress, now: datetime) -> int:
    """Drop what waits about this project for a room that no longer watches it; return how much that was."""
    these = (deliveries.c.project == project) & (deliveries.c.room == room)
    rows = await read_deliveries(tx, state_in(operator_may_move(State.DROPPED)), these)
    return len(await drop(tx, [row.id for row in rows], now, reason="its room no longer watches the project"))


async def drop_project(tx: Tx, project: ProjectId, now: datetime) -> None:
    """Drop all that waits about a project, wherever."""
    rows = await read_deliveries(tx, state_in(operator_may_move(State.DROPPED)), deliveries.c.project == project)
    await drop(tx, [row.id for row in rows], now, reason="nobody watches the project")


async def drop(tx: Tx, ids: Sequence[int], now: datetime, *, reason: str = "dropped by the operator") -> list[int]:
    """These are not to be posted; return those that could be stopped. What waits behind them is let go."""
    dropped = await _move(tx, ids, State.DROPPED, {"settled_at": now, "reason": reason})
    places = await outcomes.follow(tx, {row.announcement for row in dropped if row.announcement}, now)
    await heads.refresh(tx, places, new=True)
    tx.woken.update(room.chat for room, _ in places)
    return [row.id for row in dropped]


async def _move(
    tx: Tx, ids: Sequence[int], to: State, values: dict[str, Any], *which: Condition
) -> Sequence[DeliveryRow]:
    """Move those of these deliveries that a person may move; return them as they were."""
    await heads.lock(tx)
    source = operator_may_move(to)
    rows = await read_deliveries(tx, deliveries.c.id.in_(list(ids)), state_in(source), *which)
    these = deliveries.c.id.in_([row.id for row in rows])
    await tx.run(transition(to, these, source=source, **values))
    await heads.refresh(tx, {row.place for row in rows}, new=True)
    return rows
