"""Since when each room hears a project: a room that is added later begins silent, and one that was upgraded goes on."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import chain

import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.core.rules import chat_of
from chatbot.store import leases, queues
from chatbot.store.account_tables import notes
from chatbot.store.db import Tx
from chatbot.store.tables import announcements, decisions, deliveries, holds
from chatbot.store.tables import hearings as heard

_MOVED = "moved/"  # and an address: the note of where an upgraded room went
_REFUSED = sa.text("deliveries.state = 'refused'")  # as the partial index says it
_UNSENT = [state.value for state in (State.PENDING, State.DOUBTFUL, State.WAITING, State.REFUSED, State.PARKED)]


async def hearings(tx: Tx, project: str) -> dict[str, datetime]:
    """Room address → since when it hears the project."""
    found = await tx.rows(sa.select(heard.c.room, heard.c.since).where(heard.c.project == project))
    return {row.room: row.since for row in found}


async def hear(tx: Tx, project: str, rooms: Collection[str], since: datetime) -> None:
    """These rooms hear the project from `since` on; those that already do are not changed."""
    rows = [{"project": project, "room": room, "since": since} for room in sorted(set(rooms))]
    await tx.run(tx.insert(heard).on_conflict_do_nothing(), rows)


async def forget(tx: Tx, project: str, rooms: Collection[str]) -> None:
    """These rooms hear the project no more; added again, they begin silent."""
    statement = sa.delete(heard).where(heard.c.project == project, heard.c.room == sa.bindparam("b_room"))
    await tx.run(statement, [{"b_room": room} for room in sorted(set(rooms))])


# ---- rooms that were upgraded ---------------------------------------------------------------------------------------------


async def moved(tx: Tx, old: str, new: str) -> None:
    """A room was upgraded: what is addressed to it is said in the new one, also what it refused until now."""
    await leases.note(tx, _MOVED + old, new)
    await queues.alone(tx)
    names = [old, *_along(_back(await _moves(tx)), old)]
    refused = _REFUSED & _in_any(deliveries.c.room, names)
    found = await tx.rows(sa.select(deliveries.c.room, deliveries.c.lane).distinct().where(refused))
    await tx.run(sa.update(deliveries).where(refused).values(state=State.PENDING.value, reason=""))
    await tx.run(sa.delete(holds).where(_in_any(holds.c.room, names)))
    await queues.line_up(tx, [(row.room, row.lane) for row in found], new=True)
    tx.woken.add(chat_of(old))


async def leading_to(tx: Tx, rooms: Collection[str]) -> set[str]:
    """These rooms, by every address that leads to them."""
    back = _back(await _moves(tx))
    return {*rooms, *chain.from_iterable(_along(back, room) for room in rooms)}


async def take_over(tx: Tx, project: str, named: Collection[str]) -> dict[str, datetime]:
    """Who hears the project, once each room that the configuration no longer names has handed over to one that it does, where
    the one was upgraded to the other. What was said there and what waits belongs to the named room from then on."""
    hearing = await hearings(tx, project)
    gone = hearing.keys() - set(named)
    onward = await _moves(tx) if gone else {}
    names = {_room(name): name for name in sorted(named, reverse=True)}  # a room before its threads
    for room in sorted(gone):
        steps = chain(_along(onward, _room(room)), _along(_back(onward), _room(room)))
        heir = next((names[other] for other in steps if other in names), None)
        if heir is not None:
            since = min(hearing[room], hearing.get(heir, hearing[room]))
            await _hand_over(tx, project, room, heir, since)
            hearing[heir] = since
    return hearing


async def _hand_over(tx: Tx, project: str, old: str, new: str, since: datetime) -> None:
    """Nothing is said twice: of what both rooms were told, the new one keeps what it was told itself."""
    await queues.alone(tx)
    adding = tx.insert(heard).values(project=project, room=new, since=since)
    await tx.run(adding.on_conflict_do_update(index_elements=["project", "room"], set_={"since": since}))
    said = sa.select(announcements.c.subject).where(announcements.c.room == new).scalar_subquery()
    ours = (announcements.c.project == project) & (announcements.c.room == old)
    await tx.run(sa.update(announcements).where(ours, announcements.c.subject.not_in(said)).values(room=new))
    decided = sa.select(decisions.c.subject).where(decisions.c.room == new, decisions.c.latest).scalar_subquery()
    ours = (decisions.c.project == project) & (decisions.c.room == old)
    await tx.run(sa.update(decisions).where(ours, decisions.c.subject.in_(decided)).values(latest=False))
    await tx.run(sa.update(decisions).where(ours).values(room=new))
    await _hand_over_deliveries(tx, project, old, new)


async def _hand_over_deliveries(tx: Tx, project: str, old: str, new: str) -> None:
    here = (deliveries.c.project == project) & (deliveries.c.room == old)
    ours = here & (deliveries.c.state != State.SENDING.value)  # what is under way is recorded where it was claimed
    unsent = sa.select(deliveries.c.lane).distinct().where(ours, deliveries.c.state.in_(_UNSENT))
    lanes = {row.lane for row in await tx.rows(unsent)}
    again = {"state": State.PENDING.value, "reason": ""}
    await tx.run(sa.update(deliveries).where(ours, _REFUSED).values(**again))
    await tx.run(sa.update(deliveries).where(ours).values(room=new))
    refused = sa.select(deliveries.c.id).where(deliveries.c.room == old, _REFUSED)
    await tx.run(sa.delete(holds).where(holds.c.room == old, ~refused.exists()))
    await queues.line_up(tx, {(room, lane) for room in (old, new) for lane in lanes}, new=True)
    tx.woken.add(chat_of(new))
    if await tx.row(sa.select(deliveries.c.id).where(here).limit(1)) is None:  # else the rest follows at the next look
        await forget(tx, project, [old])


async def _moves(tx: Tx) -> dict[str, str]:
    """Address of an upgraded room → where it went."""
    found = await tx.rows(sa.select(notes).where(notes.c.name.startswith(_MOVED, autoescape=True)))
    return {row.name.removeprefix(_MOVED): row.value for row in found}


def _back(moves: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in moves.items()}


def _along(way: Mapping[str, str], room: str) -> Iterator[str]:
    """Where the way leads from a room, step by step; a circle ends where it began."""
    seen = {room}
    while (room := way.get(room, room)) not in seen:
        seen.add(room)
        yield room


def _room(address: str) -> str:
    """The room of a thread; a room is its own."""
    return address.partition("/$")[0]


def _in_any(column: sa.ColumnElement[str], rooms: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether a column names one of these rooms, or a thread in it."""
    threads = [column.startswith(f"{room}/$", autoescape=True) for room in rooms]
    return sa.or_(column.in_(sorted(rooms)), *threads)
