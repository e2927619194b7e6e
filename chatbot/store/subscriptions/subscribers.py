"""The subscribers of a project in the order of a fan-out: by their DMs, since what is written for them lies in that order too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, get_args

import sqlalchemy as sa

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import MOST, Releases, Scope, ScopeKind, Subscription
from chatbot.store.database.columns import from_number
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import people, subscriptions
from chatbot.store.database.rows import at_once
from chatbot.store.subscriptions.subscriptions import subscription_of

# As numbers and plain texts: a hundred thousand of them are read, of which most are never looked at one by one.
_BETWEEN = "\x1f"
_PARTS = ("kind", "name", "min_severity", "releases", "unconfirmed", "via", "runs", "runs_since")
_wish: sa.ColumnElement[str] = sa.literal("")
for _part in _PARTS:
    _wish = _wish.concat(sa.func.coalesce(sa.cast(sa.type_coerce(subscriptions.c[_part], sa.Text()), sa.Text()), ""))
    _wish = _wish.concat(_BETWEEN)
_ROW: list[sa.ColumnElement[Any]] = [
    sa.type_coerce(people.c.dm, sa.Text()).label("dm"),
    sa.type_coerce(people.c.person, sa.Text()).label("person"),
    _wish.label("wish"),
    sa.type_coerce(subscriptions.c.since, sa.BigInteger()).label("since"),
    sa.type_coerce(subscriptions.c.confirmed_at, sa.BigInteger()).label("confirmed_at"),
    sa.type_coerce(subscriptions.c.home, sa.Text()).label("home"),
    subscriptions.c.id,
]
_REACHABLE = (people.c.trouble == "") & people.c.lost_at.is_(None) & (people.c.dm != "")
_dm_of = itemgetter(0)
_RELEASES: Mapping[str, Releases] = {each: each for each in get_args(Releases)}
_KINDS: Mapping[str, ScopeKind] = {kind: kind for kind in get_args(ScopeKind)}


class Stored(NamedTuple):
    """One subscription of a subscriber as it is stored.

    wish: all that it says but for its times, as one text: equal for all who want the same
    since, confirmed_at: microseconds since 1970 (`columns.to_number`)
    """

    wish: str
    since: int
    confirmed_at: int
    home: RoomAddress
    id: int


class Subscriber(NamedTuple):
    """One person who can be reached, with what they subscribed to in one project."""

    person: RoomAddress
    dm: RoomAddress
    project: ProjectId
    stored: tuple[Stored, ...]

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Their subscriptions, the oldest first."""
        return tuple(_subscription(self, each) for each in self.stored)

    def with_only(self, ids: Collection[int]) -> "Subscriber":
        """The same person with these of their subscriptions."""
        return self._replace(stored=tuple(each for each in self.stored if each.id in ids))


@dataclass(frozen=True, slots=True)
class WeeklyReader:
    """One person with what they want weekly lists for.

    dm: where they go; empty where nothing may be sent to them
    """

    person: RoomAddress
    dm: RoomAddress
    subscriptions: tuple[Subscription, ...]


async def after(tx: Tx, project: ProjectId, behind: str, limit: int) -> tuple[list[Subscriber], bool]:
    """The next people of a project behind that DM ("": the first) with about `limit` subscriptions together, and whether there
    are more. Whose DM is unknown, or takes nothing, is not among them."""
    limit = max(limit, MOST + 1)  # one person's at least, and one more
    statement = _of(project, people.c.dm > behind).order_by(people.c.dm, subscriptions.c.id).limit(limit)
    rows = await at_once(tx, statement)
    there = _grouped(project, rows)
    if len(rows) < limit:
        return there, False
    return there[:-1], True  # the last one may have more


async def one(tx: Tx, project: ProjectId, person: RoomAddress) -> list[Subscriber]:
    """This person as a subscriber of a project; nobody where they are none, or cannot be reached."""
    statement = _of(project, people.c.person == person).order_by(subscriptions.c.id)
    return _grouped(project, await at_once(tx, statement))


async def weekly(tx: Tx, person: str, limit: int) -> list[WeeklyReader]:
    """The next people behind this one ("": the first) with their subscriptions, of whatever project, of which they want releases
    once a week."""
    are_weekly = subscriptions.c.releases == "weekly"
    names = sa.select(subscriptions.c.person).distinct().where(are_weekly, subscriptions.c.person > person)
    first = names.order_by(subscriptions.c.person).limit(limit).subquery("names")
    statement = (
        sa.select(subscriptions, sa.case((_REACHABLE, people.c.dm), else_="").label("dm"))
        .outerjoin(people, people.c.person == subscriptions.c.person)
        .where(are_weekly, subscriptions.c.person.in_(first.select()))
        .order_by(subscriptions.c.person, subscriptions.c.id)
    )
    readers = []
    for name, together in groupby(await tx.rows(statement), key=attrgetter("person")):
        theirs = list(together)
        wishes = tuple(map(subscription_of, theirs))
        readers.append(WeeklyReader(RoomAddress(name), RoomAddress(theirs[0].dm or ""), wishes))
    return readers


def _of(project: ProjectId, which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    # The concatenation keeps SQLite from reading all subscriptions of the project at each step, to put them in order: it goes
    # through the people in the order of their DMs, and looks for the subscriptions of each.
    theirs = (subscriptions.c.person == people.c.person) & (subscriptions.c.project.concat("") == project)
    return sa.select(*_ROW).join_from(people, subscriptions, theirs).where(_REACHABLE, which)


def _grouped(project: ProjectId, rows: Sequence[Sequence[Any]]) -> list[Subscriber]:
    there, homes = [], {"": NOWHERE}  # of which there are few
    for dm, together in groupby(rows, key=_dm_of):
        stored, person = [], ""
        for _, person, wish, since, confirmed_at, place, number in together:  # noqa: B007 - that of the last is that of all
            home = homes.get(place)
            if home is None:
                home = homes[place] = RoomAddress(place)
            stored.append(Stored(wish, since, confirmed_at, home, number))
        there.append(Subscriber(RoomAddress(person), RoomAddress(dm), project, tuple(stored)))
    return there


def _subscription(subscriber: Subscriber, stored: Stored) -> Subscription:
    kind, name, min_severity, releases, unconfirmed, via, runs, runs_since = stored.wish.split(_BETWEEN)[:-1]
    return Subscription(
        id=stored.id,
        person=subscriber.person,
        project=subscriber.project,
        scope=Scope(_KINDS[kind], name),
        min_severity=Severity(min_severity),
        releases=_RELEASES[releases],
        since=from_number(stored.since),
        confirmed_at=from_number(stored.confirmed_at),
        unconfirmed=int(unconfirmed),
        home=stored.home,
        via="role" if via == "role" else "dm",
        runs=runs,
        runs_since=from_number(int(runs_since)) if runs_since else None,
    )
