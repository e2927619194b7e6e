"""What each source was last asked: its cursor, when it last answered, what troubles it, and what waits to be confirmed."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.source_profile import SourceProfile
from chatbot.store.database.columns import Moment
from chatbot.store.database.db import Tx, ensure_project
from chatbot.store.database.tables import pending, projects, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is kept of a source.

    `began_at` is when it was configured (our clock), `server_at` the server's own time at its last answer, `gap` what its
    last whole reading could not get.
    """

    name: str
    profile: SourceProfile
    read_at: datetime | None
    baseline_at: datetime | None
    trouble: str
    began_at: datetime | None = None
    server_at: datetime | None = None
    gap: str = ""


async def ensure(tx: Tx, project: ProjectId, source: str, profile: SourceProfile, now: datetime) -> SourceState:
    """The source as it is kept; written down at the first meeting."""
    return (await ensure_all(tx, project, [(source, profile)], now))[source]


async def ensure_all(
    tx: Tx, project: ProjectId, named: Sequence[tuple[str, SourceProfile]], now: datetime
) -> Mapping[str, SourceState]:
    """All sources of the project by name, once those that are named (with their profiles) are written down."""
    states = {state.name: state for state in await of_project(tx, project)}
    news = [(name, profile) for name, profile in named if name not in states or states[name].profile != profile]
    if not news:
        return states
    for name, profile in news:
        await _write_down(tx, project, name, profile, now)
    return {state.name: state for state in await of_project(tx, project)}


async def _write_down(tx: Tx, project: ProjectId, source: str, profile: SourceProfile, now: datetime) -> None:
    values = {"kind": profile.kind, "origin": profile.origin, "authoritative": profile.authoritative}
    adding = tx.insert(sources).values(name=source, project=project, began_at=now, **values)
    await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_=values))
    tx.remembered.pop(("sources", project), None)


async def of_project(tx: Tx, project: ProjectId) -> Sequence[SourceState]:
    """Every source of the project; read once in a transaction, which writes what it changes of them here too."""
    if ("sources", project) not in tx.remembered:
        tx.remembered["sources", project] = await _read(tx, project)
    states: Sequence[SourceState] = tx.remembered["sources", project]
    return states


async def update(tx: Tx, project: ProjectId, source: str, values: Mapping[str, datetime | str | None]) -> None:
    """Change what is kept of a source: `read_at`, `baseline_at`, `server_at`, `trouble`, `gap`."""
    await tx.run(sa.update(sources).where(sources.c.name == source).values(**values))
    texts = {name: value or "" for name, value in values.items() if name in ("trouble", "gap")}
    changed: dict[str, Any] = {**values, **texts}
    tx.remembered["sources", project] = [
        replace(state, **changed) if state.name == source else state for state in await of_project(tx, project)
    ]


async def _read(tx: Tx, project: ProjectId) -> list[SourceState]:
    rows = await tx.rows(sa.select(sources).where(sources.c.project == project).order_by(sources.c.name))
    return [
        SourceState(
            name=row.name,
            profile=SourceProfile(row.kind, row.origin, row.authoritative),
            read_at=row.read_at,
            baseline_at=row.baseline_at,
            trouble=row.trouble or "",
            began_at=row.began_at,
            server_at=row.server_at,
            gap=row.gap or "",
        )
        for row in rows
    ]


async def names(tx: Tx) -> set[str]:
    """Every source that was met."""
    return {row.name for row in await tx.rows(sa.select(sources.c.name))}


async def cursor(tx: Tx, source: str) -> dict[str, str]:
    """What the source's last batch said, empty at first."""
    row = await tx.row(sa.select(sources.c.cursor).where(sources.c.name == source))
    return dict(json.loads(row.cursor)) if row else {}


async def move_cursor(tx: Tx, source: str, to: Mapping[str, str]) -> None:
    """Remember where the source goes on, in the transaction that records what it brought."""
    await tx.run(sa.update(sources).where(sources.c.name == source).values(cursor=json.dumps(dict(to), sort_keys=True)))


async def note_trouble(
    tx: Tx, project: ProjectId, source: str, profile: SourceProfile, reason: str, now: datetime
) -> None:
    """Write down why a poll failed."""
    await ensure(tx, project, source, profile, now)
    await update(tx, project, source, {"trouble": reason})


async def note_polls(
    tx: Tx,
    answers: Sequence[tuple[str, str, datetime]],
    servers: Mapping[str, datetime] = MappingProxyType({}),
    troubles: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """The same for many sources that answered that nothing is new: (project, source, when), each met before. `servers` are
    the times that the sources' own clocks showed, `troubles` why some are not asked again for a while."""
    statement = sa.update(sources).where(sources.c.name == sa.bindparam("b_name"))
    server = sa.func.coalesce(sa.bindparam("b_server", type_=Moment), sources.c.server_at)
    statement = statement.values(
        trouble=sa.bindparam("b_trouble", type_=sa.Text), read_at=sa.bindparam("b_at"), server_at=server
    )
    rows = [
        {"b_name": name, "b_at": when, "b_server": servers.get(name), "b_trouble": troubles.get(name)}
        for _, name, when in answers
    ]
    await tx.run(statement, rows)
    for project in {project for project, _, _ in answers}:
        tx.remembered.pop(("sources", project), None)


def server_time(states: Iterable[SourceState]) -> datetime | None:
    """What the clock of the project's forge showed at its last answer; None before the first one."""
    return max((state.server_at for state in states if state.profile.dates_news and state.server_at), default=None)


async def signal(tx: Tx, project: ProjectId, tags: Collection[str], now: datetime) -> None:
    """Remember tags that a signal named, until a listing has answered."""
    adding = tx.insert(pending).on_conflict_do_nothing()
    await tx.run(adding, [{"project": project, "tag": tag, "seen_at": now} for tag in sorted(set(tags))])


async def confirm(tx: Tx, project: ProjectId, now: datetime) -> None:
    """A listing answered: what a signal named before is a release by now, or is none."""
    if await tx.run(sa.delete(pending).where(pending.c.project == project, pending.c.seen_at < now)):
        await bump(tx, [project])


async def waiting(tx: Tx, project: ProjectId) -> dict[str, datetime]:
    """Tags that wait to be confirmed, with the time they were seen."""
    rows = await tx.rows(sa.select(pending.c.tag, pending.c.seen_at).where(pending.c.project == project))
    return {row.tag: row.seen_at for row in rows}


async def bump(tx: Tx, of: Sequence[ProjectId]) -> None:
    """Count a change of what is known of the projects: who keeps Knowledge in memory reads it again."""
    statement = sa.update(projects).where(projects.c.id == sa.bindparam("b_id"))
    for project in of:
        await ensure_project(tx, project)
    await tx.run(statement.values(version=projects.c.version + 1), [{"b_id": project} for project in of])
