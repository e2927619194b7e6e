"""Edits and replies: what is not sent yet takes the newest words, what is follows its own message."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage, announcement_id
from chatbot.core.delivery import IN_FLIGHT, REPLACEABLE, REWORDABLE, UNSETTLED, Lane, State
from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import listed_texts, texts
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox import bodies, refusals, restore_gap
from chatbot.store.outbox.heads import Place
from chatbot.store.outbox.rows import (
    AnnouncementRow,
    DeliveryRow,
    NewRow,
    as_json,
    in_gap,
    new_delivery,
    read_deliveries,
    shared,
)
from chatbot.store.outbox.transitions import transition

_BY_ID = deliveries.c.id == sa.bindparam("b_id")


@dataclass(slots=True)
class _Changes:
    """What an edit or a reply comes to, gathered for all rooms and written at once."""

    refusing: frozenset[RoomAddress]  # the rooms that refuse our messages
    shared: NewRow  # by all that are added
    added: list[NewRow] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    reworded: list[tuple[DeliveryRow, Lane]] = field(default_factory=list)  # a first message, its lane from now on
    revived: list[int] = field(default_factory=list)
    announcements: list[NewRow] = field(default_factory=list)
    replies: list[NewRow] = field(default_factory=list)  # the announcements that begin
    places: set[Place] = field(default_factory=set)


async def add(tx: Tx, planned_message: PlannedMessage, now: datetime) -> set[Place]:
    """Enqueue an edit or a reply; return the queues that changed. A room gets a reply under one subject once."""
    target = planned_message.parent if planned_message.kind == "reply" else planned_message.subject
    ours = {row.room: row for row in await _announced(tx, target, planned_message.revisions)}
    if planned_message.kind == "reply":
        for row in await _announced(tx, planned_message.subject, ours):
            del ours[row.room]
    open_ones = await _open(tx, [row.id for row in ours.values()])
    refusing = await refusals.rooms(tx)
    digest = await bodies.keep(tx, planned_message.message)
    changes = _Changes(refusing, shared(planned_message, digest) | {"due": now, "enqueued_at": now})
    for room in sorted(ours):
        _one_room(changes, planned_message, ours[room], open_ones.get(ours[room].id, []), now)
    if planned_message.kind == "reply":
        changes.shared |= in_gap(await restore_gap.gap(tx), planned_message.message)
    await _write(tx, planned_message, changes, now)
    return changes.places


async def _announced(tx: Tx, subject: str, rooms: Collection[RoomAddress]) -> list[AnnouncementRow]:
    """What these rooms were told under a subject; a fan-out to people names a part of its rooms only."""
    ours = (announcements.c.subject == subject) & announcements.c.room.in_(texts(tx.postgres))
    stored = await tx.rows(sa.select(announcements).where(ours), {"b_texts": listed_texts(tx, rooms)})
    return [AnnouncementRow.of(row) for row in stored]


async def _open(tx: Tx, names: Collection[str]) -> dict[str, list[DeliveryRow]]:
    """The deliveries of these announcements that are not settled, and first messages that were given up, by announcement."""
    given_up = sa.and_(deliveries.c.kind == "new", deliveries.c.state == State.EXPIRED.value)
    by_announcement: dict[str, list[DeliveryRow]] = {}
    for condition in (state_in(UNSETTLED), given_up):
        theirs = sa.select(deliveries).where(deliveries.c.announcement.in_(texts(tx.postgres)), condition)
        for item in await tx.rows(theirs.order_by(deliveries.c.id), {"b_texts": listed_texts(tx, names)}):
            row = DeliveryRow.of(item)
            by_announcement.setdefault(str(row.announcement), []).append(row)
    return by_announcement


def _one_room(
    changes: _Changes,
    planned_message: PlannedMessage,
    announced: AnnouncementRow,
    open_ones: Sequence[DeliveryRow],
    now: datetime,
) -> None:
    room, lane, edit = announced.room, planned_message.lane, planned_message.kind == "edit"
    changes.announcements.append(_announcement_change(planned_message, announced))
    first = next((row for row in open_ones if row.kind == "new"), None)
    if first is not None and _unsent(first):
        urgent = min(first.lane, lane)
        changes.reworded.append((first, urgent))
        changes.places |= {first.place, (room, urgent)}
        return
    if first is not None and first.state is State.EXPIRED:
        if lane <= Lane.SECURITY:  # what was too old to be worth sending is worth it now
            changes.reworded.append((first, lane))
            changes.revived.append(first.id)
            changes.places.add((room, lane))
        return
    never = first is None and not announced.reference
    if edit and (announced.removed or never):  # there is nothing in the room to be edited
        return
    if never and not planned_message.message.loud:  # nor anything that a quiet reply would correct
        return
    if edit:
        replaced = [row for row in open_ones if row.kind == "edit" and row.state in REPLACEABLE]
        changes.superseded += [row.id for row in replaced]
        changes.places |= {row.place for row in replaced}
    changes.places.add((room, lane))
    state = _first_state(planned_message, room, open_ones, changes.refusing)
    name = announced.id
    if not edit:
        name = announcement_id(room, planned_message.subject)
        changes.replies.append(_reply(planned_message, announced, name, now))
    changes.added.append(new_delivery(planned_message, name, room, state))


def _reply(planned_message: PlannedMessage, announced: AnnouncementRow, name: str, now: datetime) -> NewRow:
    """The announcement that a reply begins, to be corrected like any other."""
    return {
        "id": name,
        "project": planned_message.project,
        "subject": planned_message.subject,
        "room": announced.room,
        "revision": planned_message.revisions[announced.room],
        "digest": planned_message.digest,
        "template": planned_message.template,
        "notified_for": as_json(planned_message.notified_for),
        "first_posted_at": now,
        "parent": announced.id,
    }


def _announcement_change(planned_message: PlannedMessage, announced: AnnouncementRow) -> NewRow:
    shows: PlannedMessage | AnnouncementRow = planned_message if planned_message.kind == "edit" else announced
    return {
        "b_id": announced.id,
        "b_revision": max(planned_message.revisions[announced.room], announced.revision),
        "b_notified_for": as_json(announced.notified_for | planned_message.notified_for),
        "b_digest": shows.digest,
        "b_template": shows.template,
    }


def _first_state(
    planned_message: PlannedMessage,
    room: RoomAddress,
    open_ones: Sequence[DeliveryRow],
    refusing: frozenset[RoomAddress],
) -> State:
    if blocked(planned_message.kind, open_ones):
        return State.WAITING
    return State.REFUSED if room in refusing else State.PENDING


def _unsent(first: DeliveryRow) -> bool:
    """Whether a first message is certainly not in its room, and not on the way there."""
    return first.state in REWORDABLE and not first.doubtful


def blocked(kind: str, ahead: Sequence[DeliveryRow]) -> bool:
    """Whether an edit or a reply must wait for one of the unsettled deliveries ahead of it: for the first message in any
    case, and an edit for an edit whose words would otherwise come last."""
    stop = {"new": (*REWORDABLE, *IN_FLIGHT), "edit": IN_FLIGHT if kind == "edit" else (), "reply": ()}
    return any(row.state in stop[row.kind] for row in ahead)


async def _write(tx: Tx, planned_message: PlannedMessage, changes: _Changes, now: datetime) -> None:
    reason = "newer words took its place"
    over = transition(State.SUPERSEDED, _BY_ID, source=REPLACEABLE, settled_at=now, reason=reason)
    await tx.run(over, [{"b_id": id_} for id_ in changes.superseded])
    await _reword(tx, planned_message, changes)
    again = {"due": now, "enqueued_at": now, "attempts": 0, "forgiven": 0, "reason": ""}
    revive = transition(State.PENDING, _BY_ID, source=(State.EXPIRED,), **again)
    await tx.run(revive, [{"b_id": id_} for id_ in changes.revived])
    await tx.run(sa.insert(announcements), changes.replies)
    await tx.run(sa.insert(deliveries), [{**changes.shared, **row} for row in changes.added])
    columns = ("revision", "notified_for", "digest", "template")
    announced = sa.update(announcements).where(announcements.c.id == sa.bindparam("b_id"))
    announced = announced.values({name: sa.bindparam(f"b_{name}") for name in columns})
    await tx.run(announced, changes.announcements)


async def _reword(tx: Tx, planned_message: PlannedMessage, changes: _Changes) -> None:
    edit = planned_message.kind == "edit"
    words, pinging = (planned_message.message, None) if edit else (None, planned_message.message)
    digests: dict[str, str] = {}
    rows = []
    for row, lane in changes.reworded:
        if row.message not in digests:
            digests[row.message] = await bodies.reword(tx, row.message, words, pinging)
        revision = planned_message.revisions[row.room] if edit else row.revision
        new = {"b_message": digests[row.message], "b_lane": lane.value, "b_revision": revision}
        rows.append({"b_id": row.id, **new})
    columns = ("message", "lane", "revision")
    change = sa.update(deliveries).where(_BY_ID).values({name: sa.bindparam(f"b_{name}") for name in columns})
    await tx.run(change, rows)


async def waiting_replies(tx: Tx, announcement: str) -> list[DeliveryRow]:
    """The follow-ups that wait for the first message of this announcement."""
    names = sa.select(announcements.c.id).where(announcements.c.parent != "", announcements.c.parent == announcement)
    waits = (state_in((State.WAITING,)), state_in(UNSETTLED))  # UNSETTLED for its index
    return await read_deliveries(tx, deliveries.c.announcement.in_(names.scalar_subquery()), *waits)


async def absorb(tx: Tx, first_id: int, announcement: str, now: datetime) -> Lane:
    """A first message that certainly did not reach its room takes the words and the mentions of what waits behind it; return
    the lane that it is in from now on."""
    rows = await read_deliveries(tx, deliveries.c.announcement == announcement, state_in(UNSETTLED))
    replies = await waiting_replies(tx, announcement)
    behind = sorted([*(row for row in rows if row.state is State.WAITING), *replies], key=lambda row: row.id)
    first = next(iter(await read_deliveries(tx, deliveries.c.id == first_id)), None)
    if not behind or first is None or not _unsent(first):
        return first.lane if first else Lane.ROUTINE
    digest, lane, revision = first.message, first.lane, first.revision
    for row in behind:
        message = await bodies.read(tx, row.message)
        words, pinging = (message, None) if row.kind == "edit" else (None, message)
        digest = await bodies.reword(tx, digest, words, pinging)
        lane = min(lane, row.lane)
        revision = max(revision, row.revision) if row.announcement == announcement else revision
    change = sa.update(deliveries).where(deliveries.c.id == first_id)
    await tx.run(change.values(message=digest, lane=lane.value, revision=revision))
    these = deliveries.c.id.in_([row.id for row in behind])
    reason = "the first message says it, it was not sent yet"
    await tx.run(transition(State.SUPERSEDED, these, source=(State.WAITING,), settled_at=now, reason=reason))
    await tx.run(sa.delete(announcements).where(announcements.c.id.in_([row.announcement for row in replies])))
    return lane
