"""What was said in the DMs of people: their alerts, the choices that the last message offered, and the end of what is queued."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.announce.messages import PostedMessage
from chatbot.core.delivery import REPLACEABLE, State
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.message import Message
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import listed_texts, texts
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import DIRECT, announcements, deliveries, messages
from chatbot.store.outbox import heads, rows
from chatbot.store.outbox.transitions import transition
from chatbot.store.subscriptions import changes, people, snoozes

_LOOKED_THROUGH = 20  # messages of a DM, the newest first, in which choices are looked for
_PERHAPS_THERE = (State.SENT, State.SENDING, State.DOUBTFUL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPosts:
    """What one person was sent of one advisory: the alert, and the replies to it. Sent, or on its way. `doubles`: further alerts,
    of advisories that turned out to be the same one."""

    alert: PostedMessage | None = None
    doubles: tuple[PostedMessage, ...] = ()
    replies: tuple[PostedMessage, ...] = ()


def subject_of(project: ProjectId, advisory: str) -> str:
    """The subject under which an alert is posted."""
    return str(SubjectId("alert", project, advisory))


async def posted(
    tx: Tx, project: ProjectId, advisory: str, dms: Collection[str], *, aliases: Collection[str] = ()
) -> dict[str, AlertPosts]:
    """By DM, what was posted there of an advisory, which may have had other ids. DMs without anything are left out."""
    subjects = [subject_of(project, name) for name in (advisory, *sorted(set(aliases) - {advisory}))]
    alerts: dict[str, list[PostedMessage]] = {}
    for subject in subjects:
        statement = sa.select(announcements).where(
            announcements.c.subject == subject, announcements.c.room.in_(texts(tx.postgres))
        )
        for row in await tx.rows(statement, {"b_texts": listed_texts(tx, dms)}):
            alerts.setdefault(row.room, []).append(posted_message(row))
    by_alert = {alert.announcement: dm for dm, theirs in alerts.items() for alert in theirs}
    replies: dict[str, list[PostedMessage]] = {}
    if by_alert:
        statement = sa.select(announcements).where(
            announcements.c.parent != "",
            announcements.c.parent.in_(texts(tx.postgres)),
            announcements.c.subject.like("follow-up/%"),  # a reminder says what the alert says, and is never corrected
        )
        for row in await tx.rows(
            statement.order_by(announcements.c.first_posted_at), {"b_texts": listed_texts(tx, by_alert)}
        ):
            replies.setdefault(by_alert[row.parent], []).append(posted_message(row))
    return {
        dm: AlertPosts(alert=first, doubles=tuple(others), replies=tuple(replies.get(dm, ())))
        for dm, (first, *others) in alerts.items()
    }


async def subjects_there(tx: Tx, subjects: Collection[str], dms: Collection[str]) -> set[tuple[str, str]]:
    """Which of these DMs were sent something under one of these subjects: (DM, subject) of each."""
    there: set[tuple[str, str]] = set()
    for subject in sorted(subjects):
        statement = sa.select(announcements.c.room).where(
            announcements.c.subject == subject, announcements.c.room.in_(texts(tx.postgres))
        )
        there |= {(row.room, subject) for row in await tx.rows(statement, {"b_texts": listed_texts(tx, dms)})}
    return there


async def any_posted(tx: Tx, project: ProjectId, advisories: Collection[str]) -> bool:
    """Whether anybody was alerted of an advisory with one of these ids."""
    subjects = [subject_of(project, name) for name in sorted(advisories)]
    statement = sa.select(announcements.c.id).where(announcements.c.subject.in_(subjects)).limit(1)
    return await tx.row(statement) is not None


@dataclass(frozen=True, slots=True)
class Offer:
    """A message in a DM that offers something to choose, as it stands there now.

    sent_at: when we knew that it was there; None while it may be there already
    """

    message: Message
    sent_at: datetime | None


async def last_choices(tx: Tx, dm: RoomAddress) -> Message | None:
    """The newest message in a DM that offers something to choose, if it is one of the last."""
    offers = await last_offers(tx, dm, limit=1)
    return offers[0].message if offers else None


async def last_offers(tx: Tx, dm: RoomAddress, *, limit: int) -> list[Offer]:
    """The newest messages in a DM that offer something to choose, among the last, the newest first. One that was edited stays at
    its place. One whose sending is under way, or was cut off, counts: the person may see it already."""
    statement = (
        sa.select(deliveries.c.announcement, deliveries.c.state, deliveries.c.settled_at, messages.c.body)
        .join(messages, deliveries.c.message == messages.c.digest)
        .where(deliveries.c.room == dm, state_in(_PERHAPS_THERE), *direct(dm), deliveries.c.kind != "edit")
        .order_by(deliveries.c.id.desc())
        .limit(_LOOKED_THROUGH)
    )
    offers: list[Offer] = []
    for row in await tx.rows(statement):
        edited = deliveries.c.announcement == row.announcement  # answers have none, and are never edited
        current = await _messages(tx, dm, edited, limit=1) if row.announcement else ()
        message = current[0] if current else wire.loads(Message, row.body)
        if message.actions or message.menus:
            offers.append(Offer(message, row.settled_at if row.state == State.SENT else None))
        if len(offers) == limit:
            break
    return offers


async def choices_of(tx: Tx, dm: RoomAddress, reference: str) -> Message | None:
    """What the message with this reference in a DM shows now, if it offers something to choose. An edit has the reference of
    the message that it changed."""
    ours = (deliveries.c.reference == reference) | (
        sa.exists().where(announcements.c.id == deliveries.c.announcement, announcements.c.reference == reference)
    )
    for message in await _messages(tx, dm, ours, limit=1):
        if message.actions or message.menus:
            return message
    return None


async def _messages(tx: Tx, dm: RoomAddress, *which: sa.ColumnElement[bool], limit: int) -> Sequence[Message]:
    """What was said in a DM, the newest first."""
    statement = (
        sa.select(messages.c.body)
        .join(deliveries, deliveries.c.message == messages.c.digest)
        .where(deliveries.c.room == dm, state_in((State.SENT,)), *direct(dm), *which)
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    )
    return [wire.loads(Message, row.body) for row in await tx.rows(statement)]


def direct(dm: RoomAddress) -> tuple[sa.TextClause, ...]:
    """For the index. The console's one room is no DM by its address."""
    return (sa.text(f"deliveries.{DIRECT}"),) if dm.is_direct else ()


async def end(tx: Tx, dm: RoomAddress, project: ProjectId, advisory: str | None, now: datetime) -> int:
    """The person has reacted to an alert (None: to all of the project): whatever is queued of it and not under way is not
    sent any more, and nothing is said again later. What they were alerted for counts as said. Return how much that
    was."""
    await changes.note(tx)
    put_off = 0
    person = await people.of_dm(tx, dm)
    if person is not None:
        put_off = await snoozes.remove(tx, person.address, project, advisory)
    await heads.lock(tx)
    ours = announcements.c.room == dm
    if advisory is not None:
        alert = sa.select(announcements.c.id).where(ours, announcements.c.subject == subject_of(project, advisory))
        ids = [row.id for row in await tx.rows(alert)]
        replies = sa.select(announcements.c.id).where(announcements.c.parent != "", announcements.c.parent.in_(ids))
        ids += [row.id for row in await tx.rows(replies)]
    else:
        ids = await _alerts_queued(tx, dm, project)
    theirs = (deliveries.c.announcement.in_(ids), state_in(REPLACEABLE))
    changed = await rows.places(tx, *theirs)
    reason = "the person has reacted already"
    over = transition(State.SUPERSEDED, theirs[0], source=REPLACEABLE, settled_at=now, reason=reason)
    waiting = await tx.run(over)
    await heads.refresh(tx, changed)
    return put_off + waiting


async def _alerts_queued(tx: Tx, dm: RoomAddress, project: ProjectId) -> list[str]:
    """The alerts of a project, and the replies to them, of which something is queued for a DM."""
    statement = (
        sa.select(announcements.c.id)
        .distinct()
        .join(deliveries, deliveries.c.announcement == announcements.c.id)
        .where(deliveries.c.room == dm, state_in(REPLACEABLE), announcements.c.project == project, *direct(dm))
        .where(announcements.c.subject.like("alert/%") | (announcements.c.parent != ""))
        .where(announcements.c.subject.not_like("correction/%"))  # that a release must not be used
    )
    return [row.id for row in await tx.rows(statement)]


def posted_message(row: sa.Row[tuple[object, ...]]) -> PostedMessage:
    return PostedMessage(
        announcement=row.id,
        room=row.room,
        subject=row.subject,
        revision=row.revision,
        digest=row.digest,
        template=row.template,
        notified_for=frozenset(json.loads(row.notified_for)),
        parent=row.parent,
    )
