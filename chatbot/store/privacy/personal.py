"""Everything that is stored of one person."""

import json
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.model.ids import DIRECT, ProjectId, RoomAddress, SubjectId
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.subscriptions.personal import Alerted, Personal
from chatbot.core.subscriptions.subscription import Person
from chatbot.store.database import wire
from chatbot.store.database.account_tables import inbox
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import fan_outs, snoozes
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.maintainers import words
from chatbot.store.subscriptions import mutes, people, subscriptions


async def read(tx: Tx, address: RoomAddress) -> Personal:
    """Everything that is stored of the person."""
    person = await people.get(tx, address)
    places = places_of(address, person)
    put_off = await tx.rows(sa.select(snoozes).where(snoozes.c.person == address).order_by(snoozes.c.due))
    row = await tx.row(sa.select(sa.func.count().label("many")).where(deliveries.c.room.in_(places)))
    of_news = sa.select(sa.func.count().label("many")).select_from(fan_outs).where(fan_outs.c.person == address)
    waiting = await tx.row(of_news)
    return Personal(
        person=person,
        subscriptions=tuple(await subscriptions.of(tx, address)),
        alerts=await _alerts(tx, places),
        mutes=tuple(await mutes.of(tx, address)),
        snoozes=tuple((ProjectId(each.project), each.advisory, each.due) for each in put_off),
        questions=tuple((ask.command, at) for _, ask, at in await questions(tx, address)),
        messages=row.many if row else 0,
        waiting=waiting.many if waiting else 0,
        decisions=await words.of_person(tx, address),
    )


def places_of(address: RoomAddress, person: Person | None) -> list[RoomAddress]:
    """Where messages to the person go: answers of an older program went to the DM as a room. The console's one room is nobody's
    DM."""
    if person is None or not person.dm.is_direct:
        return [address]
    return [address, person.dm, RoomAddress(f"{person.dm.chat}:{person.dm.place.removeprefix(DIRECT)}")]


async def questions(tx: Tx, address: RoomAddress) -> list[tuple[str, CommandRequest, datetime]]:
    """What the person asked, as far as it is stored: the event, the question, and when it came."""
    ours = await every_question(tx, inbox.c.account == address.chat)
    return [(str(row.event), ask, row.came_at) for row, ask in ours if address in (ask.asker, ask.target)]


async def every_question(
    tx: Tx, *which: sa.ColumnElement[bool]
) -> list[tuple[sa.Row[tuple[object, ...]], CommandRequest]]:
    """The questions that are stored, each with its row; without those of which nobody knows any more who asked."""
    rows = await tx.rows(sa.select(inbox).where(*which).order_by(inbox.c.id))
    return [(row, ask) for row in rows if (ask := _ask(row.question)) is not None]


def _ask(question: str) -> CommandRequest | None:
    try:
        return wire.loads(CommandRequest, json.loads(question)["ask"])
    except (wire.Unreadable, ValueError, KeyError, TypeError):
        return None


async def _alerts(tx: Tx, places: list[RoomAddress]) -> tuple[Alerted, ...]:
    statement = sa.select(announcements).where(announcements.c.room.in_(places))
    alerts = []
    for row in await tx.rows(statement.order_by(announcements.c.first_posted_at, announcements.c.id)):
        try:
            subject = SubjectId.parse(row.subject)
        except ValueError:
            continue
        reasons = frozenset(json.loads(row.notified_for))
        alerts.append(
            Alerted(
                kind=subject.kind, project=subject.project, name=subject.name, reasons=reasons, at=row.first_posted_at
            )
        )
    return tuple(alerts)
