"""Forgetting a person: every row of theirs, at once, and again whenever an older backup brings it back.

What remains is a hash that names nobody by itself. SQLite overwrites what is deleted, and the write-ahead log is emptied.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.core.delivery import LIVE, State
from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.account_tables import inbox, notes
from chatbot.store.database.db import Store, Tx
from chatbot.store.database.people_tables import fan_outs, forgotten, mutes, people, snoozes, subscriptions
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import DIRECT, announcements, decisions, deliveries, holds, messages, queues
from chatbot.store.outbox import heads
from chatbot.store.privacy import personal
from chatbot.store.subscriptions import by_clock, changes, rounds
from chatbot.store.subscriptions import people as stored_people
from chatbot.store.subscriptions.fan_outs import forget as forget_cursor

_SALT = "people/salt"  # among the notes
_ANSWERED_FOR = timedelta(hours=1)  # an answer in the DM of somebody who is not stored: numbers may be answers to it
_BLANK = "{}"  # the words of a question that was forgotten
_NOT_SENDING = tuple(state for state in State if state is not State.SENDING)
_OVER = tuple(state for state in State if state not in LIVE)
_OF_PERSON = (people, subscriptions, mutes, snoozes, fan_outs)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who was forgotten, and when, as hashes of their addresses with this salt."""

    salt: str
    at: dict[str, datetime]

    def when(self, person: RoomAddress) -> datetime | None:
        """When the person was last forgotten."""
        return self.at.get(_hash(self.salt, person))


async def forget(store: Store, person: RoomAddress, now: datetime, salt: str) -> int:
    """Delete all that is stored of the person; return how many rows that was. `salt`: a random text, used where there is none
    yet. Raises StoreUnavailable."""
    async with store.writing() as tx:
        if not tx.postgres:
            await tx.run(sa.text("PRAGMA secure_delete = ON"))
        many = await _delete(tx, person)
        names = Forgotten(await _salt(tx, salt), {})
        adding = tx.insert(forgotten).values(hash=_hash(names.salt, person), at=now)
        await tx.run(adding.on_conflict_do_update(index_elements=["hash"], set_={"at": now}))
    await _overwrite(store)
    return many


async def _delete(tx: Tx, address: RoomAddress) -> int:
    await changes.note(tx)
    await heads.lock(tx)
    places = personal.places_of(address, await stored_people.get(tx, address))
    many = 0
    for table in _OF_PERSON:
        many += await tx.run(sa.delete(table).where(table.c.person == address))
    theirs = deliveries.c.room.in_(places) & state_in(_NOT_SENDING)  # `sweep` comes back for the rest
    changed = await tx.rows(sa.select(deliveries.c.room, deliveries.c.lane).distinct().where(theirs))
    many += await tx.run(sa.delete(deliveries).where(theirs))
    many += await tx.run(sa.delete(announcements).where(announcements.c.room.in_(places)))
    many += await tx.run(sa.delete(decisions).where(decisions.c.room.in_(places)))
    await tx.run(sa.delete(holds).where(holds.c.room.in_(places)))
    await by_clock.forget(tx, places)
    await forget_cursor(tx, places)
    await rounds.forget(tx, address)
    await heads.refresh(tx, {(RoomAddress(row.room), row.lane) for row in changed})
    await _drop_queues(tx, places)
    many += await _blank_questions(tx, address)
    await tx.run(sa.delete(messages).where(messages.c.digest.not_in(sa.select(deliveries.c.message))))
    return many


async def _drop_queues(tx: Tx, rooms: Collection[RoomAddress]) -> None:
    """The empty queues of these rooms."""
    await tx.run(sa.delete(queues).where(queues.c.room.in_(rooms), queues.c.head.is_(None)))


async def _blank_questions(tx: Tx, address: RoomAddress) -> int:
    """Their questions are known by their event alone from now on, so that a repeated one is not answered again. One that waits
    for its answer – such as the word to forget them – is blanked with it."""
    events = [event for event, _, _ in await personal.questions(tx, address)]
    done = inbox.c.event.in_(events) & (inbox.c.account == address.chat) & inbox.c.done_at.is_not(None)
    return await tx.run(sa.update(inbox).where(done).values(question=_BLANK))


async def sweep(tx: Tx, now: datetime) -> int:
    """Delete what an attempt that was under way left of people who were forgotten: messages of an hour ago to a DM that is
    nobody's any more. Return how many rows that was."""
    nobodys = deliveries.c.room.not_in(sa.select(people.c.dm)) & (deliveries.c.enqueued_at <= now - _ANSWERED_FOR)
    direct = (sa.text(f"deliveries.{DIRECT}"), nobodys)
    rooms = [row.room for row in await tx.rows(sa.select(deliveries.c.room).distinct().where(*direct))]
    if not rooms:
        return 0
    many = await tx.run(sa.delete(deliveries).where(*direct, state_in(_OVER)))
    await _drop_queues(tx, rooms)
    await by_clock.forget(tx, rooms)
    return many + await tx.run(sa.delete(announcements).where(announcements.c.room.in_(rooms)))


async def _overwrite(store: Store) -> None:
    """Nothing of it stays in the write-ahead log; what reads at this moment may hold that up until the next time."""
    if not store.postgres:
        async with store.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            if driver is not None:
                await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# ---- after a restoration --------------------------------------------------------------------------------------------------


async def recall(tx: Tx) -> Forgotten | None:
    """Who was forgotten; None where nobody ever was."""
    row = await tx.row(sa.select(notes.c.value).where(notes.c.name == _SALT))
    if row is None:
        return None
    rows = await tx.rows(sa.select(forgotten))
    return Forgotten(json.loads(row.value), {each.hash: each.at for each in rows})


async def forget_again(tx: Tx, former: Forgotten, backed_up_at: datetime) -> int:
    """A backup was restored: forget whoever was forgotten after it was made, and remember that. Return how many people."""
    everybody: set[RoomAddress] = set()
    for table in _OF_PERSON:
        everybody |= {
            RoomAddress(row.person) for row in await tx.rows(sa.select(table.c.person).distinct()) if row.person
        }
    everybody |= {ask.asker for _, ask in await personal.every_question(tx)}
    people_again = [
        person for person in sorted(everybody) if (at := former.when(person)) is not None and at >= backed_up_at
    ]
    for person in people_again:
        await _delete(tx, person)
    await _keep(tx, former)
    return len(people_again)


async def _keep(tx: Tx, former: Forgotten) -> None:
    value = json.dumps(former.salt)
    adding = tx.insert(notes).values(name=_SALT, value=value)
    await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    await tx.run(sa.delete(forgotten))
    await tx.run(sa.insert(forgotten), _rows(former.at.items()))


def _rows(hashes: Iterable[tuple[str, datetime]]) -> list[dict[str, object]]:
    return [{"hash": name, "at": at} for name, at in hashes]


async def _salt(tx: Tx, fresh: str) -> str:
    adding = tx.insert(notes).values(name=_SALT, value=json.dumps(fresh)).on_conflict_do_nothing()
    await tx.run(adding)
    row = await tx.row(sa.select(notes.c.value).where(notes.c.name == _SALT))
    return str(json.loads(row.value)) if row else fresh


def _hash(salt: str, person: RoomAddress) -> str:
    return hashlib.sha256(f"{salt}\x1f{person}".encode()).hexdigest()
