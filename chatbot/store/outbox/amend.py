"""Edits and replies: what is not sent yet takes the newest words, what is follows its own message."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane, State
from chatbot.core.model.message import Message
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import announcements, deliveries, messages
from chatbot.store.outbox import enqueue, restore_gap
from chatbot.store.outbox.heads import Place

UNSETTLED = sa.text(
    "deliveries.state IN ('pending', 'sending', 'doubtful', 'waiting', 'refused', 'parked')"
)  # as the partial index says it
_UNSENT = (State.PENDING, State.REFUSED, State.PARKED)  # of a first message: it can still take other words
_REPLACEABLE = (State.PENDING, State.WAITING, State.REFUSED, State.PARKED)  # of an edit: a newer one takes its place
_FLYING = (State.SENDING, State.DOUBTFUL)


@dataclass(slots=True)
class _Amended:
    """What an edit or a reply comes to, gathered for all rooms and written at once."""

    held: frozenset[str]
    added: list[enqueue.Row] = field(default_factory=list)
    shared: enqueue.Row = field(default_factory=dict)  # by all that are added
    superseded: list[dict[str, object]] = field(default_factory=list)
    reworded: list[tuple[Any, int]] = field(default_factory=list)  # the first message's row, its lane from now on
    revived: list[int] = field(default_factory=list)
    said: list[dict[str, object]] = field(default_factory=list)
    places: set[Place] = field(default_factory=set)


async def add(tx: Tx, planned_message: PlannedMessage, now: datetime) -> set[Place]:
    """Enqueue an edit or a reply; return the queues that changed."""
    rows = await tx.rows(sa.select(announcements).where(announcements.c.subject == planned_message.subject))
    ours = {row.room: row for row in rows if row.room in planned_message.revisions}
    open_ones = await _open(tx, planned_message.subject)
    done = _Amended(await enqueue.held_rooms(tx))
    done.shared = enqueue.shared(planned_message, await enqueue.keep(tx, planned_message.message), now)
    for room in sorted(ours):
        _one_room(done, planned_message, ours[room], open_ones.get(ours[room].id, []))
    if planned_message.kind == "reply":
        done.shared |= enqueue.in_gap(await restore_gap.gap(tx), planned_message.message)
    await _write(tx, planned_message, done, now)
    return done.places


async def _open(tx: Tx, subject: str) -> dict[str, list[Any]]:
    """The deliveries of a subject that are not settled, and first messages that were given up, by announcement."""
    names = sa.select(announcements.c.id).where(announcements.c.subject == subject).scalar_subquery()
    given_up = sa.and_(deliveries.c.kind == "new", deliveries.c.state == State.EXPIRED.value)
    found: dict[str, list[Any]] = {}
    for condition in (UNSETTLED, given_up):
        statement = sa.select(deliveries).where(deliveries.c.announcement.in_(names), condition)
        for row in await tx.rows(statement.order_by(deliveries.c.id)):
            found.setdefault(row.announcement, []).append(row)
    return found


def _one_room(done: _Amended, planned_message: PlannedMessage, said: Any, open_ones: Sequence[Any]) -> None:
    revision = planned_message.revisions[said.room]
    told = json.dumps(sorted(set(json.loads(said.told)) | planned_message.told))
    shows, template = (
        (planned_message.digest, planned_message.template)
        if planned_message.kind == "edit"
        else (said.digest, said.template)
    )
    change = {"b_id": said.id, "b_revision": max(revision, said.revision), "b_told": told}
    done.said.append({**change, "b_digest": shows, "b_template": template})
    first = next((row for row in open_ones if row.kind == "new"), None)
    if first is not None and _unsent(first):
        lane = min(first.lane, planned_message.lane.value)
        done.reworded.append((first, lane))
        done.places |= {(said.room, first.lane), (said.room, lane)}
        return
    if first is not None and first.state == State.EXPIRED:
        if planned_message.lane <= Lane.SECURITY:  # what was too old to be worth planned message is worth it now
            done.reworded.append((first, planned_message.lane.value))
            done.revived.append(first.id)
            done.places.add((said.room, planned_message.lane.value))
        return
    never = first is None and not said.reference
    if planned_message.kind == "edit" and (said.removed or never):  # there is nothing in the room to be edited
        return
    if planned_message.kind == "edit":
        replaced = [row for row in open_ones if row.kind == "edit" and row.state in _REPLACEABLE]
        done.superseded += [{"b_id": row.id} for row in replaced]
        done.places |= {(said.room, row.lane) for row in replaced}
    done.places.add((said.room, planned_message.lane.value))
    state = _first_state(planned_message, said.room, open_ones, done.held)
    done.added.append(enqueue.delivery(planned_message, said.id, said.room, revision, state))


def _first_state(planned_message: PlannedMessage, room: str, open_ones: Sequence[Any], held: frozenset[str]) -> State:
    if blocked(planned_message.kind, open_ones):
        return State.WAITING
    return State.REFUSED if room in held else State.PENDING


def _unsent(first: Any) -> bool:
    """Whether a first message is certainly not in its room, and not on the way there."""
    return first.state in _UNSENT and not first.doubtful


def blocked(kind: str, ahead: Sequence[Any]) -> bool:
    """Whether an edit or a reply must wait for one of the unsettled deliveries ahead of it: for the first message in any
    case, and an edit for an edit whose words would otherwise come last."""
    stop = {"new": (*_UNSENT, *_FLYING), "edit": _FLYING if kind == "edit" else (), "reply": ()}
    return any(row.state in stop[row.kind] for row in ahead)


async def _write(tx: Tx, planned_message: PlannedMessage, done: _Amended, now: datetime) -> None:
    by_id = deliveries.c.id == sa.bindparam("b_id")
    over = sa.update(deliveries).where(by_id)
    over = over.values(state=State.SUPERSEDED.value, settled_at=now, reason="newer words took its place")
    await tx.run(over, done.superseded)
    new_words = sa.update(deliveries).where(by_id)
    new_words = new_words.values(
        message=sa.bindparam("b_message"), lane=sa.bindparam("b_lane"), revision=sa.bindparam("b_revision")
    )
    edit = planned_message.kind == "edit"
    made: dict[str, str] = {}
    changes = []
    for row, lane in done.reworded:
        if row.message not in made:
            words, calling = (planned_message.message, None) if edit else (None, planned_message.message)
            made[row.message] = await enqueue.reworded(tx, row.message, words, calling)
        revision = planned_message.revisions[row.room]
        changes.append({"b_id": row.id, "b_message": made[row.message], "b_lane": lane, "b_revision": revision})
    await tx.run(new_words, changes)
    again = sa.update(deliveries).where(by_id)
    again = again.values(state=State.PENDING.value, due=now, enqueued_at=now, attempts=0, forgiven=0, reason="")
    await tx.run(again, [{"b_id": name} for name in done.revived])
    await tx.run(sa.insert(deliveries), [{**done.shared, **row} for row in done.added])
    said = sa.update(announcements).where(announcements.c.id == sa.bindparam("b_id"))
    said = said.values(
        revision=sa.bindparam("b_revision"),
        told=sa.bindparam("b_told"),
        digest=sa.bindparam("b_digest"),
        template=sa.bindparam("b_template"),
    )
    await tx.run(said, done.said)


async def absorb(tx: Tx, first: int, announcement: str, now: datetime) -> int:
    """A first message that certainly did not reach its room takes the words and the calls of what waits behind it; return
    the lane that it is in from now on."""
    ours = sa.select(deliveries).where(deliveries.c.announcement == announcement, UNSETTLED).order_by(deliveries.c.id)
    behind = [row for row in await tx.rows(ours) if row.state == State.WAITING]
    row = await tx.row(sa.select(deliveries).where(deliveries.c.id == first))
    if not behind or row is None or not _unsent(row):
        return int(row.lane) if row else Lane.ROUTINE.value
    digest, lane, revision = row.message, row.lane, row.revision
    for waiting in behind:
        found = await tx.row(sa.select(messages.c.body).where(messages.c.digest == waiting.message))
        message = wire.loads(Message, found.body) if found else None
        words, calling = (message, None) if waiting.kind == "edit" else (None, message)
        digest = await enqueue.reworded(tx, digest, words, calling)
        lane, revision = min(lane, waiting.lane), max(revision, waiting.revision)
    change = sa.update(deliveries).where(deliveries.c.id == first)
    await tx.run(change.values(message=digest, lane=lane, revision=revision))
    over = sa.update(deliveries).where(deliveries.c.id.in_([waiting.id for waiting in behind]))
    await tx.run(
        over.values(
            state=State.SUPERSEDED.value, settled_at=now, reason="the first message says it, it was not sent yet"
        )
    )
    return int(lane)
