"""Into the outbox: planned messages for many rooms at once, and answers to questions."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import extend, insert_columns, listed_texts, texts
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox import amend, bodies, heads, refusals, restore_gap
from chatbot.store.outbox.rows import Addressed, address, contents, in_gap, new_answer, new_deliveries, shared


async def add(tx: Tx, planned_messages: Sequence[PlannedMessage], now: datetime) -> None:
    """Enqueue planned messages, in this order. What was not posted in a room is neither edited nor replied to there."""
    await add_addressed(tx, [address(each) for each in planned_messages], now)


async def add_addressed(tx: Tx, messages: Sequence[Addressed], now: datetime) -> None:
    """The same, of messages that were addressed before."""
    if not messages:
        return
    await heads.lock(tx)
    changed: set[heads.Place] = set()
    for is_new, alike in groupby(messages, key=_is_new):
        if is_new:
            await _add_new(tx, list(alike), now)
            continue
        for each in alike:
            tx.woken.update(room.chat for room in each.planned.revisions)
            changed |= await amend.add(tx, each.planned, now)
    await heads.refresh(tx, changed, new=True)


def _is_new(message: Addressed) -> bool:
    return message.planned.kind == "new"


async def _add_new(tx: Tx, messages: Sequence[Addressed], now: datetime) -> None:
    """Enqueue first messages, with as many statements for many of them as for one. A room that has one under a subject gets no
    other."""
    there_already = await _rooms_with_one(tx, messages)
    refusing = await refusals.rooms(tx)
    gap = await restore_gap.gap(tx)
    digests = await bodies.keep_all(tx, [each.planned.message for each in messages])
    announced: dict[str, list[Any]] = {}
    to_send: dict[str, list[Any]] = {}
    for each, digest in zip(messages, digests, strict=True):
        others = there_already[each.planned.subject]
        first = each.without(others)
        if not first.rooms:
            continue
        others.update(first.rooms)
        tx.woken.update(first.chats)
        alike = shared(each.planned, digest) | in_gap(gap, each.planned.message)
        own = new_deliveries(first, refusing)
        extend(to_send, own, alike)
        columns = {"id": first.names, "room": first.rooms, "revision": own["revision"]}
        extend(announced, columns, contents(each.planned))
    last = await heads.last_id(tx)
    await insert_columns(tx, announcements, announced, {"first_posted_at": now})
    await insert_columns(tx, deliveries, to_send, {"due": now, "enqueued_at": now})
    await heads.begin(tx, last, now)


async def _rooms_with_one(tx: Tx, messages: Sequence[Addressed]) -> dict[str, set[RoomAddress]]:
    """By subject, which of the rooms have a first message already."""
    rooms: dict[str, set[RoomAddress]] = {}
    for each in messages:
        rooms.setdefault(each.planned.subject, set()).update(each.rooms)
    there_already: dict[str, set[RoomAddress]] = {}
    for subject, names in rooms.items():
        there = sa.select(announcements.c.room).where(
            announcements.c.subject == subject, announcements.c.room.in_(texts(tx.postgres))
        )
        there_already[subject] = {row.room for row in await tx.rows(there, {"b_texts": listed_texts(tx, names)})}
    return there_already


async def add_answer(tx: Tx, room: RoomAddress, reply_to: str, message: Message, key: str, now: datetime) -> None:
    """Enqueue the answer to a question; a repeat of the same key changes nothing."""
    await heads.lock(tx)
    values = new_answer(room, reply_to, await bodies.keep(tx, message), key, now)
    await tx.run(tx.insert(deliveries).values(**values).on_conflict_do_nothing(index_elements=["key"]))
    await heads.extend(tx, [(room, Lane.ANSWER)], now)
    tx.woken.add(room.chat)
