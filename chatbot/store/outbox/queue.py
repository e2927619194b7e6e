"""The outbox: what is to be said, where, in which order; what is claimed to be sent, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane, State, expires_at
from chatbot.core.model.message import Message
from chatbot.core.model.watches import chat_of
from chatbot.ports import Outgoing
from chatbot.store.database import wire
from chatbot.store.database.columns import Moment
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import listed, numbers
from chatbot.store.database.tables import announcements, deliveries, holds, messages
from chatbot.store.database.tables import queues as turns
from chatbot.store.outbox import amend, backoff, enqueue, heads
from chatbot.store.outbox.enqueue import add_answer
from chatbot.store.outbox.heads import lock
from chatbot.store.outbox.outcomes import PROBE, REFUSED, Claimed, drop, expire, park, refuse, retry_at, sent, sent_all

__all__ = [
    "Claimed",
    "Lane",
    "Tx",
    "add",
    "add_answer",
    "claim",
    "counts",
    "drop",
    "expire",
    "last_sent",
    "lock",
    "next_due",
    "oldest_pending",
    "oldest_stuck",
    "park",
    "recover",
    "refuse",
    "retry_at",
    "sent",
    "sent_all",
]


async def add(tx: Tx, planned_messages: Sequence[PlannedMessage], now: datetime) -> None:
    """Enqueue what is to be said, in this order. What was not said in a room is neither edited nor answered there."""
    if not planned_messages:
        return
    await heads.lock(tx)
    longer: set[heads.Place] = set()
    changed: set[heads.Place] = set()
    for planned_message in planned_messages:
        tx.woken.update(chat_of(room) for room in planned_message.revisions)
        if planned_message.kind == "new":
            longer |= await enqueue.add_new(tx, planned_message, now)
        else:
            changed |= await amend.add(tx, planned_message, now)
    await heads.extend(tx, longer - changed, now)
    await heads.refresh_heads(tx, changed, new=True)


# ---- claiming -----------------------------------------------------------------------------------------------------------

_heads = (
    sa.select(turns.c.head)
    .where(
        turns.c.chat == sa.bindparam("b_chat"),
        turns.c.lane <= sa.bindparam("b_lane", type_=sa.Integer()),
        turns.c.due <= sa.bindparam("b_now"),
    )
    .order_by(turns.c.lane, turns.c.due, turns.c.head)
    .limit(sa.bindparam("b_limit", type_=sa.Integer()))
    .subquery(
        "heads"
    )  # limited before it is joined: PostgreSQL would else join all that waits, until it knows the tables
)
due_heads = (
    sa.select(
        deliveries,
        messages.c.body,
        announcements.c.reference.label("said_as"),
        announcements.c.removed,
        holds.c.refusals,
    )
    .select_from(_heads)
    .join(deliveries, deliveries.c.id == _heads.c.head)
    .join(messages, messages.c.digest == deliveries.c.message)
    .outerjoin(announcements, announcements.c.id == deliveries.c.announcement)
    .outerjoin(holds, holds.c.room == deliveries.c.room)
    .where(sa.text("deliveries.state IN ('pending', 'doubtful')"))
    .with_for_update(
        of=deliveries, skip_locked=True
    )  # SQLite, with its one writer, has no such words and leaves them out
)


@cache
def _taking(postgres: bool) -> sa.Update:
    taking = sa.update(deliveries).where(deliveries.c.id.in_(numbers(postgres)))
    first = sa.func.coalesce(deliveries.c.first_attempt_at, sa.bindparam("b_now", type_=Moment()))
    return taking.values(state=State.SENDING.value, attempts=deliveries.c.attempts + 1, first_attempt_at=first)


async def claim(tx: Tx, chat: str, now: datetime, limit: int, lowest: Lane = Lane.DIGEST) -> list[Claimed]:
    """Take at most `limit` deliveries that are due (none below the lane `lowest`), the most urgent lane first: from each room
    and lane at most one, the oldest. They are ours until they are recorded, or until `recover`."""
    await heads.lock(tx)  # whoever gives them other words meanwhile would find them sent with the old ones
    await _try_refused_rooms(tx, chat, now)
    found = await tx.rows(due_heads, {"b_chat": chat, "b_now": now, "b_limit": limit, "b_lane": lowest.value})
    rows = sorted(found, key=lambda row: (row.lane, row.due, row.id))
    lost = [row for row in rows if row.kind == "edit" and (row.removed or not row.said_as)]
    late = [row for row in rows if row.announcement is None and not row.doubtful and now >= _too_late(row)]
    await _expire(tx, lost, "its message is not in the room", now)  # somebody took it away: the edit would say it again
    await _expire(tx, late, "the question was asked too long ago", now)
    rows = [row for row in rows if row not in lost and row not in late]
    if not rows:
        return []
    await tx.run(_taking(tx.postgres), {"b_ids": listed(tx, [row.id for row in rows]), "b_now": now})
    await heads.taken(tx, [(row.room, row.lane) for row in rows])
    return [_claimed(row) for row in rows]


def _too_late(row: Any) -> datetime:
    return expires_at(Lane(row.lane), row.enqueued_at)


async def _expire(tx: Tx, rows: Sequence[Any], reason: str, now: datetime) -> None:
    if rows:
        gone = sa.update(deliveries).where(deliveries.c.id.in_([row.id for row in rows]))
        await tx.run(gone.values(state=State.EXPIRED.value, settled_at=now, reason=reason))
        await heads.refresh_heads(tx, [(row.room, row.lane) for row in rows])


def _claimed(row: Any) -> Claimed:
    said_as = row.said_as if row.said_as and not row.removed else ""
    return Claimed(
        id=row.id,
        outgoing=Outgoing(
            key=row.key,
            announcement=row.announcement or row.key,
            room=row.room,
            message=_message(row.body),
            replaces=said_as if row.kind == "edit" else "",
            reply_to=row.reply_to or (said_as if row.kind == "reply" else ""),
            first_attempt_at=row.first_attempt_at,
        ),
        chat=row.chat,
        project=row.project,
        kind=row.kind,
        revision=row.revision,
        lane=Lane(row.lane),
        attempts=row.attempts + 1,
        tries=row.attempts + 1 - row.forgiven,
        enqueued_at=row.enqueued_at,
        doubtful=row.doubtful,
        refusals=row.refusals or 0,
        answer=row.announcement is None,
    )


@lru_cache(maxsize=64)
def _message(body: str) -> Message:
    return wire.loads(Message, body)  # one message goes to many rooms: read it once


_may_be_tried = sa.select(holds.c.room).where(
    holds.c.chat == sa.bindparam("b_chat"), holds.c.until <= sa.bindparam("b_now")
)


async def _try_refused_rooms(tx: Tx, chat: str, now: datetime) -> None:
    """Let one delivery, the most urgent, try whether a refusing room takes messages again."""
    for hold in await tx.rows(_may_be_tried, {"b_chat": chat, "b_now": now}):
        await heads.lock(tx)
        oldest = (
            sa.select(deliveries)
            .where(deliveries.c.room == hold.room, REFUSED)
            .order_by(deliveries.c.lane, deliveries.c.id)
            .limit(1)
        )
        row = await tx.row(oldest)
        if row is None:
            continue
        probe = sa.update(deliveries).where(deliveries.c.id == row.id)
        await tx.run(probe.values(state=State.PENDING.value, due=now))
        await tx.run(sa.update(holds).where(holds.c.room == hold.room).values(until=now + PROBE))
        await heads.refresh_heads(tx, [(row.room, row.lane)], new=True)


async def next_due(tx: Tx, chat: str, lowest: Lane = Lane.DIGEST) -> datetime | None:
    """When there will be something to claim (in the lanes down to `lowest`), if nothing is added before; it may lie in the
    past."""
    waits = sa.exists().where(deliveries.c.room == holds.c.room, REFUSED)
    row = await tx.row(sa.select(sa.func.min(holds.c.until).label("until")).where(holds.c.chat == chat, waits))
    times = [await heads.earliest(tx, chat, lowest.value), row.until if row else None]
    return min((time for time in times if time is not None), default=None)


async def recover(tx: Tx, chat: str, now: datetime) -> None:
    """At the start of sending for a chat: what a process before us was sending may be in the room or not. What only waits for
    another attempt is tried at once: somebody may have started the bot for that."""
    await backoff.clamp_future_times(tx, chat, now)
    doubt = sa.update(deliveries).where(deliveries.c.chat == chat, heads.SENDING)
    await tx.run(
        doubt.values(state=State.DOUBTFUL.value, doubtful=True, due=now, reason="the bot ended while it was sent")
    )
    await heads.refresh_all_heads(tx, chat)


# ---- counting -----------------------------------------------------------------------------------------------------------


async def counts(tx: Tx, chat: str | None = None, projects: Collection[str] | None = None) -> Mapping[State, int]:
    """How many deliveries (of one chat, of these projects) are in each state that is not an end."""
    statement = sa.select(deliveries.c.state, sa.func.count().label("many")).where(
        amend.UNSETTLED, *_of(chat, projects)
    )
    return {State(row.state): row.many for row in await tx.rows(statement.group_by(deliveries.c.state))}


async def refusing(tx: Tx, projects: Collection[str]) -> list[tuple[str, str, int]]:
    """The rooms that refuse messages of these projects: address, reason, and how many wait for each, most of them first."""
    statement = sa.select(holds.c.room, holds.c.reason, sa.func.count().label("many"))
    statement = statement.join(deliveries, deliveries.c.room == holds.c.room)
    statement = statement.where(amend.UNSETTLED, *_of(None, projects)).group_by(holds.c.room, holds.c.reason)
    rows = await tx.rows(statement.order_by(sa.desc("many"), holds.c.room))
    return [(row.room, row.reason, row.many) for row in rows]


async def last_sent(tx: Tx, chat: str) -> datetime | None:
    """When a chat last took a message. Reads all that was ever sent there."""
    ours = (deliveries.c.chat == chat) & (deliveries.c.state == State.SENT.value)
    row = await tx.row(sa.select(sa.func.max(deliveries.c.settled_at).label("at")).where(ours))
    return row.at if row else None


async def oldest_stuck(tx: Tx, chat: str, now: datetime) -> datetime | None:
    """Since when the oldest delivery waits that nothing but the chat keeps from being sent: no person, no refusing room, and
    no time that the chat asked for."""
    waits = sa.text("deliveries.state IN ('pending', 'sending', 'doubtful')")
    free = sa.or_(deliveries.c.not_before.is_(None), deliveries.c.not_before <= now)
    asked, came = deliveries.c.not_before, deliveries.c.enqueued_at
    since = sa.func.min(sa.case((asked > came, asked), else_=came), type_=came.type).label("at")
    heads = sa.select(turns.c.head).where(turns.c.chat == chat)  # the others wait for these
    row = await tx.row(sa.select(since).where(deliveries.c.id.in_(heads), waits, free))
    return row.at if row else None


async def oldest_pending(tx: Tx, chat: str | None = None, projects: Collection[str] | None = None) -> datetime | None:
    """Since when the oldest delivery waits that is still to be sent."""
    waiting = sa.text("deliveries.state <> 'parked'")
    statement = sa.select(sa.func.min(deliveries.c.enqueued_at).label("at"))
    row = await tx.row(statement.where(amend.UNSETTLED, waiting, *_of(chat, projects)))
    return row.at if row else None


def _of(chat: str | None, projects: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    chats = [] if chat is None else [deliveries.c.chat == chat]
    return chats if projects is None else [*chats, deliveries.c.project.in_(sorted(projects))]
