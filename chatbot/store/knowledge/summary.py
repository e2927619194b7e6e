"""What is known of projects in numbers, without reading any fact: for the log of a start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.store.database import tables
from chatbot.store.database.db import Tx
from chatbot.store.knowledge import policies, source_states


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How much is known of one project, and what could not be read: source → why."""

    baseline_at: datetime | None
    releases: int
    advisories: int
    policy: TrackedPolicy | None
    unreadable_policy: TrackedPolicy | None
    unread: Mapping[str, str]


async def summary(tx: Tx, project: ProjectId) -> Summary:
    """What is known of the project."""
    states = await source_states.of_project(tx, project)
    policy, _, unreadable = await policies.load(tx, project, None)
    return Summary(
        baseline_at=(await baselines(tx)).get(project),
        releases=await _count(tx, tables.releases, project),
        advisories=await _count(tx, tables.advisories, project),
        policy=policy,
        unreadable_policy=unreadable,
        unread={state.name: state.trouble or state.gap for state in states if state.trouble or state.gap},
    )


async def baselines(tx: Tx) -> dict[ProjectId, datetime]:
    """When each project was first read completely; those that never were are left out."""
    rows = await tx.rows(sa.select(tables.projects.c.id, tables.projects.c.baseline_at))
    return {row.id: row.baseline_at for row in rows if row.baseline_at is not None}


async def _count(tx: Tx, table: sa.Table, project: ProjectId) -> int:
    statement = sa.select(sa.func.count().label("many")).select_from(table)
    row = await tx.row(statement.where(table.c.project == project, sa.not_(table.c.gone)))
    return int(row.many) if row else 0
