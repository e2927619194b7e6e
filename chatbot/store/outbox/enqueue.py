"""Into the outbox: planned messages for many rooms at once, and answers to questions."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage, announcement_id
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import extend, insert_columns, listed_texts, texts
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox import amend, bodies, heads, refusals, restore_gap
from chatbot.store.outbox.rows import contents, in_gap, new_answer, new_deliveries, shared


async def add(tx: Tx, planned_messages: Sequence[PlannedMessage], now: datetime) -> None:
    """Enqueue planned messages, in this order. What was not posted in a room is neither edited nor replied to there."""
    if not planned_messages:
        return
    await heads.lock(tx)
    changed: set[heads.Place] = set()
    for is_new, alike in groupby(planned_messages, key=_is_new):
        messages = list(alike)
        for planned_message in messages:
            tx.woken.update(room.chat for room in planned_message.revisions)
        if is_new:
            await _add_new(tx, messages, now)
            continue
        for planned_message in messages:
            changed |= await amend.add(tx, planned_message, now)
    await heads.refresh(tx, changed, new=True)


def _is_new(planned_message: PlannedMessage) -> bool:
    return planned_message.kind == "new"


async def _add_new(tx: Tx, planned_messages: Sequence[PlannedMessage], now: datetime) -> None:
    """Enqueue first messages, with as many statements for many of them as for one. A room that has one under a subject gets no
    other."""
    there_already = await _rooms_with_one(tx, planned_messages)
    refusing = await refusals.rooms(tx)
    gap = await restore_gap.gap(tx)
    digests = await bodies.keep_all(tx, [each.message for each in planned_messages])
    announced: dict[str, list[Any]] = {}
    to_send: dict[str, list[Any]] = {}
    for planned_message, digest in zip(planned_messages, digests, strict=True):
        subject = planned_message.subject
        rooms = sorted(room for room in planned_message.revisions if (subject, room) not in there_already)
        if not rooms:
            continue
        there_already.update((subject, room) for room in rooms)
        names = [announcement_id(room, subject) for room in rooms]
        alike = shared(planned_message, digest) | in_gap(gap, planned_message.message)
        extend(to_send, new_deliveries(planned_message, names, rooms, refusing), alike)
        revisions = [planned_message.revisions[room] for room in rooms]
        extend(announced, {"id": names, "room": rooms, "revision": revisions}, contents(planned_message))
    last = await heads.last_id(tx)
    await insert_columns(tx, announcements, announced, {"first_posted_at": now})
    await insert_columns(tx, deliveries, to_send, {"due": now, "enqueued_at": now})
    await heads.begin(tx, last, now)


async def _rooms_with_one(tx: Tx, planned_messages: Sequence[PlannedMessage]) -> set[tuple[str, str]]:
    """Which of the rooms have a first message already, each with its subject."""
    rooms: dict[str, set[str]] = {}
    for planned_message in planned_messages:
        rooms.setdefault(planned_message.subject, set()).update(planned_message.revisions)
    there_already: set[tuple[str, str]] = set()
    for subject, names in rooms.items():
        there = sa.select(announcements.c.room).where(
            announcements.c.subject == subject, announcements.c.room.in_(texts(tx.postgres))
        )
        there_already.update((subject, row.room) for row in await tx.rows(there, {"b_texts": listed_texts(tx, names)}))
    return there_already


async def add_answer(tx: Tx, room: RoomAddress, reply_to: str, message: Message, key: str, now: datetime) -> None:
    """Enqueue the answer to a question; a repeat of the same key changes nothing."""
    await heads.lock(tx)
    values = new_answer(room, reply_to, await bodies.keep(tx, message), key, now)
    await tx.run(tx.insert(deliveries).values(**values).on_conflict_do_nothing(index_elements=["key"]))
    await heads.extend(tx, [(room, Lane.ANSWER)], now)
    tx.woken.add(room.chat)
