"""What we know of a project: a batch is merged into it in one transaction, and all of it is read back at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.knowledge import Knowledge, SourceReading
from chatbot.core.model.lifecycle import Lifecycle
from chatbot.core.model.source_profile import SourceProfile
from chatbot.ports import Batch
from chatbot.store.database import tables, wire
from chatbot.store.database.db import Tx, ensure_project
from chatbot.store.database.tables import projects
from chatbot.store.knowledge import advisories, images, policies, releases, source_states
from chatbot.store.knowledge.releases import Reading
from chatbot.store.knowledge.source_states import SourceState, cursor, move_cursor, note_polls, note_trouble
from chatbot.store.watches import by_server

__all__ = [
    "Upserted",
    "cursor",
    "first_read_since",
    "load",
    "mark_gone",
    "move_cursor",
    "note_polls",
    "note_trouble",
    "pages",
    "sources",
    "upsert",
    "version",
]


_EVER = datetime.max.replace(tzinfo=UTC)
_WRONG = timedelta(minutes=1)  # by which a clock must have been ahead; replicas' clocks differ by less
_TIMES = {
    tables.releases: ("first_read_at", "read_at", "changed_at", "promoted_at", "missing_since"),
    tables.advisories: ("first_read_at", "read_at", "changed_at", "missing_since"),
    tables.advisory_reports: ("read_at", "missing_since"),
    tables.policies: ("first_read_at", "read_at"),
    tables.pending: ("seen_at",),
    tables.sources: ("read_at", "began_at"),
    tables.watches: ("began_at",),
}


@dataclass(frozen=True, slots=True)
class Upserted:
    """What a batch changed: subjects such as `release/project/tag`, `advisory/project/GHSA-…` and `policy/project`.
    `baseline` says that this was the source's first whole listing: all it brought was published before we listened."""

    changed: frozenset[str]
    baseline: bool = False


async def first_read_since(tx: Tx, project: ProjectId, at: datetime) -> set[str]:
    """The subjects of all that was first read at this time or later, such as `release/project/tag`."""
    releases_read, advisories_read, pages_read = tables.releases.c, tables.advisories.c, tables.policies.c
    tags = sa.select(releases_read.tag).where(releases_read.project == project, releases_read.first_read_at >= at)
    ids = sa.select(advisories_read.id).where(advisories_read.project == project, advisories_read.first_read_at >= at)
    page = sa.select(pages_read.id).where(pages_read.project == project, pages_read.first_read_at >= at).limit(1)
    subjects = {SubjectId("release", project, row.tag) for row in await tx.rows(tags)}
    subjects |= {SubjectId("advisory", project, row.id) for row in await tx.rows(ids)}
    subjects |= {SubjectId("policy", project) for _ in await tx.rows(page)}
    return {str(subject) for subject in subjects}


async def upsert(
    tx: Tx,
    project: ProjectId,
    source: str,
    profile: SourceProfile,
    batch: Batch,
    now: datetime,
    *,
    readable: Callable[[str], bool],
) -> Upserted:
    """Merge what a poll brought. `readable` says whether a policy's text can be read."""
    state = await source_states.ensure(tx, project, source, profile, now)
    if state.read_at is not None and state.read_at > now + _WRONG:
        await _clamp_future_times(tx, project, now)
    changed: set[str] = set()
    reread = False
    if not batch.unchanged:
        changed = await _merge(tx, state, project, batch, now)
        page_changes = {
            await policies.upsert(tx, page, now, readable=readable(page.text))
            for page in batch.observed
            if isinstance(page, PolicyPage)
        }
        changed |= {str(SubjectId("policy", project))} if "another" in page_changes else set()
        reread = "read at last" in page_changes
    baseline = state.baseline_at is None and _listed(batch)
    if baseline:
        await _complete(tx, state, project, batch.read_at)
    await source_states.update(tx, project, source, _answered(batch, now))
    if state.profile.kind == "release":
        await source_states.confirm(tx, project, now)
    if batch.signal:
        await source_states.signal(tx, project, batch.signal, now)
    if batch.private_form:
        await _note(tx, project, private_form=batch.private_form)
    if batch.lifecycle is not None:
        await _note(tx, project, lifecycle=wire.dumps(batch.lifecycle))
    if changed or reread or baseline or batch.signal or batch.private_form or batch.lifecycle is not None:
        await source_states.bump(tx, [project])
    return Upserted(frozenset(changed), baseline)


async def _note(tx: Tx, project: ProjectId, **columns: str) -> None:
    await ensure_project(tx, project)
    await tx.run(sa.update(projects).where(projects.c.id == project).values(**columns))


def _answered(batch: Batch, now: datetime) -> dict[str, datetime | str | None]:
    """What a successful poll says of its source."""
    columns: dict[str, datetime | str | None] = {"read_at": now, "trouble": None, "server_at": batch.read_at}
    return columns | ({"gap": batch.gap or None} if _listed(batch) else {})


def _listed(batch: Batch) -> bool:
    """Whether it is a whole listing, or as much of one as can be had."""
    return batch.present is not None or bool(batch.gap)


async def _clamp_future_times(tx: Tx, project: ProjectId, now: datetime) -> None:
    """Times that lie ahead were written by a clock that was wrong: nothing waits for them, or seems fresh until then."""
    for table, columns in _TIMES.items():
        for name in columns:
            ahead = sa.update(table).where(table.c.project == project, table.c[name] > now)
            await tx.run(ahead.values({name: now}))
    tx.remembered.pop(("sources", project), None)
    tx.remembered.pop(("since", project), None)


async def _merge(tx: Tx, state: SourceState, project: ProjectId, batch: Batch, now: datetime) -> set[str]:
    changed: set[str] = set()
    release_facts = [fact for fact in batch.observed if isinstance(fact, Release)]
    if release_facts or state.profile.kind == "release":
        changed |= await releases.upsert(tx, await _reading(tx, state, project, batch, now, "release"), release_facts)
    advisory_facts = [fact for fact in batch.observed if isinstance(fact, Advisory)]
    if advisory_facts or state.profile.kind == "advisory":
        changed |= await advisories.upsert(
            tx, await _reading(tx, state, project, batch, now, "advisory"), advisory_facts
        )
    return changed


async def _reading(tx: Tx, state: SourceState, project: ProjectId, batch: Batch, now: datetime, kind: str) -> Reading:
    listed = state.profile.kind == kind
    return Reading(
        project,
        state.name,
        state.profile.origin,
        now,
        present=batch.present if listed else None,
        absent=batch.absent if listed else frozenset(),
        before=await _before(tx, state, project, batch, now, kind),
    )


async def _before(
    tx: Tx, state: SourceState, project: ProjectId, batch: Batch, now: datetime, kind: str
) -> datetime | None:
    """Until when what is new by this source was published, to be no news: while nobody has read a whole listing it may be
    years old, and what was published since the source was configured is news. None where everything new is news. A source
    that lists nothing (a webhook) relies on those that do."""
    if state.profile.kind != kind:
        complete = any(
            other.profile.kind == kind and other.baseline_at for other in await source_states.of_project(tx, project)
        )
        return None if complete else _EVER
    if state.baseline_at is not None:
        return None
    if state.began_at is None or state.began_at >= now or not _listed(batch):
        return _EVER
    return by_server(state.began_at, batch.read_at, now)


async def _complete(tx: Tx, state: SourceState, project: ProjectId, at: datetime) -> None:
    await source_states.update(tx, project, state.name, {"baseline_at": at})
    if state.profile.kind == "release":
        statement = sa.update(projects).where(projects.c.id == project, projects.c.baseline_at.is_(None))
        await ensure_project(tx, project)
        await tx.run(statement.values(baseline_at=at))


async def mark_gone(tx: Tx, project: ProjectId, subject: str) -> bool:
    """Note that a fact's own address confirmed its removal; return whether that is news. `subject` as in Upserted."""
    about = SubjectId.parse(subject)
    if about.project != project:
        return False
    marking = releases.mark_gone if about.kind == "release" else advisories.mark_gone
    news = await marking(tx, project, about.name)
    if news:
        await source_states.bump(tx, [project])
    return news


async def sources(tx: Tx, project: ProjectId) -> Mapping[str, SourceReading]:
    """How fresh what we know is; this changes without a new version."""
    return _readings(await source_states.of_project(tx, project))


def _readings(states: Sequence[SourceState]) -> Mapping[str, SourceReading]:
    return {
        state.name: SourceReading(profile=state.profile, read_at=state.read_at, trouble=state.trouble, gap=state.gap)
        for state in states
    }


async def pages(tx: Tx, project: ProjectId) -> tuple[PolicyPage, ...]:
    """The policy pages that answers and plans are made from."""
    known = await policies.load(tx, project, None)
    return tuple(tracked.page for tracked in known if tracked is not None)


async def version(tx: Tx, project: ProjectId) -> int:
    """Counts every change of what is known: what was loaded at this version is still true, apart from its `sources`."""
    row = await tx.row(sa.select(projects.c.version).where(projects.c.id == project))
    return int(row.version) if row else 0


async def versions(tx: Tx) -> dict[str, int]:
    """The same count of every project."""
    return {row.id: row.version for row in await tx.rows(sa.select(projects.c.id, projects.c.version))}


async def load(tx: Tx, project: ProjectId) -> Knowledge:
    """All we know of the project; of one nobody has read yet, nothing."""
    row = await tx.row(sa.select(projects).where(projects.c.id == project))
    states = await source_states.of_project(tx, project)
    touched = max((state.read_at for state in states if state.profile.kind == "policy" and state.read_at), default=None)
    policy, previous, unreadable = await policies.load(tx, project, touched)
    return Knowledge(
        project=project,
        version=row.version if row else 0,
        baseline_at=row.baseline_at if row else None,
        releases=await releases.load(tx, project, states),
        advisories=await advisories.load(tx, project, states),
        policy=policy,
        previous_policy=previous,
        newer_unreadable=unreadable,
        private_form=row.private_form if row else "unknown",
        lifecycle=wire.loads(Lifecycle, row.lifecycle) if row and row.lifecycle else None,
        images=await images.load(tx, project),
        pending=await source_states.waiting(tx, project),
        sources=_readings(states),
    )
