"""What nobody watches any more is forgotten: all that is known of a repository that was watched by command, and who wanted it."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.delivery import PRUNABLE
from chatbot.core.model.ids import ProjectId
from chatbot.core.watching.room_watch import is_of_repository
from chatbot.store import room_watches
from chatbot.store.database import people_tables, tables
from chatbot.store.database.db import Store, Tx
from chatbot.store.database.states import state_in
from chatbot.store.outbox import heads
from chatbot.store.outbox.deliveries import drop_project
from chatbot.store.subscriptions import changes

_KNOWLEDGE = (
    *(tables.sources, tables.pending, tables.releases, tables.advisories, tables.advisory_ids, tables.advisory_reports),
    *(
        tables.images,
        tables.advisory_revisions,
        tables.policies,
        tables.decisions,
        tables.watches,
        tables.parsing,
        tables.announcements,
    ),
)
_OF_PEOPLE = (
    *(people_tables.subscriptions, people_tables.mutes, people_tables.snoozes),
    people_tables.server_events,
    *(people_tables.fan_outs, people_tables.fan_out_facts, people_tables.digest_items, people_tables.reminders),
)


async def forget_unwatched(store: Store, now: datetime) -> list[ProjectId]:
    """Forget the repositories that no room watches any more; return which. Raises StoreUnavailable."""
    async with store.reading() as tx:
        projects = await _unwatched(tx)
    forgotten_projects: list[ProjectId] = []
    for project in projects:
        async with store.writing(project) as tx:
            if project in await _unwatched(tx):
                await _forget(tx, project, now)
                forgotten_projects.append(project)
    return forgotten_projects


async def _unwatched(tx: Tx) -> Collection[ProjectId]:
    watched = {watch.project for watch in await room_watches.every(tx)}
    ids = {ProjectId(row.id) for row in await tx.rows(sa.select(tables.projects.c.id))}
    return sorted(each for each in ids - watched if is_of_repository(each))


async def _forget(tx: Tx, project: ProjectId, now: datetime) -> None:
    await changes.note(tx)
    await heads.lock(tx)
    await drop_project(tx, project, now)
    settled = tables.deliveries.c.project == project
    await tx.run(sa.delete(tables.deliveries).where(settled, state_in(PRUNABLE)))
    for table in (*_KNOWLEDGE, *_OF_PEOPLE):
        await tx.run(sa.delete(table).where(table.c.project == project))
    await tx.run(sa.delete(tables.projects).where(tables.projects.c.id == project))
