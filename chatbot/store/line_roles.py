"""The roles of servers that stand for release lines, known by their ids, and which rooms belong to which server."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import line_roles, room_servers, subscriptions
from chatbot.store.database.tables import announcements, deliveries


async def every(tx: Tx, server: str | None = None) -> list[LineRole]:
    """All of them (of one server)."""
    statement = sa.select(line_roles).order_by(line_roles.c.server, line_roles.c.project, line_roles.c.line)
    if server is not None:
        statement = statement.where(line_roles.c.server == server)
    return [_line_role(row) for row in await tx.rows(statement)]


async def find(tx: Tx, server: str, project: ProjectId, line: str) -> LineRole | None:
    """The role of a line in a server, whatever state it is in."""
    row = await tx.row(sa.select(line_roles).where(_is(server, project, line)))
    return _line_role(row) if row is not None else None


async def pinged_in(tx: Tx, project: ProjectId) -> dict[RoomAddress, dict[str, str]]:
    """Room → line → the role that stands for it in the room's server."""
    statement = (
        sa.select(room_servers.c.room, line_roles.c.line, line_roles.c.role)
        .join(line_roles, line_roles.c.server == room_servers.c.server)
        .where(line_roles.c.project == project, line_roles.c.role != "", line_roles.c.retired_at.is_(None))
        .order_by(line_roles.c.line)
    )
    by_room: dict[RoomAddress, dict[str, str]] = {}
    for row in await tx.rows(statement):
        by_room.setdefault(RoomAddress(row.room), {})[row.line] = row.role
    return by_room


async def put(tx: Tx, role: LineRole) -> None:
    """Store a role in the place of what was stored of its line."""
    values = {"role": role.role, "adopted": role.adopted, "retired_at": role.retired_at}
    adding = tx.insert(line_roles).values(server=role.server, project=role.project, line=role.line, **values)
    await tx.run(adding.on_conflict_do_update(index_elements=["server", "project", "line"], set_=values))


async def remove(tx: Tx, role: LineRole) -> None:
    """Forget a role."""
    await tx.run(sa.delete(line_roles).where(_is(role.server, role.project, role.line)))


async def servers(tx: Tx) -> dict[RoomAddress, str]:
    """Room → the server that it belongs to."""
    return {RoomAddress(row.room): row.server for row in await tx.rows(sa.select(room_servers))}


async def add_rooms(tx: Tx, rooms: Mapping[RoomAddress, str]) -> None:
    """These rooms have line roles, and belong to these servers."""
    for room, server in sorted(rooms.items()):
        adding = tx.insert(room_servers).values(room=room, server=server)
        await tx.run(adding.on_conflict_do_update(index_elements=["room"], set_={"server": server}))


async def leave_rooms(tx: Tx, heirs: Mapping[RoomAddress, RoomAddress | None]) -> None:
    """These rooms have line roles no more. Who chose a role there keeps it by another room of the server, where there is one."""
    await tx.run(sa.delete(room_servers).where(room_servers.c.room.in_(sorted(heirs))))
    for room, heir in sorted(heirs.items()):
        if heir is not None:
            ours = (subscriptions.c.home == room) & (subscriptions.c.via == "role")
            await tx.run(sa.update(subscriptions).where(ours).values(home=heir))


async def is_waiting(tx: Tx, subject: str) -> bool:
    """Whether an announcement is still on its way to some room."""
    unsent = [state.value for state in (State.PENDING, State.WAITING, State.SENDING, State.DOUBTFUL, State.REFUSED)]
    statement = (
        sa.select(deliveries.c.id)
        .join(announcements, announcements.c.id == deliveries.c.announcement)
        .where(announcements.c.subject == subject, deliveries.c.state.in_(unsent))
    )
    return await tx.row(statement.limit(1)) is not None


async def back_to_dms(tx: Tx, role: LineRole, rooms: Collection[RoomAddress]) -> int:
    """A role pings nobody any more: who chose it in one of these rooms gets DMs from now on. Return how many people that is."""
    ours = (subscriptions.c.project == role.project) & (subscriptions.c.via == "role")
    ours &= (subscriptions.c.kind == "line") & (subscriptions.c.name == role.line)
    ours &= subscriptions.c.home.in_(sorted(rooms))
    return await tx.run(sa.update(subscriptions).where(ours).values(via="dm"))


def _is(server: str, project: ProjectId, line: str) -> sa.ColumnElement[bool]:
    return (line_roles.c.server == server) & (line_roles.c.project == project) & (line_roles.c.line == line)


def _line_role(row: sa.Row[Any]) -> LineRole:
    return LineRole(
        server=row.server,
        project=ProjectId(row.project),
        line=row.line,
        role=row.role,
        adopted=bool(row.adopted),
        retired_at=row.retired_at,
    )
