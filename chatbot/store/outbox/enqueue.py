"""Into the outbox: new words for many rooms at once, answers to questions, and the messages themselves."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage, announcement_id, delivery_key
from chatbot.core.delivery import Lane, State
from chatbot.core.model.message import Message
from chatbot.core.model.watches import chat_of
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import insert
from chatbot.store.database.tables import announcements, deliveries, holds, messages
from chatbot.store.outbox import heads, restore_gap

Row = dict[str, Any]


async def add_new(tx: Tx, planned_message: PlannedMessage, now: datetime) -> set[heads.Place]:
    """Enqueue new words; return the queues that changed. What is said in a room under its subject is not said there again."""
    heard = await tx.rows(sa.select(announcements.c.room).where(announcements.c.subject == planned_message.subject))
    rooms = sorted(set(planned_message.revisions) - {row.room for row in heard})
    if not rooms:
        return set()
    held = await held_rooms(tx)
    digest = await keep(tx, planned_message.message)
    doubt = in_gap(await restore_gap.gap(tx), planned_message.message)
    alike: Row = {"project": planned_message.project, "subject": planned_message.subject, "first_said_at": now}
    alike |= {"digest": planned_message.digest, "template": planned_message.template}
    alike |= {"told": json.dumps(sorted(planned_message.told))}
    said: list[Row] = []
    to_send: list[Row] = []
    for room in rooms:
        name = announcement_id(room, planned_message.subject)
        revision = planned_message.revisions[room]
        said.append({"id": name, "room": room, "revision": revision})
        to_send.append(
            delivery(planned_message, name, room, revision, State.REFUSED if room in held else State.PENDING)
        )
    await insert(tx, announcements, said, alike)
    await insert(tx, deliveries, to_send, shared(planned_message, digest, now) | doubt)
    return {(room, planned_message.lane.value) for room in rooms}


def delivery(planned_message: PlannedMessage, name: str, room: str, revision: int, state: State) -> Row:
    """What is one delivery's own; the rest of its row is `shared`."""
    return {
        "key": delivery_key(name, revision, planned_message.kind),
        "announcement": name,
        "chat": chat_of(room),
        "room": room,
        "revision": revision,
        "state": state.value,
    }


def shared(planned_message: PlannedMessage, digest: str, now: datetime) -> Row:
    """What all deliveries of a planned message have in common."""
    return {
        "project": planned_message.project,
        "lane": planned_message.lane.value,
        "kind": planned_message.kind,
        "message": digest,
        "due": now,
        "enqueued_at": now,
    }


def in_gap(gap: restore_gap.Gap | None, message: Message) -> Row:
    """What a new delivery is marked with: after a restoration, news of the time that was lost may be in the rooms already."""
    lost = gap is not None and (message.at is None or message.at <= gap.end)
    return {"doubtful": lost, "first_attempt_at": gap.begin if gap is not None and lost else None}


async def add_answer(tx: Tx, room: str, reply_to: str, message: Message, key: str, now: datetime) -> None:
    """Enqueue the answer to a question; a repeat of the same key changes nothing."""
    await heads.lock(tx)
    values = {
        "key": key,
        "chat": chat_of(room),
        "room": room,
        "lane": Lane.ANSWER.value,
        "kind": "new",
        "revision": 1,
        "message": await keep(tx, message),
        "state": State.PENDING.value,
        "due": now,
        "enqueued_at": now,
        "reply_to": reply_to,
    }
    await tx.run(tx.insert(deliveries).values(**values).on_conflict_do_nothing(index_elements=["key"]))
    await heads.extend(tx, [(room, Lane.ANSWER.value)], now)
    tx.woken.add(chat_of(room))


async def keep(tx: Tx, message: Message) -> str:
    """Keep a message, once however many rooms hear it; return its digest."""
    body = wire.dumps(message)
    digest = wire.digest(body)
    await tx.run(tx.insert(messages).values(digest=digest, body=body).on_conflict_do_nothing())
    return digest


async def reworded(tx: Tx, digest: str, words: Message | None, calling: Message | None) -> str:
    """The message `digest` with other words, or with the calls of another one besides its own; its mentions stay."""
    row = await tx.row(sa.select(messages.c.body).where(messages.c.digest == digest))
    old = wire.loads(Message, row.body) if row else None
    mentions = (old.mentions if old else ()) + (calling.mentions if calling else ())
    fresh = words or old or calling
    if fresh is None:
        return digest
    return await keep(tx, replace(fresh, mentions=tuple(dict.fromkeys(mentions))))


async def held_rooms(tx: Tx) -> frozenset[str]:
    """The rooms that refuse our messages."""
    return frozenset(row.room for row in await tx.rows(sa.select(holds.c.room)))
