"""People who get alerts: the DM of each, and why nothing reaches somebody at present."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.core.model.ids import RoomAddress
from chatbot.core.subscriptions.subscription import Person
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import people
from chatbot.store.database.tables import announcements
from chatbot.store.subscriptions import by_clock, changes, fan_outs


async def get(tx: Tx, person: RoomAddress) -> Person | None:
    """A person who is stored."""
    row = await tx.row(sa.select(people).where(people.c.person == person))
    return _person(row) if row is not None else None


async def of_dm(tx: Tx, dm: RoomAddress) -> Person | None:
    """Whose DM this is."""
    row = await tx.row(sa.select(people).where(people.c.dm == dm)) if dm else None
    return _person(row) if row is not None else None


async def settle_dm(tx: Tx, person: RoomAddress, dm: RoomAddress) -> None:
    """This is the person's DM, and a message has just arrived there: whatever kept us from it is over. What they were told in
    another DM before counts as told here."""
    await changes.note(tx)
    values = {"dm": dm, "trouble": "", "lost_at": None}
    before = await get(tx, person)
    adding = tx.insert(people).values(person=person, **values)
    await tx.run(adding.on_conflict_do_update(index_elements=["person"], set_=values))
    if before is not None and before.dm != dm:
        await _hand_over(tx, before.dm, dm)
    if before is not None and (before.dm != dm or before.trouble or before.lost_at):
        await fan_outs.again(tx, person)


async def _hand_over(tx: Tx, old: RoomAddress, new: RoomAddress) -> None:
    told_here = sa.select(announcements.c.subject).where(announcements.c.room == new).scalar_subquery()
    theirs = (announcements.c.room == old) & announcements.c.subject.not_in(told_here)
    await tx.run(sa.update(announcements).where(theirs).values(room=new))
    await by_clock.move(tx, old, new)


async def trouble(tx: Tx, person: RoomAddress, why: str) -> None:
    """Nothing is sent to the person from now on, for the reason that they read at their next command; "" ends that."""
    await changes.note(tx)
    await tx.run(sa.update(people).where(people.c.person == person).values(trouble=why))


async def lost(tx: Tx, dm: RoomAddress, now: datetime) -> Person | None:
    """Nobody can be reached in this DM. The first time counts, from which what is stored of the person is kept for a while.
    Return whose it is."""
    await changes.note(tx)
    first = sa.func.coalesce(people.c.lost_at, sa.bindparam("b_now", type_=people.c.lost_at.type))
    await tx.run(sa.update(people).where(people.c.dm == dm).values(lost_at=first), {"b_now": now})
    return await of_dm(tx, dm)


async def lost_before(tx: Tx, when: datetime) -> list[RoomAddress]:
    """Whom nobody could reach since then."""
    rows = await tx.rows(sa.select(people.c.person).where(people.c.lost_at < when).order_by(people.c.person))
    return [RoomAddress(row.person) for row in rows]


def _person(row: sa.Row[tuple[object, ...]]) -> Person:
    return Person(address=RoomAddress(row.person), dm=RoomAddress(row.dm), trouble=row.trouble, lost_at=row.lost_at)
