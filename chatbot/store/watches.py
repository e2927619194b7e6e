"""Which room watches which project, and since when: a room that is added later begins silent."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import watches

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_WAS_WRONG = timedelta(days=30)  # nothing waits so long for a source's first answer


async def since(tx: Tx, project: ProjectId) -> dict[RoomAddress, datetime]:
    """Room address → since when it watches the project."""
    if ("since", project) not in tx.remembered:
        rows = await tx.rows(sa.select(watches.c.room, watches.c.since).where(watches.c.project == project))
        tx.remembered["since", project] = {row.room: row.since for row in rows}
    return dict(tx.remembered["since", project])


async def pairs(tx: Tx) -> set[tuple[ProjectId, RoomAddress]]:
    """Every pair of a project and a room that watches it."""
    rows = await tx.rows(sa.select(watches.c.project, watches.c.room).where(watches.c.left_at.is_(None)))
    return {(row.project, row.room) for row in rows}


async def begin(
    tx: Tx,
    project: ProjectId,
    began: Mapping[RoomAddress, datetime],
    last_read: datetime | None,
    *,
    introduce: bool = False,
) -> None:
    """These rooms watch the project from now on: room → when, by our clock. Those that already do are not changed.

    `last_read` is the source's own time at its last answer, the best that is known of it until the next one
    (`use_server_clock`): what it had not shown by then is news. With `introduce` a new room is owed the newest release.
    """
    rows = await tx.rows(sa.select(watches.c.room, watches.c.left_at).where(watches.c.project == project))
    watching = {row.room for row in rows if row.left_at is None}
    returned = {row.room for row in rows if row.left_at is not None}
    for room in sorted(began.keys() - watching):
        owed = introduce and room not in returned
        placed = owed and last_read is not None  # the newest release that we know, and whatever comes after it
        values = {"since": last_read or _BEFORE_ALL, "began_at": None if placed else began[room], "owed": owed}
        adding = tx.insert(watches).values(project=project, room=room, left_at=None, **values)
        renewed = {**values, "left_at": None}
        await tx.run(adding.on_conflict_do_update(index_elements=["project", "room"], set_=renewed))
        tx.remembered.pop(("since", project), None)


async def use_server_clock(tx: Tx, project: ProjectId, read_at: datetime, now: datetime) -> None:
    """The source's clock showed `read_at` when ours showed `now`: write down by its clock when watches began that began by
    ours."""
    ours = (watches.c.project == project) & watches.c.began_at.is_not(None)
    for row in await tx.rows(sa.select(watches).where(ours)):
        began = max(row.since, by_server(row.began_at, read_at, now))
        this = ours & (watches.c.room == row.room)
        await tx.run(sa.update(watches).where(this).values(since=began, began_at=None))
        tx.remembered.pop(("since", project), None)


def by_server(began_at: datetime, read_at: datetime, now: datetime) -> datetime:
    """When something that began by our clock began by a server's, which showed `read_at` when ours showed `now`. In whole
    seconds, as servers write their times; where our clock was plainly put right in between, `read_at` itself."""
    elapsed = now - began_at if timedelta() <= now - began_at < _CLOCK_WAS_WRONG else timedelta()
    return (read_at - elapsed).replace(microsecond=0)


async def owed_newest(tx: Tx, project: ProjectId) -> frozenset[RoomAddress]:
    """The rooms that are still owed the newest release."""
    rows = await tx.rows(sa.select(watches.c.room).where(watches.c.project == project, watches.c.owed))
    return frozenset(row.room for row in rows)


async def settle_owed(tx: Tx, project: ProjectId, rooms: Collection[RoomAddress]) -> None:
    """It was decided whether these rooms are shown the newest release."""
    ours = (watches.c.project == project) & watches.c.room.in_(sorted(rooms))
    await tx.run(sa.update(watches).where(ours).values(owed=False))


async def end_others(tx: Tx, current: Collection[tuple[ProjectId, RoomAddress]], now: datetime) -> None:
    """Only these pairs of project and room are configured: rooms that come back later begin again, silent."""
    others = [{"b_project": project, "b_room": room} for project, room in sorted(await pairs(tx) - set(current))]
    this = (watches.c.project == sa.bindparam("b_project")) & (watches.c.room == sa.bindparam("b_room"))
    await tx.run(sa.update(watches).where(this).values(left_at=now, owed=False), others)


async def end(tx: Tx, project: ProjectId, room: RoomAddress, now: datetime) -> None:
    """The room no longer watches the project; if it does again, it begins silent."""
    this = (watches.c.project == project) & (watches.c.room == room) & watches.c.left_at.is_(None)
    await tx.run(sa.update(watches).where(this).values(left_at=now, owed=False))


async def remove(tx: Tx, project: ProjectId, rooms: Collection[RoomAddress]) -> None:
    """These rooms no longer watch the project; added again, they begin silent."""
    statement = sa.delete(watches).where(watches.c.project == project, watches.c.room == sa.bindparam("b_room"))
    await tx.run(statement, [{"b_room": room} for room in sorted(set(rooms))])
    tx.remembered.pop(("since", project), None)
