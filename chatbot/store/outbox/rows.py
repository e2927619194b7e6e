"""Rows of the outbox with their types: as they are read, and as new ones are written."""

import json
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage, announcement_id, delivery_key
from chatbot.core.delivery import INITIAL, Lane, State
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox.heads import Place
from chatbot.store.outbox.restore_gap import Gap
from chatbot.store.outbox.transitions import Condition, ForbiddenMove

NewRow = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A stored delivery, as far as others depend on it."""

    id: int
    announcement: str | None  # None: the answer to a question
    room: RoomAddress
    lane: Lane
    kind: str
    revision: int
    message: str  # its digest
    state: State
    doubtful: bool

    @classmethod
    def of(cls, row: sa.Row[Any]) -> Self:
        return cls(
            id=row.id,
            announcement=row.announcement,
            room=row.room,
            lane=Lane(row.lane),
            kind=row.kind,
            revision=row.revision,
            message=row.message,
            state=State(row.state),
            doubtful=row.doubtful,
        )

    @property
    def place(self) -> Place:
        return self.room, self.lane


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementRow:
    """What one room was told under one subject."""

    id: str
    room: RoomAddress
    revision: int
    digest: str  # of the facts that it shows
    template: int
    notified_for: frozenset[str]
    reference: str  # of its first message; empty until that is in the room
    removed: bool  # somebody removed it there

    @classmethod
    def of(cls, row: sa.Row[Any]) -> Self:
        return cls(
            id=row.id,
            room=row.room,
            revision=row.revision,
            digest=row.digest,
            template=row.template,
            notified_for=frozenset(json.loads(row.notified_for)),
            reference=row.reference,
            removed=row.removed,
        )

    @property
    def in_room(self) -> bool:
        """Whether its first message is there to be edited."""
        return bool(self.reference) and not self.removed


async def read_deliveries(tx: Tx, *which: Condition) -> list[DeliveryRow]:
    """The deliveries that these conditions fit, in the order they were enqueued."""
    rows = await tx.rows(sa.select(deliveries).where(*which).order_by(deliveries.c.id))
    return [DeliveryRow.of(row) for row in rows]


async def read_announcements(tx: Tx, *which: Condition) -> list[AnnouncementRow]:
    """The announcements that these conditions fit."""
    return [AnnouncementRow.of(row) for row in await tx.rows(sa.select(announcements).where(*which))]


async def places(tx: Tx, *which: Condition) -> set[Place]:
    """The queues of the deliveries that these conditions fit."""
    rows = await tx.rows(sa.select(deliveries.c.room, deliveries.c.lane).distinct().where(*which))
    return {(row.room, row.lane) for row in rows}


# ---- new rows -------------------------------------------------------------------------------------------------------------


def new_delivery(planned_message: PlannedMessage, announcement: str, room: RoomAddress, state: State) -> NewRow:
    """What is one delivery's own; the rest of its row is `shared`. Raises ForbiddenMove where none begins in `state`."""
    if state not in INITIAL:
        raise ForbiddenMove(f"no delivery begins {state.value}")
    revision = planned_message.revisions[room]
    return {
        "key": delivery_key(announcement, revision, _kind(planned_message), room),
        "announcement": announcement,
        "chat": room.chat,
        "room": room,
        "revision": revision,
        "state": state.value,
    }


@dataclass(frozen=True, slots=True)
class Addressed:
    """A planned message with what each of its rooms has of its own, if it is a first one: the work of many rooms, done before
    anybody waits for the transaction that writes it. The sequences are of one length; the rooms are sorted.

    names: of the announcements
    keys: of the deliveries
    """

    planned: PlannedMessage
    rooms: Sequence[RoomAddress] = ()
    chats: Sequence[str] = ()
    names: Sequence[str] = ()
    keys: Sequence[str] = ()

    def without(self, others: AbstractSet[RoomAddress]) -> "Addressed":
        """The same for fewer rooms."""
        if others.isdisjoint(self.rooms):
            return self
        return _addressed(self.planned, [room for room in self.rooms if room not in others])


def address(planned_message: PlannedMessage) -> Addressed:
    """A planned message, ready to be written."""
    if planned_message.kind != "new":
        return Addressed(planned_message)
    return _addressed(planned_message, sorted(planned_message.revisions))


def _addressed(planned_message: PlannedMessage, rooms: Sequence[RoomAddress]) -> Addressed:
    kind, subject, revisions = _kind(planned_message), planned_message.subject, planned_message.revisions
    names = [announcement_id(room, subject) for room in rooms]
    keys = [delivery_key(name, revisions[room], kind, room) for name, room in zip(names, rooms, strict=True)]
    return Addressed(planned_message, rooms, [room.chat for room in rooms], names, keys)


def new_deliveries(first: Addressed, refusing: Collection[RoomAddress]) -> dict[str, Sequence[object]]:
    """What is each delivery's own of a first message, column by column: there are a hundred thousand in a large fan-out.
    `refusing`: where it must wait."""
    return {
        "key": first.keys,
        "announcement": first.names,
        "chat": first.chats,
        "room": first.rooms,
        "revision": [first.planned.revisions[room] for room in first.rooms],
        "state": _states(first.rooms, refusing),
    }


def _states(rooms: Sequence[RoomAddress], refusing: Collection[RoomAddress]) -> list[str]:
    pending, refused = State.PENDING.value, State.REFUSED.value
    return [refused if room in refusing else pending for room in rooms] if refusing else [pending] * len(rooms)


def new_answer(room: RoomAddress, reply_to: str, digest: str, key: str, now: datetime) -> NewRow:
    """The whole row of the answer to a question."""
    return {
        "key": key,
        "chat": room.chat,
        "room": room,
        "lane": Lane.ANSWER.value,
        "kind": "new",
        "revision": 1,
        "message": digest,
        "state": State.PENDING.value,
        "due": now,
        "enqueued_at": now,
        "reply_to": reply_to,
    }


def contents(planned_message: PlannedMessage) -> NewRow:
    """What all announcements that begin with a planned message have in common, but for their times."""
    return {
        "project": planned_message.project,
        "subject": planned_message.subject,
        "digest": planned_message.digest,
        "template": planned_message.template,
        "notified_for": as_json(planned_message.notified_for),
    }


def shared(planned_message: PlannedMessage, digest: str) -> NewRow:
    """What all deliveries of a planned message have in common, but for their times."""
    return {
        "project": planned_message.project,
        "lane": planned_message.lane.value,
        "kind": _kind(planned_message),
        "message": digest,
    }


def _kind(planned_message: PlannedMessage) -> str:
    """A reply is the first message of an announcement; deliveries of kind `reply` are of an older program."""
    return "new" if planned_message.kind == "reply" else planned_message.kind


def in_gap(gap: Gap | None, message: Message) -> NewRow:
    """What a new delivery is marked with: after a restoration, news of the time that was lost may be in the rooms already."""
    in_doubt = gap is not None and (message.at is None or message.at <= gap.end)
    return {"doubtful": in_doubt, "first_attempt_at": gap.begin if gap is not None and in_doubt else None}


def as_json(reasons: Sequence[str] | frozenset[str]) -> str:
    """The reasons that readers were notified for, as they are stored."""
    return json.dumps(sorted(reasons))
