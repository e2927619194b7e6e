"""Upgraded rooms: an address leads on, and a room that the configuration names again takes over what the other one had."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import chain

import sqlalchemy as sa

from chatbot.core.delivery import NOT_CLAIMED, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store import digests, leases, reminders, watches
from chatbot.store.database.account_tables import notes
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import announcements, decisions, deliveries, holds
from chatbot.store.database.tables import watches as watch_rows
from chatbot.store.outbox import heads
from chatbot.store.outbox.refusals import REFUSED
from chatbot.store.outbox.rows import places
from chatbot.store.outbox.transitions import transition
from chatbot.store.subscriptions import homes

_MOVED = "moved/"  # and an address: the note of where an upgraded room went


async def record_upgrade(tx: Tx, old: RoomAddress, new: RoomAddress) -> None:
    """A room was upgraded: what is addressed to it is posted in the new one, also what it refused until now."""
    await leases.note(tx, _MOVED + old, new)
    await heads.lock(tx)
    names = [old, *_along(_back(await _moves(tx)), old)]
    there = _in_any(deliveries.c.room, names)
    changed = await places(tx, there, REFUSED)
    await tx.run(transition(State.PENDING, there, source=(State.REFUSED,), reason=""))
    await tx.run(sa.delete(holds).where(_in_any(holds.c.room, names)))
    await heads.refresh(tx, changed, new=True)
    tx.woken.add(old.chat)


async def leading_to(tx: Tx, rooms: Collection[RoomAddress]) -> set[RoomAddress]:
    """These rooms, by every address that leads to them."""
    back = _back(await _moves(tx))
    return {*rooms, *chain.from_iterable(_along(back, room) for room in rooms)}


async def take_over(tx: Tx, project: ProjectId, targets: Collection[RoomAddress]) -> dict[RoomAddress, datetime]:
    """Let each room that the configuration no longer names hand over to one that it does, where the one was upgraded to the
    other: what was posted there and what waits belongs to the named room from then on. Return who watches the project then."""
    since = await watches.since(tx, project)
    strays = since.keys() - set(targets)
    onward = await _moves(tx) if strays else {}
    names = {_room(name): name for name in sorted(targets, reverse=True)}  # a room before its threads
    for room in sorted(strays):
        steps = chain(_along(onward, _room(room)), _along(_back(onward), _room(room)))
        heir = next((names[other] for other in steps if other in names), None)
        if heir is not None:
            since[heir] = min(since[room], since.get(heir, since[room]))
            await _hand_over(tx, project, room, heir, since[heir])
    return since


async def _hand_over(tx: Tx, project: ProjectId, old: RoomAddress, new: RoomAddress, since: datetime) -> None:
    """Nothing is posted twice: of what both rooms were told, the new one keeps what it was told itself."""
    await homes.hand_over(tx, project, old, new)
    await heads.lock(tx)
    adding = tx.insert(watch_rows).values(project=project, room=new, since=since)
    await tx.run(
        adding.on_conflict_do_update(index_elements=["project", "room"], set_={"since": since, "began_at": None})
    )
    announced = sa.select(announcements.c.subject).where(announcements.c.room == new).scalar_subquery()
    ours = (announcements.c.project == project) & (announcements.c.room == old)
    await tx.run(sa.update(announcements).where(ours, announcements.c.subject.not_in(announced)).values(room=new))
    subjects = sa.select(decisions.c.subject).where(decisions.c.room == new, decisions.c.latest).scalar_subquery()
    ours = (decisions.c.project == project) & (decisions.c.room == old)
    await tx.run(sa.update(decisions).where(ours, decisions.c.subject.in_(subjects)).values(latest=False))
    await tx.run(sa.update(decisions).where(ours).values(room=new))
    await digests.hand_over(tx, project, old, new)
    await reminders.hand_over(tx, project, old, new)
    await _hand_over_deliveries(tx, project, old, new)


async def _hand_over_deliveries(tx: Tx, project: ProjectId, old: RoomAddress, new: RoomAddress) -> None:
    here = (deliveries.c.project == project) & (deliveries.c.room == old)
    ours = here & (deliveries.c.state != State.SENDING.value)  # what is under way is recorded where it was claimed
    changed = await places(tx, here, state_in(NOT_CLAIMED))
    await tx.run(transition(State.PENDING, here, source=(State.REFUSED,), reason=""))
    await tx.run(sa.update(deliveries).where(ours).values(room=new))
    refused = sa.select(deliveries.c.id).where(deliveries.c.room == old, REFUSED)
    await tx.run(sa.delete(holds).where(holds.c.room == old, ~refused.exists()))
    await heads.refresh(tx, changed | {(new, lane) for _, lane in changed}, new=True)
    tx.woken.add(new.chat)
    if await tx.row(sa.select(deliveries.c.id).where(here).limit(1)) is None:  # else the rest follows at the next poll
        await watches.remove(tx, project, [old])


async def _moves(tx: Tx) -> dict[RoomAddress, RoomAddress]:
    """Address of an upgraded room → where it went."""
    rows = await tx.rows(sa.select(notes).where(notes.c.name.startswith(_MOVED, autoescape=True)))
    return {RoomAddress(row.name.removeprefix(_MOVED)): RoomAddress(row.value) for row in rows}


def _back(moves: Mapping[RoomAddress, RoomAddress]) -> dict[RoomAddress, RoomAddress]:
    return {new: old for old, new in moves.items()}


def _along(way: Mapping[RoomAddress, RoomAddress], room: RoomAddress) -> Iterator[RoomAddress]:
    """Where the way leads from a room, step by step; a circle ends where it began."""
    visited = {room}
    while (room := way.get(room, room)) not in visited:
        visited.add(room)
        yield room


def _room(address: RoomAddress) -> RoomAddress:
    """The room of a thread; a room is its own."""
    return RoomAddress(address.partition("/$")[0])


def _in_any(column: sa.ColumnElement[str], rooms: Collection[RoomAddress]) -> sa.ColumnElement[bool]:
    """Whether a column names one of these rooms, or a thread in it."""
    threads = [column.startswith(f"{room}/$", autoescape=True) for room in rooms]
    return sa.or_(column.in_(sorted(rooms)), *threads)
