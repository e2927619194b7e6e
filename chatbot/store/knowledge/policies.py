"""The texts of a project's policy page: the one in force, the one before, and a newer one that nobody can read."""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import policies

# What a page is against what was known of it: the same; the same text, which can be read by now; or another one.
PageChange = Literal["", "read at last", "another"]


async def upsert(tx: Tx, page: PolicyPage, now: datetime, *, readable: bool) -> PageChange:
    """Write down the page as it stands; return what that changes. That we can read a text at last is our news, not the page's.

    A page is kept as it was first read: the date of its commit names the change for ever. When the text in force comes back
    after an unreadable one, nothing has changed.
    """
    digest = wire.digest(page.text if page.exists else f"\0{page.exists}")
    rows = await _newest_first(tx, page.project)
    latest = rows[0] if rows else None
    in_force = next((row for row in rows if row.readable), None)
    if latest is not None and latest.digest == digest:
        changes = {"read_at": now, "readable": readable}
        await tx.run(sa.update(policies).where(policies.c.id == latest.id).values(**changes))
        if bool(latest.readable) == readable:
            return ""
        return "read at last" if readable else "another"
    if in_force is not None and in_force.digest == digest:
        await tx.run(sa.delete(policies).where(policies.c.project == page.project, policies.c.id > in_force.id))
        await tx.run(sa.update(policies).where(policies.c.id == in_force.id).values(read_at=now))
        return "another"
    if latest is not None and not latest.readable and not readable:  # one unreadable page is enough to keep
        await tx.run(sa.delete(policies).where(policies.c.id == latest.id))
    values = {"project": page.project, "digest": digest, "page": wire.dumps(page), "readable": readable}
    await tx.run(sa.insert(policies).values(**values, first_read_at=now, read_at=now))
    return "another"


async def load(
    tx: Tx, project: ProjectId, touched: datetime | None
) -> tuple[TrackedPolicy | None, TrackedPolicy | None, TrackedPolicy | None]:
    """The page in force, the one before it, and a newer unreadable one. `touched`: when the source last saw it unchanged."""
    rows = await _newest_first(tx, project)
    readable = [row for row in rows if row.readable]
    in_force = readable[0] if readable else None
    before = next((row for row in readable if in_force is not None and row.digest != in_force.digest), None)
    newer = rows[0] if rows and not rows[0].readable else None
    latest = rows[0].id if rows else None
    policies_read = [
        _known(row, touched if row is not None and row.id == latest else None) for row in (in_force, before, newer)
    ]
    return policies_read[0], policies_read[1], policies_read[2]


async def in_force_before(tx: Tx, project: ProjectId, at: datetime) -> PolicyPage | None:
    """The page that was in force just before it was read again at this time; None where there was none."""
    for row in await _newest_first(tx, project):
        if row.readable and row.first_read_at < at:
            return wire.loads(PolicyPage, row.page)
    return None


async def _newest_first(tx: Tx, project: ProjectId) -> Any:
    statement = sa.select(policies).where(policies.c.project == project).order_by(policies.c.id.desc())
    return await tx.rows(statement)


def _known(row: Any, touched: datetime | None) -> TrackedPolicy | None:
    if row is None:
        return None
    return TrackedPolicy(
        page=wire.loads(PolicyPage, row.page),
        digest=row.digest,
        readable=row.readable,
        first_read_at=row.first_read_at,
        read_at=max(row.read_at, touched) if touched else row.read_at,
    )
