"""The releases of a project as they were read: new, changed, missing, back, and since when each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.model.facts import Release
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.knowledge import Tracked
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import releases
from chatbot.store.database.turns import in_turns
from chatbot.store.knowledge.source_states import SourceState, bump

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one poll means for facts of one kind. `present` is a whole listing, None where absence means nothing; `absent`
    are subjects (`project/name`) that are proved to be missing without one.

    What is new by this poll and was published before `before` is no news; None where everything new is news.
    """

    project: ProjectId
    source: str
    origin: str
    now: datetime
    present: frozenset[str] | None
    absent: frozenset[str]
    before: datetime | None

    def lists(self, name: str) -> bool | None:
        """Whether the listing has this fact; None where it does not say."""
        subject = f"{self.project}/{name}"
        if self.present is not None:
            return subject in self.present
        return False if subject in self.absent else None

    def known_before(self, published_at: datetime) -> bool:
        """Whether a fact that this poll brought first was there before anybody listened."""
        return self.before is not None and published_at < self.before


@dataclass(slots=True)
class _Changes:
    added: list[Row] = field(default_factory=list)
    written: list[Row] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    assets: bool = False  # other files are attached to some release, which is no change of the release itself


_COLUMNS = ("fact", "digest", "prerelease", "read_at", "changed_at", "promoted_at", "missing_since", "gone", "origins")


async def upsert(tx: Tx, reading: Reading, facts: Sequence[Release]) -> set[str]:
    """Write down what was read; return the subjects (`release/project/tag`) that are new, changed, gone or back."""
    newest = {fact.tag: fact for fact in facts}
    missing = {subject.removeprefix(f"{reading.project}/") for subject in reading.absent}
    stored = {row["tag"]: row for row in await _rows(tx, reading, newest.keys() | missing)}
    changes = _Changes()
    async for tag, fact in in_turns(newest.items()):
        _one(changes, reading, fact, stored.get(tag))
    if reading.present is not None or reading.absent:
        _absent(changes, reading, stored, frozenset(newest))
    await _write(tx, reading.project, changes)
    if changes.assets:
        await bump(tx, [reading.project])
    return changes.subjects


async def _rows(tx: Tx, reading: Reading, tags: Collection[str]) -> Sequence[Row]:
    ours = sa.select(releases).where(releases.c.project == reading.project)
    if reading.present is None:
        ours = ours.where(releases.c.tag.in_(tags)) if len(tags) < 500 else ours
    return [dict(row._mapping) for row in await tx.rows(ours)]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def _one(changes: _Changes, reading: Reading, fact: Release, row: Row | None) -> None:
    subject = f"release/{fact.subject}"
    if row is None:
        changes.added.append(_new(reading, fact))
        changes.subjects.add(subject)
        return
    new = {**row, "read_at": reading.now, "origins": with_origin(row["origins"], reading.origin)}
    before = wire.recall(Release, row["digest"], row["fact"])
    fact = replace(fact, created_at=fact.created_at or before.created_at, assets=fact.assets or before.assets)
    differs = replace(before, created_at=fact.created_at) != fact
    has_other_assets = fact.assets != before.assets
    changes.assets = changes.assets or has_other_assets
    if differs or before != fact or has_other_assets:
        text = wire.dumps(fact)
        new |= {"fact": text, "digest": wire.digest(text), "prerelease": fact.prerelease}
    if differs:  # to learn when it was made is no change of it
        new["changed_at"] = reading.now
        if row["prerelease"] and not fact.prerelease and reading.before is None:
            new["promoted_at"] = reading.now
    back = row["missing_since"] is not None or row["gone"]
    if differs or back:
        changes.subjects.add(subject)
    if (
        before != fact or has_other_assets or back or new["origins"] != row["origins"] or reading.present is None
    ):  # else the source's own time says it
        changes.written.append(new | {"missing_since": None, "gone": False})


def _new(reading: Reading, fact: Release) -> Row:
    text, now = wire.dumps(fact), reading.now
    return {
        "project": reading.project,
        "tag": fact.tag,
        "fact": text,
        "digest": wire.digest(text),
        "prerelease": fact.prerelease,
        "first_read_at": now,
        "read_at": now,
        "changed_at": now,
        "known_before": reading.known_before(fact.published_at),
        "origins": reading.origin,
        "gone": False,
        "promoted_at": None,
        "missing_since": None,
    }


def _absent(changes: _Changes, reading: Reading, stored: dict[str, Row], in_listing: frozenset[str]) -> None:
    """What the listing lacks is missing from now on; what it names though nothing of it changed is there."""
    for tag, row in stored.items():
        listed = reading.lists(tag)
        if listed is None and tag not in in_listing:
            continue
        if listed or tag in in_listing:
            if tag not in in_listing and (row["missing_since"] is not None or row["gone"]):
                changes.written.append({**row, "missing_since": None, "gone": False, "read_at": reading.now})
                changes.subjects.add(str(SubjectId("release", reading.project, tag)))
        elif row["missing_since"] is None:
            changes.written.append({**row, "missing_since": reading.now})
            changes.subjects.add(str(SubjectId("release", reading.project, tag)))


async def _write(tx: Tx, project: ProjectId, changes: _Changes) -> None:
    await tx.run(sa.insert(releases), changes.added)
    statement = sa.update(releases).where(releases.c.project == project, releases.c.tag == sa.bindparam("b_tag"))
    statement = statement.values({name: sa.bindparam(f"b_{name}") for name in _COLUMNS})
    rows = [{f"b_{name}": row[name] for name in ("tag", *_COLUMNS)} for row in changes.written]
    await tx.run(statement, rows)


def with_origin(origins: str, origin: str) -> str:
    """The origins that reported a fact, the first one first, with one more."""
    return origins if origin in origins.split(",") else f"{origins},{origin}"


def is_own(origins: Sequence[str], states: Sequence[SourceState]) -> bool:
    """Whether the project itself is among those that reported a fact."""
    return any(state.profile.dates_news and state.profile.origin in origins for state in states)


def seen_until(row: Any, states: Sequence[SourceState], kind: str) -> datetime:
    """When the fact was last seen present: a source that answered “nothing is new” saw again what it had reported."""
    origins = row.origins.split(",")
    times = [
        state.read_at
        for state in states
        if state.profile.kind == kind and state.profile.origin in origins and state.read_at is not None
    ]
    read_at: datetime = row.read_at
    return read_at if row.missing_since is not None else max([read_at, *times])


async def load(tx: Tx, project: ProjectId, states: Sequence[SourceState]) -> dict[str, Tracked[Release]]:
    """Every release of the project, by tag."""
    rows = await tx.rows(sa.select(releases).where(releases.c.project == project).order_by(releases.c.tag))
    return {
        row.tag: Tracked(
            fact=wire.recall(Release, row.digest, row.fact),
            first_read_at=row.first_read_at,
            read_at=seen_until(row, states, "release"),
            changed_at=row.changed_at,
            known_before=row.known_before,
            promoted_at=row.promoted_at,
            missing_since=row.missing_since,
            removal_confirmed=row.gone,
            origins=tuple(row.origins.split(",")),
            authoritative=is_own(row.origins.split(","), states),
        )
        async for row in in_turns(rows)
    }


async def mark_gone(tx: Tx, project: ProjectId, tag: str) -> bool:
    """Note that the release's own address confirmed its removal; return whether that is news."""
    ours = (releases.c.project == project) & (releases.c.tag == tag) & sa.not_(releases.c.gone)
    return await tx.run(sa.update(releases).where(ours).values(gone=True)) > 0
