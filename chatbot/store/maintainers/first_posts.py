"""What became of the first message about something in each room, and in which rooms it still waits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.announce.messages import delivery_key
from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import NO_DM, announcements, decisions, deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPost:
    """The first message about a subject in one room.

    state: of its delivery
    reason: why it is in this state, "" without one
    reference: of the message in the room, "" before it is there
    enqueued_at: when it was first to be sent
    """

    subject: str
    room: RoomAddress
    state: State
    reason: str
    reference: str
    enqueued_at: datetime

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens to it by itself soon."""
        return self.state not in (State.PENDING, State.SENDING, State.DOUBTFUL, State.WAITING)


async def of_subjects(tx: Tx, project: ProjectId, subjects: Collection[str]) -> list[FirstPost]:
    """Those of these subjects in rooms, in the order of the rooms' addresses."""
    return await _posts(tx, project, announcements.c.subject.in_(sorted(subjects)))


async def since(tx: Tx, project: ProjectId, after: datetime) -> list[FirstPost]:
    """Those of releases and advisories that were to be sent to rooms after this time."""
    alone = sa.or_(
        announcements.c.subject.startswith(f"release/{project}/", autoescape=True),
        announcements.c.subject.startswith(f"advisory/{project}/", autoescape=True),
    )
    return await _posts(tx, project, alone, announcements.c.first_posted_at > after, announcements.c.parent == "")


async def _posts(tx: Tx, project: ProjectId, *which: sa.ColumnElement[bool]) -> list[FirstPost]:
    columns = (
        announcements.c.id,
        announcements.c.subject,
        announcements.c.room,
        announcements.c.reference,
        announcements.c.first_posted_at,
    )
    ours = (announcements.c.project == project) & sa.text(f"announcements.{NO_DM}")  # as the partial index says it
    rows = await tx.rows(
        sa.select(*columns).where(ours, *which).order_by(announcements.c.room, announcements.c.subject)
    )
    keys = {delivery_key(row.id, 1, "new"): row.id for row in rows if not row.reference}
    sending = await _deliveries(tx, keys)
    return [_post(row, sending.get(row.id)) for row in rows]


async def _deliveries(tx: Tx, keys: Mapping[str, str]) -> dict[str, sa.Row[Any]]:
    """The deliveries with these keys, by the announcement of each: no index but that of the keys has those that were given up."""
    if not keys:
        return {}
    statement = sa.select(deliveries.c.key, deliveries.c.state, deliveries.c.reason)
    rows = await tx.rows(statement.where(deliveries.c.key.in_(sorted(keys))))
    return {keys[row.key]: row for row in rows}


def _post(row: sa.Row[Any], delivery: sa.Row[Any] | None) -> FirstPost:
    state = State.SENT if row.reference else State(delivery.state) if delivery is not None else State.EXPIRED
    return FirstPost(
        subject=row.subject,
        room=RoomAddress(row.room),
        state=state,
        reason="" if delivery is None else delivery.reason,
        reference=row.reference,
        enqueued_at=row.first_posted_at,
    )


async def waiting(tx: Tx, subjects: Collection[str]) -> list[tuple[str, RoomAddress, str]]:
    """The rooms in which these subjects wait by the last decision: subject, room and reason."""
    waits = decisions.c.latest & (decisions.c.verdict == "hold") & decisions.c.subject.in_(sorted(subjects))
    statement = sa.select(decisions.c.subject, decisions.c.room, decisions.c.reason).where(waits)
    return [(row.subject, RoomAddress(row.room), row.reason) for row in await tx.rows(statement)]
