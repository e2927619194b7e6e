"""What people subscribed to: one row for each person, project and scope."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from dataclasses import replace as changed_copy
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import MOST, Scope, Subscription
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import people, subscriptions
from chatbot.store.database.rows import listed, numbers
from chatbot.store.subscriptions import changes


class TooMany(Exception):
    """The person has as many subscriptions as anybody may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One person with what they subscribed to in one project, or of one kind.

    dm: where their alerts go; empty where nothing may be sent to them
    """

    person: RoomAddress
    dm: RoomAddress
    subscriptions: tuple[Subscription, ...]


async def of(tx: Tx, person: RoomAddress, project: ProjectId | None = None) -> list[Subscription]:
    """A person's subscriptions (in one project), the oldest first."""
    ours = [subscriptions.c.person == person]
    if project is not None:
        ours.append(subscriptions.c.project == project)
    return [
        _subscription(row) for row in await tx.rows(sa.select(subscriptions).where(*ours).order_by(subscriptions.c.id))
    ]


async def add(tx: Tx, subscription: Subscription) -> Subscription:
    """Store a new subscription; return it with its id. Of a scope that the person has already only the settings change: what
    was news to them stays news. Raises TooMany."""
    await changes.note(tx)  # two commands of one person at once must not pass the limit together
    theirs = await of(tx, subscription.person)
    for each in theirs:
        if (each.project, each.scope) == (subscription.project, subscription.scope):
            stored = changed_copy(subscription, id=each.id, since=each.since)
            await replace(tx, stored)
            return stored
    if len(theirs) >= MOST:
        raise TooMany(f"{MOST} subscriptions")
    values = _row(subscription)
    row = await tx.row(sa.insert(subscriptions).values(**values).returning(subscriptions.c.id))
    return changed_copy(subscription, id=row.id if row is not None else 0)


async def replace(tx: Tx, subscription: Subscription) -> None:
    """Store a subscription in place of the one with its id. Another one of the person with the same scope ends."""
    await changes.note(tx)
    same = (
        (subscriptions.c.person == subscription.person)
        & (subscriptions.c.project == subscription.project)
        & (subscriptions.c.kind == subscription.scope.kind)
        & (subscriptions.c.name == subscription.scope.name)
    )
    await tx.run(sa.delete(subscriptions).where(same, subscriptions.c.id != subscription.id))
    await tx.run(sa.update(subscriptions).where(subscriptions.c.id == subscription.id).values(**_row(subscription)))


async def remove(tx: Tx, ids: Collection[int]) -> int:
    """End these; return how many there were."""
    await changes.note(tx)
    return await tx.run(sa.delete(subscriptions).where(subscriptions.c.id.in_(sorted(ids))))


async def after(tx: Tx, project: ProjectId, person: str, limit: int) -> list[Subscriber]:
    """The next people of a project behind this one ("": the first), in the order of a fan-out; those whose DM is unknown or
    takes nothing are among them, without a DM."""
    ours = (subscriptions.c.project == project) & (subscriptions.c.person > person)
    names = sa.select(subscriptions.c.person).distinct().where(ours).order_by(subscriptions.c.person).limit(limit)
    return await _subscribers(tx, project, subscriptions.c.person.in_(names.subquery("names").select()))


async def one(tx: Tx, project: ProjectId, person: RoomAddress) -> list[Subscriber]:
    """This person as a subscriber of a project; nobody where they are none."""
    return await _subscribers(tx, project, subscriptions.c.person == person)


async def weekly(tx: Tx, person: str, limit: int) -> list[Subscriber]:
    """The next people behind this one ("": the first) with their subscriptions, of whatever project, of which they want releases
    once a week."""
    are_weekly = subscriptions.c.releases == "weekly"
    names = sa.select(subscriptions.c.person).distinct().where(are_weekly, subscriptions.c.person > person)
    names = names.order_by(subscriptions.c.person).limit(limit)
    return await _all_of(tx, are_weekly & subscriptions.c.person.in_(names.subquery("names").select()))


async def _subscribers(tx: Tx, project: ProjectId, which: sa.ColumnElement[bool]) -> list[Subscriber]:
    return await _all_of(tx, (subscriptions.c.project == project) & which)


async def _all_of(tx: Tx, which: sa.ColumnElement[bool]) -> list[Subscriber]:
    reachable = (people.c.trouble == "") & people.c.lost_at.is_(None)
    statement = (
        sa.select(subscriptions, sa.case((reachable, people.c.dm), else_="").label("dm"))
        .outerjoin(people, people.c.person == subscriptions.c.person)
        .where(which)
        .order_by(subscriptions.c.person, subscriptions.c.id)
    )
    grouped: dict[str, tuple[str, list[Subscription]]] = {}
    for row in await tx.rows(statement):
        grouped.setdefault(row.person, (row.dm or "", []))[1].append(_subscription(row))
    return [
        Subscriber(person=RoomAddress(name), dm=RoomAddress(dm), subscriptions=tuple(theirs))
        for name, (dm, theirs) in grouped.items()
    ]


async def any_of(tx: Tx, project: ProjectId) -> bool:
    """Whether anybody subscribed to the project."""
    return await tx.row(sa.select(subscriptions.c.id).where(subscriptions.c.project == project).limit(1)) is not None


async def count(tx: Tx, project: ProjectId) -> int:
    """How many people subscribed to the project."""
    people_of = sa.func.count(sa.distinct(subscriptions.c.person)).label("many")
    row = await tx.row(sa.select(people_of).where(subscriptions.c.project == project))
    return row.many if row else 0


async def count_by_chat(tx: Tx, projects: Collection[ProjectId], chats: Iterable[str]) -> dict[str, int]:
    """By chat, how many people subscribed to some of these projects; chats without any are left out."""
    counts: dict[str, int] = {}
    for chat in chats:
        theirs = subscriptions.c.project.in_(sorted(projects)) & subscriptions.c.person.startswith(f"{chat}:")
        row = await tx.row(sa.select(sa.func.count(sa.distinct(subscriptions.c.person)).label("many")).where(theirs))
        if row is not None and row.many:
            counts[chat] = row.many
    return counts


async def confirm(tx: Tx, ids: Collection[int], now: datetime) -> None:
    """The person has just said that they run this."""
    await changes.note(tx)
    these = subscriptions.c.id.in_(sorted(ids))
    await tx.run(sa.update(subscriptions).where(these).values(confirmed_at=now, unconfirmed=0))


async def alerted(tx: Tx, pairs: Iterable[tuple[str, ProjectId]]) -> None:
    """An alert about a project has reached a DM, for each of these pairs (DM, project): the versions that its person said to
    run are a little less sure now."""
    by_project: dict[ProjectId, list[str]] = {}
    for dm, project in pairs:
        by_project.setdefault(project, []).append(dm)
    for project, dms in sorted(by_project.items()):
        whose = sa.select(people.c.person).where(people.c.dm.in_(sorted(dms)))
        these = (subscriptions.c.project == project) & (subscriptions.c.kind == "version")
        these &= (subscriptions.c.via == "dm") & subscriptions.c.person.in_(whose.scalar_subquery())
        await tx.run(sa.update(subscriptions).where(these).values(unconfirmed=subscriptions.c.unconfirmed + 1))


async def with_ids(tx: Tx, ids: Collection[int]) -> list[Subscription]:
    """The subscriptions with these ids that there still are."""
    these = subscriptions.c.id.in_(numbers(tx.postgres))
    return [
        _subscription(row) for row in await tx.rows(sa.select(subscriptions).where(these), {"b_ids": listed(tx, ids)})
    ]


def _row(subscription: Subscription) -> dict[str, Any]:
    return {
        "person": subscription.person,
        "project": subscription.project,
        "kind": subscription.scope.kind,
        "name": subscription.scope.name,
        "min_severity": str(subscription.min_severity),
        "since": subscription.since,
        "releases": subscription.releases,
        "confirmed_at": subscription.confirmed_at,
        "unconfirmed": subscription.unconfirmed,
        "home": subscription.home,
        "via": subscription.via,
        "runs": subscription.runs,
        "runs_since": subscription.runs_since,
    }


def _subscription(row: sa.Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        person=RoomAddress(row.person),
        project=ProjectId(row.project),
        scope=Scope(row.kind, row.name),
        min_severity=Severity(row.min_severity),
        releases=row.releases,
        since=row.since,
        confirmed_at=row.confirmed_at,
        unconfirmed=row.unconfirmed,
        home=RoomAddress(row.home),
        via=row.via,
        runs=row.runs,
        runs_since=row.runs_since,
    )
