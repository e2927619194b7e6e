"""The events of servers that stand for planned releases, each with its id, or with why there is none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import server_events


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """What became of one planned release in one server.

    room: a room of ours there
    event: the event's id; "" where there is none
    shows: the digest of what it shows, or should show
    reason: why there is none, "" where there is one
    at: when it was last tried
    """

    server: str
    project: ProjectId
    version: str
    room: RoomAddress
    event: str = ""
    shows: str = ""
    reason: str = ""
    at: datetime


async def every(tx: Tx, project: ProjectId | None = None) -> list[StoredEvent]:
    """All of them (of one project)."""
    statement = sa.select(server_events).order_by(*server_events.primary_key.columns)
    if project is not None:
        statement = statement.where(server_events.c.project == project)
    return [_stored(row) for row in await tx.rows(statement)]


async def put(tx: Tx, event: StoredEvent) -> None:
    """Store one in the place of what was stored of it."""
    values = {"room": event.room, "event": event.event, "shows": event.shows, "reason": event.reason, "at": event.at}
    adding = tx.insert(server_events).values(
        server=event.server, project=event.project, version=event.version, **values
    )
    await tx.run(adding.on_conflict_do_update(index_elements=["server", "project", "version"], set_=values))


async def remove(tx: Tx, event: StoredEvent) -> None:
    """Forget one."""
    mine = (server_events.c.server == event.server) & (server_events.c.project == event.project)
    await tx.run(sa.delete(server_events).where(mine, server_events.c.version == event.version))


def _stored(row: sa.Row[Any]) -> StoredEvent:
    return StoredEvent(
        server=row.server,
        project=ProjectId(row.project),
        version=row.version,
        room=RoomAddress(row.room),
        event=row.event,
        shows=row.shows,
        reason=row.reason,
        at=row.at,
    )
