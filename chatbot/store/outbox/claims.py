"""Claims: which deliveries are due, and ours to attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Self

import sqlalchemy as sa

from chatbot.core.delivery import CLAIMABLE, LAST, Lane, State, expires_at
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.ports import Outgoing
from chatbot.store.database import wire
from chatbot.store.database.columns import Moment
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import listed, numbers
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import announcements, deliveries, holds, messages, queues
from chatbot.store.outbox import backoff, heads, refusals
from chatbot.store.outbox.heads import Place
from chatbot.store.outbox.transitions import transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours to attempt."""

    id: int
    outgoing: Outgoing  # its `first_attempt_at` is None where no attempt can have reached the room
    chat: str
    project: ProjectId
    subject: str  # empty for an answer
    kind: str
    revision: int
    lane: Lane
    attempts: int  # with this one
    tries: int  # of these, since it was let go early
    enqueued_at: datetime
    doubtful: bool = False  # an earlier attempt may have reached the room
    refusals: int = 0  # of its room, in a row
    answer: bool = False

    @property
    def place(self) -> Place:
        return self.outgoing.room, self.lane.value


@dataclass(frozen=True, slots=True, kw_only=True)
class DueHead:
    """The head of a queue that is due, with all that an attempt needs."""

    id: int
    key: str
    announcement: str | None  # None: the answer to a question
    chat: str
    project: ProjectId
    subject: str
    room: RoomAddress
    lane: Lane
    kind: str
    revision: int
    body: str  # of its message
    reference: str  # of the announcement's first message; empty where that is not in the room
    answers_to: str  # of a follow-up: the reference of the message that it answers; empty where that is not in the room
    reply_to: str
    due: datetime
    attempts: int
    forgiven: int
    enqueued_at: datetime
    first_attempt_at: datetime | None
    doubtful: bool
    refusals: int

    @classmethod
    def of(cls, row: sa.Row[Any]) -> Self:
        return cls(
            id=row.id,
            key=row.key,
            announcement=row.announcement,
            chat=row.chat,
            project=row.project,
            subject=row.subject or "",
            room=row.room,
            lane=Lane(row.lane),
            kind=row.kind,
            revision=row.revision,
            body=row.body,
            reference="" if row.removed else row.posted_as or "",
            answers_to="" if row.answered_removed else row.answered_as or "",
            reply_to=row.reply_to,
            due=row.due,
            attempts=row.attempts,
            forgiven=row.forgiven,
            enqueued_at=row.enqueued_at,
            first_attempt_at=row.first_attempt_at,
            doubtful=row.doubtful,
            refusals=row.refusals or 0,
        )

    @property
    def place(self) -> Place:
        return self.room, self.lane

    @property
    def _answers(self) -> str:
        """What it replies to. A delivery of kind `reply` was enqueued by a program whose replies were no announcements."""
        return {"reply": self.reference, "new": self.answers_to}.get(self.kind, "")

    def claimed(self) -> Claimed:
        """It as our next attempt."""
        return Claimed(
            id=self.id,
            outgoing=Outgoing(
                key=self.key,
                announcement=self.announcement or self.key,
                room=self.room,
                message=_message(self.body),
                replaces=self.reference if self.kind == "edit" else "",
                reply_to=self.reply_to or self._answers,
                first_attempt_at=self.first_attempt_at,
            ),
            chat=self.chat,
            project=self.project,
            subject=self.subject,
            kind=self.kind,
            revision=self.revision,
            lane=self.lane,
            attempts=self.attempts + 1,
            tries=self.attempts + 1 - self.forgiven,
            enqueued_at=self.enqueued_at,
            doubtful=self.doubtful,
            refusals=self.refusals,
            answer=self.announcement is None,
        )


@lru_cache(maxsize=64)
def _message(body: str) -> Message:
    return wire.loads(Message, body)  # one message goes to many rooms: read it once


_heads = (
    sa.select(queues.c.head)
    .where(
        queues.c.chat == sa.bindparam("b_chat"),
        queues.c.lane <= sa.bindparam("b_lane", type_=sa.Integer()),
        queues.c.due <= sa.bindparam("b_now"),
    )
    .order_by(queues.c.lane, queues.c.due, queues.c.head)
    .limit(sa.bindparam("b_limit", type_=sa.Integer()))
    .subquery("heads")  # limited before it is joined: else PostgreSQL joins all that waits until it knows the tables
)
_parents = announcements.alias("parents")
due_heads = (
    sa.select(
        deliveries,
        messages.c.body,
        announcements.c.reference.label("posted_as"),
        announcements.c.removed,
        announcements.c.subject,
        _parents.c.reference.label("answered_as"),
        _parents.c.removed.label("answered_removed"),
        holds.c.refusals,
    )
    .select_from(_heads)
    .join(deliveries, deliveries.c.id == _heads.c.head)
    .join(messages, messages.c.digest == deliveries.c.message)
    .outerjoin(announcements, announcements.c.id == deliveries.c.announcement)
    .outerjoin(_parents, (announcements.c.parent != "") & (_parents.c.id == announcements.c.parent))
    .outerjoin(holds, holds.c.room == deliveries.c.room)
    .where(state_in(CLAIMABLE))
    .with_for_update(of=deliveries, skip_locked=True)  # SQLite, with its one writer, leaves these words out
)


@cache
def _claiming(postgres: bool) -> sa.Update:
    first = sa.func.coalesce(deliveries.c.first_attempt_at, sa.bindparam("b_now", type_=Moment()))
    these = deliveries.c.id.in_(numbers(postgres))
    counted = {"attempts": deliveries.c.attempts + 1, "first_attempt_at": first}
    return transition(State.SENDING, these, source=CLAIMABLE, **counted)


async def claim(tx: Tx, chat: str, now: datetime, limit: int, lowest: Lane = LAST) -> list[Claimed]:
    """Take at most `limit` deliveries that are due (none below the lane `lowest`), the most urgent lane first: from each room
    and lane at most one, the oldest. They are ours until they are recorded, or until `recover`."""
    await heads.lock(tx)  # else somebody gives them other words meanwhile, and they are sent with the old ones
    await refusals.probe(tx, chat, now)
    rows = await tx.rows(due_heads, {"b_chat": chat, "b_now": now, "b_limit": limit, "b_lane": lowest.value})
    due = sorted((DueHead.of(row) for row in rows), key=lambda head: (head.lane, head.due, head.id))
    orphans = [head for head in due if head.kind == "edit" and not head.reference]
    late = [head for head in due if _too_late(head, now)]
    await _expire(
        tx, orphans, "its message is not in the room", now
    )  # removed by somebody: the edit would post it again
    await _expire(tx, late, "the question was asked too long ago", now)
    due = [head for head in due if head not in orphans and head not in late]
    if not due:
        return []
    await tx.run(_claiming(tx.postgres), {"b_ids": listed(tx, [head.id for head in due]), "b_now": now})
    await heads.mark_claimed(tx, [head.place for head in due])
    return [head.claimed() for head in due]


def _too_late(head: DueHead, now: datetime) -> bool:
    return head.announcement is None and not head.doubtful and now >= expires_at(head.lane, head.enqueued_at)


async def _expire(tx: Tx, expired: Sequence[DueHead], reason: str, now: datetime) -> None:
    if expired:
        these = deliveries.c.id.in_([head.id for head in expired])
        await tx.run(transition(State.EXPIRED, these, source=CLAIMABLE, settled_at=now, reason=reason))
        await heads.refresh(tx, [head.place for head in expired])


async def next_due(tx: Tx, chat: str, lowest: Lane = LAST) -> datetime | None:
    """When there will be something to claim (in the lanes down to `lowest`), if nothing is added before; it may lie in the
    past."""
    times = [await heads.earliest(tx, chat, lowest.value), await refusals.next_probe(tx, chat)]
    return min((time for time in times if time is not None), default=None)


async def recover(tx: Tx, chat: str, now: datetime) -> None:
    """At the start of sending for a chat: what a process before us was sending may be in the room or not. What only waits for
    another attempt is tried at once: somebody may have started the bot for that."""
    await backoff.clamp_future_times(tx, chat, now)
    ours, reason = deliveries.c.chat == chat, "the bot ended while it was sent"
    doubt = transition(State.DOUBTFUL, ours, source=(State.SENDING,), doubtful=True, due=now, reason=reason)
    await tx.run(doubt)
    await heads.refresh_all(tx, chat)
