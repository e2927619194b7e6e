"""Into the outbox: planned messages for many rooms at once, and answers to questions."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage, announcement_id
from chatbot.core.delivery import Lane, State
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import insert
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox import amend, bodies, heads, refusals, restore_gap
from chatbot.store.outbox.rows import NewRow, as_json, in_gap, new_answer, new_delivery, shared


async def add(tx: Tx, planned_messages: Sequence[PlannedMessage], now: datetime) -> None:
    """Enqueue planned messages, in this order. What was not posted in a room is neither edited nor replied to there."""
    if not planned_messages:
        return
    await heads.lock(tx)
    longer: set[heads.Place] = set()
    changed: set[heads.Place] = set()
    for planned_message in planned_messages:
        tx.woken.update(room.chat for room in planned_message.revisions)
        if planned_message.kind == "new":
            longer |= await _add_new(tx, planned_message, now)
        else:
            changed |= await amend.add(tx, planned_message, now)
    await heads.extend(tx, longer - changed, now)
    await heads.refresh(tx, changed, new=True)


async def _add_new(tx: Tx, planned_message: PlannedMessage, now: datetime) -> set[heads.Place]:
    """Enqueue a first message; return the queues that changed. A room that has one under its subject gets no other."""
    subject = announcements.c.subject == planned_message.subject
    announced = await tx.rows(sa.select(announcements.c.room).where(subject))
    rooms = sorted(set(planned_message.revisions) - {row.room for row in announced})
    if not rooms:
        return set()
    refusing = await refusals.rooms(tx)
    digest = await bodies.keep(tx, planned_message.message)
    doubt = in_gap(await restore_gap.gap(tx), planned_message.message)
    alike: NewRow = {"project": planned_message.project, "subject": planned_message.subject, "first_posted_at": now}
    alike |= {"digest": planned_message.digest, "template": planned_message.template}
    alike |= {"notified_for": as_json(planned_message.notified_for)}
    names = {room: announcement_id(room, planned_message.subject) for room in rooms}
    await insert(
        tx,
        announcements,
        [{"id": names[room], "room": room, "revision": planned_message.revisions[room]} for room in rooms],
        alike,
    )
    states = {room: State.REFUSED if room in refusing else State.PENDING for room in rooms}
    to_send = [new_delivery(planned_message, names[room], room, states[room]) for room in rooms]
    await insert(tx, deliveries, to_send, shared(planned_message, digest, now) | doubt)
    return {(room, planned_message.lane) for room in rooms}


async def add_answer(tx: Tx, room: RoomAddress, reply_to: str, message: Message, key: str, now: datetime) -> None:
    """Enqueue the answer to a question; a repeat of the same key changes nothing."""
    await heads.lock(tx)
    values = new_answer(room, reply_to, await bodies.keep(tx, message), key, now)
    await tx.run(tx.insert(deliveries).values(**values).on_conflict_do_nothing(index_elements=["key"]))
    await heads.extend(tx, [(room, Lane.ANSWER)], now)
    tx.woken.add(room.chat)
