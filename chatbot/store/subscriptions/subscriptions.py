"""What people subscribed to: one row for each person, project and scope."""

from collections.abc import Collection, Iterable
from dataclasses import replace as changed_copy
from typing import Any

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import MOST, Scope, Subscription
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import people, subscriptions
from chatbot.store.subscriptions import changes


class TooMany(Exception):
    """The person has as many subscriptions as anybody may have."""


async def of(tx: Tx, person: RoomAddress, project: ProjectId | None = None) -> list[Subscription]:
    """A person's subscriptions (in one project), the oldest first."""
    ours = [subscriptions.c.person == person]
    if project is not None:
        ours.append(subscriptions.c.project == project)
    return [
        subscription_of(row)
        for row in await tx.rows(sa.select(subscriptions).where(*ours).order_by(subscriptions.c.id))
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


async def any_of(tx: Tx, project: ProjectId) -> bool:
    """Whether anybody subscribed to the project."""
    return await tx.row(sa.select(subscriptions.c.id).where(subscriptions.c.project == project).limit(1)) is not None


async def count_by_chat(tx: Tx, projects: Collection[ProjectId], chats: Iterable[str]) -> dict[str, int]:
    """By chat, how many people subscribed to some of these projects; chats without any are left out."""
    counts: dict[str, int] = {}
    for chat in chats:
        theirs = subscriptions.c.project.in_(sorted(projects)) & subscriptions.c.person.startswith(f"{chat}:")
        row = await tx.row(sa.select(sa.func.count(sa.distinct(subscriptions.c.person)).label("many")).where(theirs))
        if row is not None and row.many:
            counts[chat] = row.many
    return counts


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


def subscription_of(row: sa.Row[Any]) -> Subscription:
    """The subscription of a row with all its columns."""
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
