"""What is about to be parsed, and what ended its parser: written down first, so that nothing can bring the bot down twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import parsing

_STALE = timedelta(days=3)  # what is there is tried again daily: what was not for so long is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A document that is being parsed, or that could not be.

    digest: of its kind, project and content
    name: what people call it: a tag, an advisory's id, a path
    worker_only: the bot itself ended uncleanly while it was being parsed
    strikes: how often it ended or exceeded its worker
    """

    digest: str
    project: ProjectId
    kind: str
    name: str
    worker_only: bool = False
    strikes: int = 0
    reason: str = ""
    quarantined_at: datetime | None = None


async def find(tx: Tx, digests: Collection[str]) -> dict[str, Attempt]:
    """Those of the documents that are known, by digest."""
    rows = await tx.rows(sa.select(parsing).where(parsing.c.digest.in_(digests)))
    return {row.digest: _attempt(row) for row in rows}


async def begin(tx: Tx, attempts: Sequence[Attempt], now: datetime) -> None:
    """Write down that these are being parsed from now on."""
    adding = tx.insert(parsing)
    adding = adding.on_conflict_do_update(index_elements=["digest"], set_={"begun_at": adding.excluded.begun_at})
    rows = [
        {"digest": each.digest, "project": each.project, "kind": each.kind, "name": each.name, "begun_at": now}
        for each in attempts
    ]
    await tx.run(adding, rows)


async def clear(tx: Tx, attempts: Sequence[Attempt]) -> None:
    """Forget what was parsed, and earlier contents of the same things."""
    names = [(each.project, each.kind, each.name) for each in attempts]
    same = sa.tuple_(parsing.c.project, parsing.c.kind, parsing.c.name).in_(names)
    await tx.run(sa.delete(parsing).where(same))


async def strike(tx: Tx, attempt: Attempt, now: datetime) -> None:
    """Write down that the document ended its parser."""
    values: dict[str, Any] = {
        "strikes": attempt.strikes,
        "reason": attempt.reason,
        "quarantined_at": attempt.quarantined_at,
        "begun_at": now if attempt.quarantined_at is None else None,
    }
    own = {"digest": attempt.digest, "project": attempt.project, "kind": attempt.kind, "name": attempt.name}
    adding = tx.insert(parsing).values(**own, **values)
    await tx.run(adding.on_conflict_do_update(index_elements=["digest"], set_=values))
    same_name = (parsing.c.project == attempt.project, parsing.c.kind == attempt.kind, parsing.c.name == attempt.name)
    await tx.run(
        sa.delete(parsing).where(*same_name, parsing.c.digest != attempt.digest)
    )  # its earlier contents are gone


async def left_over(tx: Tx, now: datetime) -> list[Attempt]:
    """What was being parsed when the bot last ended: from now on in a worker only. What is gone is forgotten."""
    await tx.run(sa.delete(parsing).where(parsing.c.quarantined_at < now - _STALE))
    in_progress = parsing.c.begun_at.is_not(None)
    rows = await tx.rows(sa.select(parsing).where(in_progress))
    await tx.run(sa.update(parsing).where(in_progress).values(begun_at=None, worker_only=True))
    return [_attempt(row) for row in rows]


async def quarantined(tx: Tx, projects: Collection[ProjectId], now: datetime) -> list[Attempt]:
    """What could not be parsed of the projects, the latest first."""
    ours = parsing.c.project.in_(projects) & (parsing.c.quarantined_at > now - _STALE)
    rows = await tx.rows(sa.select(parsing).where(ours).order_by(parsing.c.quarantined_at.desc(), parsing.c.name))
    return [_attempt(row) for row in rows]


def _attempt(row: Any) -> Attempt:
    return Attempt(
        digest=row.digest,
        project=row.project,
        kind=row.kind,
        name=row.name,
        worker_only=row.worker_only,
        strikes=row.strikes,
        reason=row.reason,
        quarantined_at=row.quarantined_at,
    )
