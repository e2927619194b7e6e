"""The words of maintainers, each kept for good, and whether they can be asked in their room."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from chatbot.core.delivery import State
from chatbot.core.maintainers.controls import NO_CONTROLS, Controls, Scheduled, fold
from chatbot.core.maintainers.word import ACTIONS, Word
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import maintainer_words
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.knowledge.source_states import bump

LONGEST_ON_THE_WAY = timedelta(minutes=10)  # a card that is not in its room by then does not arrive
_Sum = tuple[int, Controls]  # the id of the last word, and what all up to it add up to
_sums: WeakKeyDictionary[AsyncEngine, dict[ProjectId, _Sum]] = WeakKeyDictionary()  # by database
_STUCK = (State.REFUSED, State.PARKED, State.EXPIRED, State.DROPPED)


async def say(tx: Tx, project: ProjectId, word: Word) -> None:
    """Write a word down. Whoever keeps what is known of the project in memory reads it again."""
    values = {
        "project": project,
        "action": word.action,
        "subject": word.subject,
        "person": word.by,
        "at": word.at,
        "text": word.text,
        "details": json.dumps(dict(word.details), sort_keys=True),
    }
    await tx.run(sa.insert(maintainer_words), [values])
    await bump(tx, [project])


async def words(tx: Tx, project: ProjectId) -> list[Word]:
    """All words about a project, the oldest first; what a newer program wrote is passed over."""
    ours = sa.select(maintainer_words).where(maintainer_words.c.project == project).order_by(maintainer_words.c.id)
    return [_word(row) for row in await tx.rows(ours) if row.action in ACTIONS]


async def controls(tx: Tx, project: ProjectId) -> Controls:
    """What they add up to. Only those are read that were written since they were last added up: words never change, and those
    about one project are written one after the other."""
    sums = _sums.setdefault(tx.connection.engine, {})
    last, before = sums.get(project, (0, NO_CONTROLS))
    ours = (maintainer_words.c.project == project) & (maintainer_words.c.id > last)
    rows = await tx.rows(sa.select(maintainer_words).where(ours).order_by(maintainer_words.c.id))
    if not rows:
        return before
    after = fold((_word(row) for row in rows if row.action in ACTIONS), before)
    # What this transaction wrote itself may be undone; after a transaction that only reads, nothing is kept.
    tx.committed.append(lambda: sums.update({project: (rows[-1].id, after)}))
    return after


async def scheduled(tx: Tx) -> Mapping[ProjectId, Mapping[str, Scheduled]]:
    """The releases that are planned, by project and version, cancelled ones as well."""
    ours = sa.select(maintainer_words).where(maintainer_words.c.action.in_(["schedule", "cancel"]))
    by_project: dict[ProjectId, list[Word]] = {}
    for row in await tx.rows(ours.order_by(maintainer_words.c.id)):
        by_project.setdefault(ProjectId(row.project), []).append(_word(row))
    return {project: fold(theirs).scheduled for project, theirs in by_project.items()}


async def of_person(tx: Tx, person: RoomAddress) -> int:
    """How many words of this person are in the audit log."""
    mine = sa.select(sa.func.count()).select_from(maintainer_words).where(maintainer_words.c.person == person)
    row = await tx.row(mine)
    return int(row[0]) if row is not None else 0


async def cards_arrive(tx: Tx, project: ProjectId, room: RoomAddress, now: datetime) -> bool:
    """Whether the maintainers' room gets what it is sent: no card about the project is refused there, given up, or on its way
    for too long."""
    ours = (announcements.c.project == project) & (announcements.c.room == room) & (announcements.c.reference == "")
    cards = announcements.c.subject.startswith(f"card/{project}/", autoescape=True)
    stuck = sa.exists().where(
        deliveries.c.announcement == announcements.c.id,
        deliveries.c.kind == "new",
        deliveries.c.state.in_([state.value for state in _STUCK]),
    )
    late = announcements.c.first_posted_at <= now - LONGEST_ON_THE_WAY
    statement = sa.select(announcements.c.id).where(ours, cards, sa.or_(late, stuck)).limit(1)
    return await tx.row(statement) is None


def _word(row: sa.Row[Any]) -> Word:
    return Word(
        action=row.action,
        subject=row.subject,
        by=RoomAddress(row.person),
        at=row.at,
        text=row.text,
        details=json.loads(row.details),
    )
