"""Fan-outs: news whose subscribers are being gone through, the most urgent first, and how far each has come."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import fan_out_facts, fan_outs, subscriptions

WAKER = "fan-outs"  # its name among the wakers of the store
NewsKind = Literal["advisory", "release", "support", "correction"]
ENDS = "ends"
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)  # until somebody is tried again
FanOutKey = tuple[ProjectId, NewsKind, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """News of a project on its way to its subscribers.

    name: the advisory's id; the tag of a `release`, or of one that was taken back (`correction`); of `support`, the ends of all
        lines, `ENDS`
    person: the only one whom it is for; empty: everybody
    after: the DM of the last person who was gone through; empty: nobody yet
    requested_at: when it became news; of a person who is to be tried again, when that is due
    """

    project: ProjectId
    kind: NewsKind
    name: str
    person: str
    lane: Lane
    after: str
    requested_at: datetime

    @property
    def key(self) -> FanOutKey:
        """Which one it is, however far it has come."""
        return self.project, self.kind, self.name, self.person


@dataclass(frozen=True, slots=True)
class Facts:
    """What subscribers were last gone through for.

    digest: of the facts
    advised: the tags of the releases that some alert recommends
    """

    digest: str
    advised: frozenset[str] = frozenset()


async def request_for_all(
    tx: Tx, project: ProjectId, kind: NewsKind, name: str, digest: str, lane: Lane, now: datetime
) -> None:
    """Go through the project's subscribers for news with these facts."""
    values = {"digest": digest, "lane": lane.value, "at": now}
    adding = tx.insert(fan_out_facts).values(project=project, kind=kind, name=name, **values)
    await tx.run(adding.on_conflict_do_update(index_elements=["project", "kind", "name"], set_=values))
    again = {"lane": lane.value, "after": "", "requested_at": now}
    this = {"project": project, "kind": kind, "name": name, "person": ""}
    asking = tx.insert(fan_outs).values(**this, **again)
    await tx.run(asking.on_conflict_do_update(index_elements=list(this), set_=again))
    tx.woken.add(WAKER)


async def facts(tx: Tx, project: ProjectId) -> dict[tuple[str, str], Facts]:
    """By kind and name of news: what subscribers were last gone through for."""
    rows = await tx.rows(sa.select(fan_out_facts).where(fan_out_facts.c.project == project))
    return {(row.kind, row.name): Facts(row.digest, frozenset(json.loads(row.advised))) for row in rows}


async def advise(tx: Tx, fan_out: FanOut, tags: Collection[str]) -> None:
    """Some alerts recommend these releases: what becomes of them is news to whoever got one."""
    which = (fan_out_facts.c.project == fan_out.project) & (fan_out_facts.c.kind == fan_out.kind)
    which &= fan_out_facts.c.name == fan_out.name
    row = await tx.row(sa.select(fan_out_facts.c.advised).where(which)) if tags else None
    if row is not None and not (before := frozenset(json.loads(row.advised))) >= frozenset(tags):
        together = json.dumps(sorted(before | frozenset(tags)))
        await tx.run(sa.update(fan_out_facts).where(which).values(advised=together))


async def again(tx: Tx, person: RoomAddress) -> None:
    """Go through this person alone, for all advisories and reminders of their projects, and releases that were taken back: they
    can be reached once more, and get what they missed and what still counts."""
    theirs = sa.select(subscriptions.c.project).where(subscriptions.c.person == person)
    which = fan_out_facts.c.kind.in_(("advisory", "support", "correction")) & fan_out_facts.c.project.in_(
        theirs.scalar_subquery()
    )
    await _for_one(tx, person, which)


async def _for_one(tx: Tx, person: RoomAddress, which: sa.ColumnElement[bool]) -> None:
    columns = (fan_out_facts.c.project, fan_out_facts.c.kind, fan_out_facts.c.name)
    rows = sa.select(*columns, sa.literal(person, sa.Text()), fan_out_facts.c.lane, fan_out_facts.c.at).where(which)
    adding = tx.insert(fan_outs).from_select(["project", "kind", "name", "person", "lane", "requested_at"], rows)
    await tx.run(adding.on_conflict_do_nothing())
    tx.woken.add(WAKER)


async def catch_up(tx: Tx, person: RoomAddress, project: ProjectId, after: datetime) -> None:
    """Go through this person alone, for the project's releases that became news after this time."""
    which = (fan_out_facts.c.kind == "release") & (fan_out_facts.c.project == project) & (fan_out_facts.c.at > after)
    await _for_one(tx, person, which)


async def releases_since(tx: Tx, after: datetime) -> dict[ProjectId, dict[str, datetime]]:
    """By project and tag, when releases became news for subscribers, after this time. Projects of which only advisories
    changed since then are there too."""
    news: dict[ProjectId, dict[str, datetime]] = {}
    for row in await tx.rows(sa.select(fan_out_facts).where(fan_out_facts.c.at > after)):
        of_project = news.setdefault(ProjectId(row.project), {})
        if row.kind == "release":
            of_project[row.name] = row.at
    return news


async def put_off(tx: Tx, fan_out: FanOut, people: Iterable[RoomAddress], now: datetime) -> None:
    """Go through each of these people alone, later: nobody can tell at the moment whether they may know of it. How long it has
    been news already is how long they wait."""
    which = (fan_out_facts.c.project == fan_out.project) & (fan_out_facts.c.kind == fan_out.kind)
    row = await tx.row(sa.select(fan_out_facts.c.at).where(which, fan_out_facts.c.name == fan_out.name))
    age = now - row.at if row is not None else SHORTEST
    again = {"requested_at": now + min(max(age, SHORTEST), LONGEST), "after": ""}
    this = {"project": fan_out.project, "kind": fan_out.kind, "name": fan_out.name, "lane": fan_out.lane.value}
    for person in people:
        adding = tx.insert(fan_outs).values(**this, **again, person=person)
        await tx.run(adding.on_conflict_do_update(index_elements=["project", "kind", "name", "person"], set_=again))


async def first(tx: Tx, now: datetime, without: Collection[FanOutKey] = ()) -> FanOut | None:
    """The most urgent one that is open and due, without these."""
    # What lies further ahead than anybody is put off was written by a clock that was wrong.
    is_due = (fan_outs.c.person == "") | (fan_outs.c.requested_at <= now) | (fan_outs.c.requested_at > now + LONGEST)
    order = (fan_outs.c.lane, fan_outs.c.requested_at, fan_outs.c.project, fan_outs.c.kind, fan_outs.c.name)
    statement = sa.select(fan_outs).where(is_due).order_by(*order, fan_outs.c.person)
    rows = await tx.rows(statement.limit(len(without) + 1))
    return next((each for each in map(_fan_out, rows) if each.key not in without), None)


async def still(tx: Tx, fan_out: FanOut) -> bool:
    """Whether it is where it was: nobody asked for it anew, or worked at it, meanwhile."""
    row = await tx.row(sa.select(fan_outs).where(_this(fan_out)))
    return row is not None and _fan_out(row) == fan_out


async def advance(tx: Tx, fan_out: FanOut, dm: RoomAddress) -> FanOut:
    """Everybody up to this DM was gone through. Return it as it is then."""
    await tx.run(sa.update(fan_outs).where(_this(fan_out)).values(after=dm))
    return replace(fan_out, after=dm)


async def forget(tx: Tx, dms: Collection[RoomAddress]) -> None:
    """Nothing names these DMs any more: what had come as far as them begins again, which repeats nothing."""
    await tx.run(sa.update(fan_outs).where(fan_outs.c.after.in_(sorted(dms))).values(after=""))


async def finish(tx: Tx, fan_out: FanOut) -> None:
    """Everybody was gone through."""
    await tx.run(sa.delete(fan_outs).where(_this(fan_out)))


def _this(fan_out: FanOut) -> sa.ColumnElement[bool]:
    return sa.and_(
        fan_outs.c.project == fan_out.project,
        fan_outs.c.kind == fan_out.kind,
        fan_outs.c.name == fan_out.name,
        fan_outs.c.person == fan_out.person,
    )


def _fan_out(row: sa.Row[tuple[object, ...]]) -> FanOut:
    return FanOut(
        project=ProjectId(row.project),
        kind=row.kind,
        name=row.name,
        person=row.person,
        lane=Lane(row.lane),
        after=row.after,
        requested_at=row.requested_at,
    )
