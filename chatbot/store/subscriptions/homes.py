"""The rooms where people subscribed: who did so where, and since when the configuration has not named a room of theirs."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.account_tables import notes
from chatbot.store.database.columns import from_number, to_number
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import subscriptions
from chatbot.store.subscriptions import changes

Home = tuple[ProjectId, RoomAddress]
"""A project, and a room where somebody subscribed to it; no room where that was in a DM."""
_MISSING = "people/home/"  # followed by the project, a slash and the room, among the notes


async def of(tx: Tx, projects: Collection[ProjectId]) -> set[Home]:
    """Where people subscribed to these projects."""
    these = subscriptions.c.project.in_(sorted(projects))
    rows = await tx.rows(sa.select(subscriptions.c.project, subscriptions.c.home).distinct().where(these))
    return {(ProjectId(row.project), RoomAddress(row.home)) for row in rows}


async def people(tx: Tx, home: Home) -> list[RoomAddress]:
    """Who subscribed to the project there."""
    project, room = home
    here = (subscriptions.c.project == project) & (subscriptions.c.home == room)
    rows = await tx.rows(sa.select(subscriptions.c.person).distinct().where(here).order_by(subscriptions.c.person))
    return [RoomAddress(row.person) for row in rows]


async def hand_over(tx: Tx, project: ProjectId, old: RoomAddress, new: RoomAddress) -> None:
    """A room goes on under another address: whoever subscribed in it did so in that one."""
    await changes.note(tx)
    here = (subscriptions.c.project == project) & (subscriptions.c.home == old)
    await tx.run(sa.update(subscriptions).where(here).values(home=new))


async def missing(tx: Tx) -> dict[Home, datetime]:
    """The rooms that the configuration does not name, and since when that has been known."""
    rows = await tx.rows(sa.select(notes).where(notes.c.name.startswith(_MISSING, autoescape=True)))
    return {_home(row.name): from_number(int(row.value)) for row in rows}


async def keep_missing(tx: Tx, since: Mapping[Home, datetime]) -> None:
    """These are missing since then, and no others."""
    await tx.run(sa.delete(notes).where(notes.c.name.startswith(_MISSING, autoescape=True)))
    rows = [
        {"name": f"{_MISSING}{project}/{room}", "value": str(to_number(at))} for (project, room), at in since.items()
    ]
    if rows:
        await tx.run(sa.insert(notes), rows)


def _home(name: str) -> Home:
    project, _, room = name.removeprefix(_MISSING).partition("/")
    return ProjectId(project), RoomAddress(room)
