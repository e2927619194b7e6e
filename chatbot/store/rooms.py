"""Since when each room hears a project: a room that is added later begins silent, and one that was upgraded goes on."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain

import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.core.model.watches import chat_of
from chatbot.store import leases
from chatbot.store.database.account_tables import notes
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import announcements, decisions, deliveries, holds
from chatbot.store.database.tables import hearings as heard
from chatbot.store.outbox import heads

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_WAS_WRONG = timedelta(days=30)  # nothing waits so long for a source's first answer
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


async def listening(tx: Tx) -> set[tuple[str, str]]:
    """Every pair of a project and a room that listens to it."""
    found = await tx.rows(sa.select(heard.c.project, heard.c.room).where(heard.c.left_at.is_(None)))
    return {(row.project, row.room) for row in found}


async def begin(
    tx: Tx, project: str, began: Mapping[str, datetime], last_read: datetime | None, *, introduce: bool = False
) -> frozenset[str]:
    """These rooms begin to listen: room → when, by our clock. Return those that did not listen until now.

    `last_read` is the source's own time at its last answer, the best that is known of it until the next one (`place`): what
    it had not shown by then is news. With `introduce` a new room is owed the newest release.
    """
    rows = await tx.rows(sa.select(heard.c.room, heard.c.left_at).where(heard.c.project == project))
    listening = {row.room for row in rows if row.left_at is None}
    returned = {row.room for row in rows if row.left_at is not None}
    for room in sorted(began.keys() - listening):
        owed = introduce and room not in returned
        placed = owed and last_read is not None  # the newest release that we know, and whatever comes after it
        values = {"since": last_read or _BEFORE_ALL, "began_at": None if placed else began[room], "owed": owed}
        adding = tx.insert(heard).values(project=project, room=room, left_at=None, **values)
        renewed = {**values, "left_at": None}
        await tx.run(adding.on_conflict_do_update(index_elements=["project", "room"], set_=renewed))
    return frozenset(began.keys() - listening)


async def place(tx: Tx, project: str, read_at: datetime, now: datetime) -> None:
    """The source's clock showed `read_at` when ours showed `now`: say by its clock when rooms began that began by ours."""
    ours = (heard.c.project == project) & heard.c.began_at.is_not(None)
    for row in await tx.rows(sa.select(heard).where(ours)):
        since = max(row.since, by_server(row.began_at, read_at, now))
        this = ours & (heard.c.room == row.room)
        await tx.run(sa.update(heard).where(this).values(since=since, began_at=None))


def by_server(began_at: datetime, read_at: datetime, now: datetime) -> datetime:
    """When something that began by our clock began by a server's, which showed `read_at` when ours showed `now`. In whole
    seconds, as servers write their times; where our clock was plainly put right in between, `read_at` itself."""
    elapsed = now - began_at if timedelta() <= now - began_at < _CLOCK_WAS_WRONG else timedelta()
    return (read_at - elapsed).replace(microsecond=0)


async def owed(tx: Tx, project: str) -> frozenset[str]:
    """The rooms that are still owed the newest release."""
    found = await tx.rows(sa.select(heard.c.room).where(heard.c.project == project, heard.c.owed))
    return frozenset(row.room for row in found)


async def settle_debt(tx: Tx, project: str, rooms: Collection[str]) -> None:
    """It was decided whether these rooms are shown the newest release."""
    ours = (heard.c.project == project) & heard.c.room.in_(sorted(rooms))
    await tx.run(sa.update(heard).where(ours).values(owed=False))


async def leave(tx: Tx, configured: Collection[tuple[str, str]], now: datetime) -> None:
    """Only these pairs of project and room are configured: rooms that come back later begin again, silent."""
    found = await tx.rows(sa.select(heard.c.project, heard.c.room).where(heard.c.left_at.is_(None)))
    gone = [
        {"b_project": row.project, "b_room": row.room} for row in found if (row.project, row.room) not in configured
    ]
    this = (heard.c.project == sa.bindparam("b_project")) & (heard.c.room == sa.bindparam("b_room"))
    await tx.run(sa.update(heard).where(this).values(left_at=now, owed=False), gone)


async def forget(tx: Tx, project: str, rooms: Collection[str]) -> None:
    """These rooms hear the project no more; added again, they begin silent."""
    statement = sa.delete(heard).where(heard.c.project == project, heard.c.room == sa.bindparam("b_room"))
    await tx.run(statement, [{"b_room": room} for room in sorted(set(rooms))])


# ---- rooms that were upgraded ---------------------------------------------------------------------------------------------


async def moved(tx: Tx, old: str, new: str) -> None:
    """A room was upgraded: what is addressed to it is said in the new one, also what it refused until now."""
    await leases.note(tx, _MOVED + old, new)
    await heads.lock(tx)
    names = [old, *_along(_back(await _moves(tx)), old)]
    refused = _REFUSED & _in_any(deliveries.c.room, names)
    found = await tx.rows(sa.select(deliveries.c.room, deliveries.c.lane).distinct().where(refused))
    await tx.run(sa.update(deliveries).where(refused).values(state=State.PENDING.value, reason=""))
    await tx.run(sa.delete(holds).where(_in_any(holds.c.room, names)))
    await heads.refresh_heads(tx, [(row.room, row.lane) for row in found], new=True)
    tx.woken.add(chat_of(old))


async def leading_to(tx: Tx, rooms: Collection[str]) -> set[str]:
    """These rooms, by every address that leads to them."""
    back = _back(await _moves(tx))
    return {*rooms, *chain.from_iterable(_along(back, room) for room in rooms)}


async def take_over(tx: Tx, project: str, named: Collection[str]) -> dict[str, datetime]:
    """Who hears the project, once each room that the configuration no longer names has handed over to one that it does, where
    the one was upgraded to the other. What was said there and what waits belongs to the named room from then on."""
    watch_filter = await hearings(tx, project)
    gone = watch_filter.keys() - set(named)
    onward = await _moves(tx) if gone else {}
    names = {_room(name): name for name in sorted(named, reverse=True)}  # a room before its threads
    for room in sorted(gone):
        steps = chain(_along(onward, _room(room)), _along(_back(onward), _room(room)))
        heir = next((names[other] for other in steps if other in names), None)
        if heir is not None:
            since = min(watch_filter[room], watch_filter.get(heir, watch_filter[room]))
            await _hand_over(tx, project, room, heir, since)
            watch_filter[heir] = since
    return watch_filter


async def _hand_over(tx: Tx, project: str, old: str, new: str, since: datetime) -> None:
    """Nothing is said twice: of what both rooms were told, the new one keeps what it was told itself."""
    await heads.lock(tx)
    adding = tx.insert(heard).values(project=project, room=new, since=since)
    await tx.run(
        adding.on_conflict_do_update(index_elements=["project", "room"], set_={"since": since, "began_at": None})
    )
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
    await heads.refresh_heads(tx, {(room, lane) for room in (old, new) for lane in lanes}, new=True)
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
