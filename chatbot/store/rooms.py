"""Since when each room hears a project: a room that is added later begins silent."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from chatbot.store.db import Tx
from chatbot.store.tables import hearings as heard


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
