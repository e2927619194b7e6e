"""Advisories of which a person wants to hear nothing more."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import mutes
from chatbot.store.database.rows import listed_texts, texts
from chatbot.store.subscriptions import changes


async def add(tx: Tx, person: RoomAddress, project: ProjectId, advisory: str, now: datetime) -> None:
    """The person wants to hear nothing more of this advisory."""
    await changes.note(tx)
    values = {"person": person, "project": project, "advisory": advisory, "at": now}
    await tx.run(tx.insert(mutes).values(**values).on_conflict_do_nothing())


async def remove(tx: Tx, person: RoomAddress, project: ProjectId, advisory: str) -> None:
    """The person wants to hear of it again."""
    await changes.note(tx)
    await tx.run(sa.delete(mutes).where(*_this(person, project, advisory)))


async def of(tx: Tx, person: RoomAddress) -> list[tuple[ProjectId, str, datetime]]:
    """What a person muted, and when: project, advisory, time."""
    rows = await tx.rows(sa.select(mutes).where(mutes.c.person == person).order_by(mutes.c.at, mutes.c.advisory))
    return [(ProjectId(row.project), row.advisory, row.at) for row in rows]


async def who(tx: Tx, project: ProjectId, advisories: Collection[str], persons: Collection[str]) -> frozenset[str]:
    """Who of these people muted an advisory under one of these ids."""
    these = (mutes.c.project == project) & mutes.c.advisory.in_(sorted(advisories))
    statement = sa.select(mutes.c.person).where(these, mutes.c.person.in_(texts(tx.postgres)))
    return frozenset(row.person for row in await tx.rows(statement, {"b_texts": listed_texts(tx, persons)}))


def _this(person: RoomAddress, project: ProjectId, advisory: str) -> tuple[sa.ColumnElement[bool], ...]:
    return mutes.c.person == person, mutes.c.project == project, mutes.c.advisory == advisory
