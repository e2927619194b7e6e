"""What a project's maintainers were told to put right in their room, and what is not put right yet."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from chatbot.core.drift.schedule import LastTold
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import findings

_KEY = ["project", "room", "key"]


async def load(tx: Tx, project: ProjectId, room: RoomAddress, start: str) -> dict[str, LastTold]:
    """By key, without its `start`, what was said in the room of findings whose keys begin so."""
    ours = (
        (findings.c.project == project) & (findings.c.room == room) & findings.c.key.startswith(start, autoescape=True)
    )
    rows = await tx.rows(sa.select(findings).where(ours))
    return {row.key.removeprefix(start): LastTold(row.problem, row.at) for row in rows}


async def keep(tx: Tx, project: ProjectId, room: RoomAddress, start: str, records: Mapping[str, LastTold]) -> None:
    """What was said now. Another room of the project's maintainers, from before, is forgotten."""
    await tx.run(sa.delete(findings).where(findings.c.project == project, findings.c.room != room))
    for key, last in sorted(records.items()):
        values = {"problem": last.problem, "at": last.at}
        adding = tx.insert(findings).values(project=project, room=room, key=start + key, **values)
        await tx.run(adding.on_conflict_do_update(index_elements=_KEY, set_=values))


async def drop(tx: Tx, project: ProjectId, room: RoomAddress, start: str, keys: Collection[str]) -> None:
    """These are put right."""
    names = [start + key for key in keys]
    ours = (findings.c.project == project) & (findings.c.room == room) & findings.c.key.in_(names)
    await tx.run(sa.delete(findings).where(ours))
