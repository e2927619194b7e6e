"""What weekly lists show, kept once for all people whose lists are the same, and who those are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.core.digests.item import DigestItem
from chatbot.core.digests.schedule import WEEKLY
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import digest_items, digests, people
from chatbot.store.database.tables import announcements

LIFETIME = timedelta(days=90)  # how long it is known what a list showed
_START = f"digest/{WEEKLY}/"  # of the subjects of lists
_SIGN = "#"  # between the subject and the digest


@dataclass(frozen=True, slots=True, order=True)
class WeeklyList:
    """The lists of one Monday that show the same.

    subject: under which they are announced
    digest: of what they show
    """

    subject: str
    digest: str

    @property
    def key(self) -> str:
        """Among the items of digests, where rooms' have the id of an announcement."""
        return f"{self.subject}{_SIGN}{self.digest}"


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One thing that a list shows; as in `store.digests`."""

    project: ProjectId
    subject: str
    announced: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A person whose last list it is, and who can be reached.

    revision: of their list, as it is there
    label: what it says which list it is
    """

    person: RoomAddress
    dm: RoomAddress
    revision: int
    label: str


async def keep(tx: Tx, which: WeeklyList, items: Sequence[tuple[ProjectId, DigestItem]]) -> None:
    """These lists show these items."""
    rows = [
        {
            "announcement": which.key,
            "subject": item.subject,
            "project": project,
            "announced": item.announced,
            "digest": item.digest,
        }
        for project, item in items
    ]
    await tx.run(tx.insert(digest_items).on_conflict_do_nothing(), rows)


async def of_project(tx: Tx, project: ProjectId) -> list[tuple[WeeklyList, ListedItem]]:
    """Everything of a project that lists show."""
    ours = sa.select(digest_items).where(digest_items.c.project == project, _is_of_list())
    return [(_list(row.announcement), _item(row)) for row in await tx.rows(ours)]


async def showing(tx: Tx, project: ProjectId, subject: str) -> list[WeeklyList]:
    """The lists that show this subject of a project."""
    ours = sa.select(digest_items.c.announcement).where(digest_items.c.project == project, _is_of_list())
    return sorted(_list(row.announcement) for row in await tx.rows(ours.where(digest_items.c.subject == subject)))


async def items(tx: Tx, which: WeeklyList) -> list[ListedItem]:
    """All that these lists show."""
    ours = sa.select(digest_items).where(digest_items.c.announcement == which.key).order_by(digest_items.c.subject)
    return [_item(row) for row in await tx.rows(ours)]


async def readers(tx: Tx, which: WeeklyList, after: str, limit: int) -> list[Reader]:
    """The next people behind this DM ("": the first) whose last list is one of these."""
    ours = (announcements.c.subject == which.subject) & (announcements.c.digest == which.digest)
    reachable = (people.c.trouble == "") & people.c.lost_at.is_(None)
    statement = (
        sa.select(people.c.person, people.c.dm, announcements.c.revision, digests.c.label)
        .select_from(announcements)
        .join(digests, digests.c.announcement == announcements.c.id)
        .join(people, people.c.dm == announcements.c.room)
        .where(ours, reachable, announcements.c.room > after)
        .order_by(announcements.c.room)
        .limit(limit)
    )
    return [
        Reader(RoomAddress(row.person), RoomAddress(row.dm), row.revision, row.label)
        for row in await tx.rows(statement)
    ]


async def forget_old(tx: Tx, now: datetime) -> int:
    """What lists showed so long ago is known no longer; return how many rows that was."""
    before = f"{_START}{now - LIFETIME:%Y-%m-%d}"
    return await tx.run(sa.delete(digest_items).where(_is_of_list(), digest_items.c.announcement < before))


def _is_of_list() -> sa.ColumnElement[bool]:
    return digest_items.c.announcement.startswith(_START, autoescape=True)


def _list(key: str) -> WeeklyList:
    subject, _, digest = key.rpartition(_SIGN)
    return WeeklyList(subject, digest)


def _item(row: sa.Row[tuple[object, ...]]) -> ListedItem:
    return ListedItem(ProjectId(row.project), row.subject, row.announced, row.digest)
