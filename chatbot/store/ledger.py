"""The ledger: every decision with its reason, and what was last said in each room."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.announce.messages import Decision, PostedMessage
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import NO_DM, announcements, decisions

_MANY = 400  # names in one statement
OLD_TEMPLATE = -1  # some wording from before templates had numbers


async def posted(tx: Tx, project: ProjectId, subjects: Collection[str] | None) -> list[PostedMessage]:
    """The last revision of each announcement of these subjects (None: of all) in rooms, sent or on its way. What people were
    sent in their DMs may be a hundred thousand times as much: `store.subscriptions.alerts` has it."""
    statement = sa.select(announcements).where(announcements.c.project == project, sa.text(f"announcements.{NO_DM}"))
    if subjects is not None and len(subjects) <= _MANY:
        statement = statement.where(announcements.c.subject.in_(sorted(subjects)))
    return [
        PostedMessage(
            announcement=row.id,
            room=row.room,
            subject=row.subject,
            revision=row.revision,
            digest=row.digest,
            template=row.template,
            notified_for=frozenset(json.loads(row.notified_for)),
            parent=row.parent,
        )
        for row in await tx.rows(statement)
        if subjects is None or row.subject in subjects
    ]


async def last_subject(tx: Tx, project: ProjectId, room: RoomAddress, start: str) -> str:
    """The last in the alphabet of a room's subjects that begin with `start`, sent or on its way; "" where there is none."""
    these = announcements.c.subject.startswith(start, autoescape=True)
    statement = sa.select(announcements.c.subject).where(
        announcements.c.project == project, announcements.c.room == room, these
    )
    row = await tx.row(statement.order_by(announcements.c.subject.desc()).limit(1))
    return str(row.subject) if row is not None and row.subject.startswith(start) else ""


async def redigest(tx: Tx, digests: Mapping[str, str]) -> None:
    """Write the digests of the facts that these announcements show; their wording is of an older template."""
    change = sa.update(announcements).where(announcements.c.id == sa.bindparam("b_id"))
    rows = [{"b_id": name, "b_digest": shows} for name, shows in digests.items()]
    await tx.run(change.values(digest=sa.bindparam("b_digest"), template=OLD_TEMPLATE), rows)


async def record(tx: Tx, new: Sequence[Decision], now: datetime) -> None:
    """Write down the decisions that differ, in verdict or reason, from the last one for their room and subject."""
    newest = {(item.subject, item.room): item for item in new}
    last = await _last(tx, sorted({item.subject for item in new}))
    news = {
        key: item for key, item in newest.items() if key not in last or last[key][1:] != (item.verdict, item.reason)
    }
    outdated = [{"b_id": last[key][0]} for key in news if key in last]
    await tx.run(sa.update(decisions).where(decisions.c.id == sa.bindparam("b_id")).values(latest=False), outdated)
    await tx.run(
        sa.insert(decisions),
        [
            {
                "project": item.project,
                "subject": item.subject,
                "room": item.room,
                "verdict": item.verdict,
                "reason": item.reason,
                "at": now,
                "latest": True,
            }
            for item in news.values()
        ],
    )


async def _last(tx: Tx, subjects: Sequence[str]) -> dict[tuple[str, str], tuple[int, str, str]]:
    latest = {}
    for start in range(0, len(subjects), _MANY):
        statement = sa.select(decisions).where(
            decisions.c.subject.in_(subjects[start : start + _MANY]), decisions.c.latest
        )
        for row in await tx.rows(statement):
            latest[row.subject, row.room] = (row.id, row.verdict, row.reason)
    return latest


async def history(tx: Tx, subject: str, room: RoomAddress | None = None) -> list[tuple[datetime, Decision]]:
    """What was decided of a subject (for one room), the oldest first, each with its time."""
    statement = sa.select(decisions).where(decisions.c.subject == subject).order_by(decisions.c.id)
    if room is not None:
        statement = statement.where(decisions.c.room == room)
    return [
        (
            row.at,
            Decision(project=row.project, subject=row.subject, room=row.room, verdict=row.verdict, reason=row.reason),
        )
        for row in await tx.rows(statement)
    ]


@dataclass(frozen=True, slots=True)
class HeldSubject:
    """A subject whose last decision for a room is to hold. `since`: when something was decided first; `id`: of the last
    decision."""

    id: int
    project: ProjectId
    subject: str
    room: RoomAddress
    since: datetime


async def waiting_subjects(tx: Tx, reason: str) -> dict[RoomAddress, list[HeldSubject]]:
    """By room, the subjects whose last decision is to hold, for a reason that begins so."""
    waits = sa.text("decisions.latest AND decisions.verdict = 'hold'")  # as the partial index says it
    why = decisions.c.reason.startswith(reason, autoescape=True)
    rooms: dict[RoomAddress, list[HeldSubject]] = {}
    for row in await tx.rows(sa.select(decisions, _since()).where(waits, why).order_by(decisions.c.id)):
        rooms.setdefault(RoomAddress(row.room), []).append(_held(row))
    return rooms


async def last_of(tx: Tx, project: ProjectId, start: str) -> list[tuple[HeldSubject, str, str]]:
    """The last decision about each subject that begins so, in each room, with its verdict and its reason; the subject that was
    decided first comes first."""
    ours = (
        (decisions.c.project == project) & decisions.c.latest & decisions.c.subject.startswith(start, autoescape=True)
    )
    rows = await tx.rows(sa.select(decisions, _since()).where(ours))
    return sorted(((_held(row), row.verdict, row.reason) for row in rows), key=lambda each: (each[0].since, each[0].id))


def _since() -> sa.Label[datetime]:
    first = decisions.alias()
    same = (first.c.subject == decisions.c.subject) & (first.c.room == decisions.c.room)
    return sa.select(sa.func.min(first.c.at)).where(same).scalar_subquery().label("since")


def _held(row: sa.Row[tuple[object, ...]]) -> HeldSubject:
    return HeldSubject(row.id, ProjectId(row.project), row.subject, RoomAddress(row.room), row.since)


async def announced_since(tx: Tx, project: ProjectId, room: RoomAddress, after: datetime) -> list[str]:
    """The releases and advisories that were announced in a room after this time, each by itself."""
    alone = sa.or_(announcements.c.subject.like("release/%"), announcements.c.subject.like("advisory/%"))
    ours = (announcements.c.project == project) & (announcements.c.room == room) & (announcements.c.parent == "")
    later, no_dm = (
        announcements.c.first_posted_at > after,
        sa.text(f"announcements.{NO_DM}"),
    )  # as the partial index has it
    statement = sa.select(announcements.c.subject).where(ours, alone, later, no_dm)
    return sorted(row.subject for row in await tx.rows(statement))


async def held_subjects(tx: Tx, project: ProjectId) -> set[str]:
    """The subjects whose last decision, in some room, is to hold: they are looked at again."""
    waits = sa.text("latest AND verdict = 'hold'")  # as the partial index says it
    statement = sa.select(decisions.c.subject).distinct().where(decisions.c.project == project, waits)
    return {row.subject for row in await tx.rows(statement)}
