"""Which advisory an id belongs to: facts that share an id are one advisory, and a better id becomes its name."""

from collections.abc import Collection

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import (
    advisories,
    advisory_ids,
    advisory_reports,
    advisory_revisions,
    announcements,
    decisions,
)


async def of(tx: Tx, project: ProjectId, ids: Collection[str]) -> str:
    """The name of the advisory that has any of these ids, from now on the name for all of them. Advisories that turn out to
    be one become one, and a GHSA id takes the place of another as the name."""
    ours = advisory_ids.c.project == project
    rows = await tx.rows(sa.select(advisory_ids).where(ours, advisory_ids.c.alias.in_(sorted(ids))))
    names = {row.id for row in rows}
    name = min(names | set(ids), key=lambda each: (rank(each), each not in names, each))
    for old in sorted(names - {name}):
        await _rename(tx, project, old, name)
    adding = tx.insert(advisory_ids).on_conflict_do_update(index_elements=["project", "alias"], set_={"id": name})
    await tx.run(adding, [{"project": project, "alias": alias, "id": name} for alias in sorted(ids)])
    return name


def rank(name: str) -> int:
    """GHSA before CVE before others."""
    return 0 if name.startswith("GHSA-") else 1 if name.startswith("CVE-") else 2


async def _rename(tx: Tx, project: ProjectId, old: str, new: str) -> None:
    await tx.run(
        sa.update(advisory_ids).where(advisory_ids.c.project == project, advisory_ids.c.id == old).values(id=new)
    )
    for table in (advisory_reports, advisory_revisions):
        ours = (table.c.project == project) & (table.c.advisory == old)
        await tx.run(sa.update(table).where(ours).values(advisory=new))
    await _move_row(tx, project, old, new)
    await _move_subject(tx, str(SubjectId("advisory", project, old)), str(SubjectId("advisory", project, new)))


async def _move_row(tx: Tx, project: ProjectId, old: str, new: str) -> None:
    ours = advisories.c.project == project
    before = await tx.row(sa.select(advisories).where(ours, advisories.c.id == old))
    after = await tx.row(sa.select(advisories).where(ours, advisories.c.id == new))
    if before is None:
        return
    if after is None:
        await tx.run(sa.update(advisories).where(ours, advisories.c.id == old).values(id=new))
        return
    await tx.run(sa.delete(advisories).where(ours, advisories.c.id == old))
    await tx.run(
        sa.update(advisories)
        .where(ours, advisories.c.id == new)
        .values(
            first_read_at=min(before.first_read_at, after.first_read_at),
            known_before=before.known_before or after.known_before,
        )
    )


async def _move_subject(tx: Tx, old: str, new: str) -> None:
    """What was said and decided under the old name was said under the new one; where both were said, both stay."""
    announced_rooms = sa.select(announcements.c.room).where(announcements.c.subject == new)
    free = (announcements.c.subject == old) & announcements.c.room.not_in(announced_rooms)
    await tx.run(sa.update(announcements).where(free).values(subject=new))
    decided_rooms = sa.select(decisions.c.room).where(decisions.c.subject == new, decisions.c.latest)
    await tx.run(
        sa.update(decisions)
        .where(decisions.c.subject == old, decisions.c.room.in_(decided_rooms.scalar_subquery()))
        .values(latest=False)
    )
    await tx.run(sa.update(decisions).where(decisions.c.subject == old).values(subject=new))
