"""The digests that were posted: in which room, for which hour, and what each lists."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.digests.item import DigestItem
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.columns import from_number, to_number
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import digest_items, digests
from chatbot.store.database.rows import insert, listed_texts, texts
from chatbot.store.database.tables import announcements


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """What a digest lists.

    announcement, room, label: the digest
    project, subject: what it is about
    announced: it is security news that the digest repeats
    digest: of the facts that it shows
    policy: of a changed policy: the item itself; of other news it is made from what is known now
    """

    announcement: str
    room: RoomAddress
    label: str
    project: ProjectId
    subject: str
    announced: bool
    digest: str
    policy: DigestItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A digest's own announcement."""

    project: ProjectId
    subject: str
    revision: int


async def last_due(tx: Tx, rooms: Collection[RoomAddress]) -> dict[RoomAddress, datetime]:
    """When the last digest that was posted there was due, by room or DM; those without any are left out."""
    these = digests.c.room.in_(texts(tx.postgres))
    last = sa.select(digests.c.room, sa.func.max(digests.c.due).label("due")).where(these).group_by(digests.c.room)
    return {RoomAddress(row.room): row.due for row in await tx.rows(last, {"b_texts": listed_texts(tx, rooms)})}


async def listed(tx: Tx, project: ProjectId) -> frozenset[tuple[RoomAddress, str]]:
    """(room, subject) for each subject of the project that a digest lists, and that was not announced by itself."""
    ours = (digest_items.c.project == project) & ~digest_items.c.announced
    return frozenset((RoomAddress(row.room), row.subject) for row in await tx.rows(_items(ours)))


async def repeated(tx: Tx, room: RoomAddress) -> frozenset[str]:
    """The security news that a digest of the room has repeated already."""
    ours = (digests.c.room == room) & digest_items.c.announced
    return frozenset(row.subject for row in await tx.rows(_items(ours)))


async def of_project(tx: Tx, project: ProjectId) -> list[ListedItem]:
    """Everything of a project that digests list."""
    return [_item(row) for row in await tx.rows(_items(digest_items.c.project == project))]


async def of_digest(tx: Tx, announcement: str) -> list[ListedItem]:
    """Everything that one digest lists."""
    return [_item(row) for row in await tx.rows(_items(digest_items.c.announcement == announcement))]


async def announced(tx: Tx, announcement: str) -> Announced | None:
    """A digest's announcement, as it stands; None where there is none."""
    row = await tx.row(sa.select(announcements).where(announcements.c.id == announcement))
    return (
        Announced(project=ProjectId(row.project), subject=row.subject, revision=row.revision)
        if row is not None
        else None
    )


async def add(
    tx: Tx,
    announcement: str,
    room: RoomAddress,
    due: datetime,
    label: str,
    items: Sequence[tuple[ProjectId, DigestItem]],
) -> None:
    """Write down a digest with its items, each with its project's id."""
    await tx.run(sa.insert(digests).values(announcement=announcement, room=room, due=due, label=label))
    rows = [
        {
            "announcement": announcement,
            "subject": item.subject,
            "project": project,
            "announced": item.announced,
            "digest": item.digest,
            "policy": _to_text(item) if item.is_policy else "",
        }
        for project, item in items
    ]
    await tx.run(sa.insert(digest_items), rows)


async def correct(tx: Tx, announcement: str, digest_of: Mapping[str, str]) -> None:
    """A digest shows other facts: subject → the digest of these."""
    this = (digest_items.c.announcement == announcement) & (digest_items.c.subject == sa.bindparam("b_subject"))
    change = sa.update(digest_items).where(this).values(digest=sa.bindparam("b_digest"))
    await tx.run(change, [{"b_subject": subject, "b_digest": digest} for subject, digest in digest_of.items()])


async def note_personal(tx: Tx, announcements_of: Sequence[tuple[str, RoomAddress]], due: datetime, label: str) -> None:
    """People's lists were posted: each announcement with its DM. Of each person only when the last one was due is kept; what it
    shows is kept once for all whose lists are the same (`store.subscriptions.lists`)."""
    rooms = {"b_texts": listed_texts(tx, [room for _, room in announcements_of])}
    await tx.run(sa.delete(digests).where(digests.c.room.in_(texts(tx.postgres))), rooms)
    await insert(
        tx,
        digests,
        [{"announcement": name, "room": room} for name, room in announcements_of],
        {"due": due, "label": label},
    )


async def forget(tx: Tx, rooms: Collection[RoomAddress]) -> None:
    """Nobody needs to know any more what people's lists there were."""
    await tx.run(sa.delete(digests).where(digests.c.room.in_(sorted(rooms))))


async def take_back(tx: Tx, announcement: str) -> None:
    """A person's list certainly never was there."""
    await tx.run(sa.delete(digests).where(digests.c.announcement == announcement))


async def move(tx: Tx, old: RoomAddress, new: RoomAddress) -> None:
    """A person has another DM."""
    await tx.run(sa.update(digests).where(digests.c.room == old).values(room=new))


async def hand_over(tx: Tx, project: ProjectId, old: str, new: str) -> None:
    """A room goes on under another address: what its digests list of the project was posted there."""
    ours = sa.select(digest_items.c.announcement).where(digest_items.c.project == project)
    these = (digests.c.room == old) & digests.c.announcement.in_(ours.scalar_subquery())
    await tx.run(sa.update(digests).where(these).values(room=new))


def _items(condition: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    columns = (digest_items, digests.c.room, digests.c.label)
    same = digest_items.c.announcement == digests.c.announcement
    ordered = (digest_items.c.announcement, digest_items.c.subject)
    return sa.select(*columns).join(digests, same).where(condition).order_by(*ordered)


def _item(row: sa.Row[tuple[object, ...]]) -> ListedItem:
    return ListedItem(
        announcement=row.announcement,
        room=RoomAddress(row.room),
        label=row.label,
        project=ProjectId(row.project),
        subject=row.subject,
        announced=row.announced,
        digest=row.digest,
        policy=_from_text(row.subject, row.digest, row.policy) if row.policy else None,
    )


def _to_text(item: DigestItem) -> str:
    return json.dumps([item.project, item.name, item.url, to_number(item.at), list(item.sentences)])


def _from_text(subject: str, digest: str, text: str) -> DigestItem:
    project, name, url, at, sentences = json.loads(text)
    return DigestItem(
        subject=subject,
        project=project,
        name=name,
        words="",
        url=url,
        at=from_number(at),
        digest=digest,
        sentences=tuple(sentences),
    )
