"""The advisories of a project: what each source reports of it, one advisory for all that share an id, and its revisions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.advisories.identity import merge
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.knowledge import Tracked
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import advisories, advisory_reports, advisory_revisions
from chatbot.store.database.turns import in_turns
from chatbot.store.knowledge import identities
from chatbot.store.knowledge.releases import Reading, is_own, seen_until, with_origin
from chatbot.store.knowledge.source_states import SourceState


async def upsert(tx: Tx, reading: Reading, facts: Sequence[Advisory]) -> set[str]:
    """Write down what was read; return the subjects (`advisory/project/id`) that are new, changed, gone or back."""
    touched = {await _report(tx, reading, fact) for fact in facts}
    if reading.present is not None or reading.absent:
        touched |= await _absent(tx, reading, frozenset(fact.id for fact in facts))
    changed = {name for name in sorted(touched) if await _settle(tx, reading, name)}
    return {str(SubjectId("advisory", reading.project, name)) for name in changed}


async def _report(tx: Tx, reading: Reading, fact: Advisory) -> str:
    """Keep what this source says; return the id by which the advisory is known."""
    name = await identities.of(tx, reading.project, fact.ids)
    text = wire.dumps(fact)
    key = {"project": reading.project, "source": reading.source, "own_id": fact.id}
    values: dict[str, Any] = {
        "advisory": name,
        "origin": reading.origin,
        "fact": text,
        "digest": wire.digest(text),
        "read_at": reading.now,
        "missing_since": None,
    }
    adding = tx.insert(advisory_reports).values(**key, **values)
    await tx.run(adding.on_conflict_do_update(index_elements=["project", "source", "own_id"], set_=values))
    return name


async def _absent(tx: Tx, reading: Reading, in_listing: frozenset[str]) -> set[str]:
    """Mark what the listing lacks as missing from this source, and what it names as there."""
    ours = (advisory_reports.c.project == reading.project) & (advisory_reports.c.source == reading.source)
    touched = set()
    for row in await tx.rows(sa.select(advisory_reports).where(ours)):
        listed = True if row.own_id in in_listing else reading.lists(row.own_id)
        if listed is None or listed == (row.missing_since is None):
            continue
        since = None if listed else reading.now
        statement = sa.update(advisory_reports).where(ours, advisory_reports.c.own_id == row.own_id)
        await tx.run(statement.values(missing_since=since))
        touched.add(row.advisory)
    return touched


async def _settle(tx: Tx, reading: Reading, name: str) -> bool:
    """Put together what the sources say; return whether the advisory is new, changed, gone or back."""
    ours = (advisory_reports.c.project == reading.project) & (advisory_reports.c.advisory == name)
    reports = await tx.rows(sa.select(advisory_reports).where(ours).order_by(advisory_reports.c.read_at))
    present = [report for report in reports if report.missing_since is None]
    merged = _together(report.fact for report in present or reports)
    missing = None if present else max(report.missing_since for report in reports)
    this = (advisories.c.project == reading.project) & (advisories.c.id == name)
    row = await tx.row(sa.select(advisories).where(this))
    text = wire.dumps(merged)
    values: dict[str, Any] = {"fact": text, "digest": wire.digest(text), "missing_since": missing}
    if row is None:
        values |= {"first_read_at": reading.now, "read_at": reading.now, "changed_at": reading.now}
        values |= {"known_before": reading.known_before(merged.published_at), "origins": reading.origin, "gone": False}
        await tx.run(sa.insert(advisories).values(project=reading.project, id=name, **values))
        await _revise(tx, reading, name, text)
        return True
    differs = row.digest != values["digest"] and wire.loads(Advisory, row.fact) != merged
    if differs:
        values["changed_at"] = reading.now
        await _revise(tx, reading, name, text)
    if present:
        values |= {"read_at": reading.now, "gone": False, "origins": with_origin(row.origins, reading.origin)}
    await tx.run(sa.update(advisories).where(this).values(**values))
    differs = (
        differs or values.get("origins", row.origins) != row.origins
    )  # whose versions they are depends on who says so
    return differs or (row.missing_since is None) != (missing is None) or (bool(present) and bool(row.gone))


def _together(facts: Iterable[str]) -> Advisory:
    """One advisory of several reports: of one id the latest, of several the project's own words and everybody's ids."""
    reports = sorted((wire.loads(Advisory, fact) for fact in facts), key=lambda fact: fact.updated_at)
    merged = merge(reports)
    return merged[0] if len(merged) == 1 else reports[-1]


async def _revise(tx: Tx, reading: Reading, name: str, fact: str) -> None:
    values = {"project": reading.project, "advisory": name, "fact": fact, "at": reading.now}
    await tx.run(sa.insert(advisory_revisions).values(**values))


async def load(tx: Tx, project: ProjectId, states: Sequence[SourceState]) -> dict[str, Tracked[Advisory]]:
    """Every advisory of the project, by the id it is known by."""
    rows = await tx.rows(sa.select(advisories).where(advisories.c.project == project).order_by(advisories.c.id))
    return {
        row.id: Tracked(
            fact=wire.recall(Advisory, row.digest, row.fact),
            first_read_at=row.first_read_at,
            read_at=seen_until(row, states, "advisory"),
            changed_at=row.changed_at,
            known_before=row.known_before,
            missing_since=row.missing_since,
            removal_confirmed=row.gone,
            origins=tuple(row.origins.split(",")),
            authoritative=is_own(row.origins.split(","), states),
        )
        async for row in in_turns(rows)
    }


async def revisions(tx: Tx, project: ProjectId, name: str) -> list[tuple[datetime, Advisory]]:
    """Every wording of the advisory with the time it was read, the oldest first."""
    ours = (advisory_revisions.c.project == project) & (advisory_revisions.c.advisory == name)
    found = await tx.rows(sa.select(advisory_revisions).where(ours).order_by(advisory_revisions.c.id))
    return [(row.at, wire.loads(Advisory, row.fact)) for row in found]


async def mark_gone(tx: Tx, project: ProjectId, name: str) -> bool:
    """Note that the advisory's own address confirmed its removal; return whether that is news."""
    ours = (advisories.c.project == project) & (advisories.c.id == name) & sa.not_(advisories.c.gone)
    return await tx.run(sa.update(advisories).where(ours).values(gone=True)) > 0
