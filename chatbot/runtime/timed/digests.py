"""Posts the digests of rooms when they are due, and corrects those that list what has changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from chatbot.core.announce.decide import WAITS_FOR_DIGEST
from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import Decision, MessageKind, PlannedMessage, Verdict, announcement_id
from chatbot.core.announce.plan_builder import EDITED
from chatbot.core.announce.subject import find
from chatbot.core.delivery import Lane
from chatbot.core.digests.contents import item_of, security_news, since, waiting_releases
from chatbot.core.digests.item import DigestItem
from chatbot.core.digests.render import digest_message, items_digest
from chatbot.core.digests.schedule import digest_label, last_digest
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.watches import DigestSchedule, Project, Room
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import calendar_day
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.timed.policy_news import PolicyNewsOfRoom
from chatbot.store import digests, knowledge, ledger, outbox
from chatbot.store.database.db import Tx
from chatbot.store.digests import ListedItem
from chatbot.store.ledger import HeldSubject

log = structlog.get_logger(__name__)

_Item = tuple[ProjectId, DigestItem]


@dataclass(slots=True)
class Digests:
    """Collects what waits in the ledger for a room's digest. What is due follows from the store and the clock alone, so that a
    bot that was down or was killed posts it once, later.

    idle: by room, the hour and the waiting decisions for which there was nothing to post
    checked: by project, the version of its knowledge that all digests show
    """

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    policies: PolicyNewsOfRoom
    idle: dict[RoomAddress, tuple[datetime, tuple[int, ...]]] = field(default_factory=dict)
    checked: dict[ProjectId, int] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Post what is due, then correct what was posted."""
        async with self.planner.store.reading() as tx:
            waiting = await ledger.waiting_subjects(tx, WAITS_FOR_DIGEST)
            last = await digests.last_due(tx, waiting)
        for room in self.planner.newcomers.configured_rooms():
            rows = [row for row in waiting.get(room.address, ()) if row.project in room.projects]
            schedule = room.watch_filter.digest
            if schedule is None:
                await self.policies.flush(room, self._projects_of(room), rows, now)
            elif rows and self._may_be_due(room, schedule, rows, last.get(room.address), now):
                await self._post(room, schedule, now)
        await self._correct(now)

    def _projects_of(self, room: Room) -> list[Project]:
        by_id = {project.id: project for project in self.projects()}
        return [by_id[each] for each in room.projects if each in by_id]

    def _may_be_due(
        self,
        room: Room,
        schedule: DigestSchedule,
        rows: Iterable[HeldSubject],
        last: datetime | None,
        now: datetime,
    ) -> bool:
        due = last_digest(schedule, now)
        if last is not None and last >= due:
            return False
        return self.idle.get(room.address) != (due, tuple(row.id for row in rows))

    # ---- a digest that is due ------------------------------------------------------------------------------------------------

    async def _post(self, room: Room, schedule: DigestSchedule, now: datetime) -> None:
        """Enqueue the room's digest, if anything is in it, in one transaction with the decisions."""
        projects = self._projects_of(room)
        for project in projects:
            await self.planner.prepare(project)
        await self.policies.prepare(projects)
        async with self.planner.store.writing(*(project.id for project in projects)) as tx:
            last, due = (await digests.last_due(tx, [room.address])).get(room.address), last_digest(schedule, now)
            if last is not None and last >= due:
                return  # another replica was faster
            rows = [
                row
                for row in (await ledger.waiting_subjects(tx, WAITS_FOR_DIGEST)).get(room.address, ())
                if row.project in room.projects
            ]
            items, decisions = await self._collect(tx, room, schedule, projects, rows, last, now)
            if all(item.announced for _, item in items):
                self.idle[room.address] = (due, tuple(row.id for row in rows))
            else:
                name = f"{due:%Y-%m-%dT%H%MZ}"
                subject = str(SubjectId("digest", projects[0].id, name))
                label = digest_label(schedule, due)
                await outbox.lock(tx)  # before the ledger is locked: in the order of those who record what was sent
                await digests.add(tx, announcement_id(room.address, subject), room.address, due, label, items)
                message = _planned(projects[0].id, subject, "new", room.address, 1, label, items)
                reason = f"in the {schedule.every} digest of {calendar_day(due.astimezone(schedule.zone).date())}"
                decisions += [
                    _decision(project, item.subject, room.address, "announce", reason)
                    for project, item in items
                    if not item.announced
                ]
                await outbox.add(tx, [message], now)
                log.info("digest queued", subject=subject, room=room.address, items=len(items))
            await ledger.record(tx, decisions, now)
            self.planner.failpoint("digest written")
        self.planner.failpoint("digest committed")

    async def _collect(
        self,
        tx: Tx,
        room: Room,
        schedule: DigestSchedule,
        projects: Sequence[Project],
        rows: Sequence[HeldSubject],
        last: datetime | None,
        now: datetime,
    ) -> tuple[list[_Item], list[Decision]]:
        """What the digest lists, each with its project; and the decisions about what it does not list."""
        items, decisions = list[_Item](), list[Decision]()
        begin = since(schedule, last_digest(schedule, now), last)
        repeated = await digests.repeated(tx, room.address)
        for project in projects:
            waiting = [row for row in rows if row.project == project.id]
            announced = await ledger.announced_since(tx, project.id, room.address, begin)
            if not waiting and not announced:
                continue
            loaded = await snapshot.load_prepared(tx, project, self.planner.reader)
            there = await digests.listed(tx, project.id)
            fresh = {row.subject for row in waiting if (room.address, row.subject) not in there}
            releases = waiting_releases(
                loaded, room.watch_filter, fresh, last=last, now=now, settle=self.planner.settle
            )
            news = security_news(loaded, set(announced) - repeated)
            changes, skips = await self.policies.collect(
                tx, room, project, loaded.knowledge, waiting, schedule, last, now
            )
            items += [(project.id, item) for item in (*releases, *news, *changes)]
            decisions += skips
        return items, decisions

    # ---- digests that list what has changed ----------------------------------------------------------------------------------

    async def _correct(self, now: datetime) -> None:
        """Edit the digests that show something else than is known now, once that has settled."""
        async with self.planner.store.reading() as tx:
            versions = await knowledge.versions(tx)
        for project in self.projects():
            version = versions.get(project.id, 0)
            if self.checked.get(project.id) != version and await self._correct_project(project, now):
                self.checked[project.id] = version

    async def _correct_project(self, project: Project, now: datetime) -> bool:
        """Whether all digests show what is known of the project now; not while something is settling."""
        async with self.planner.store.reading() as tx:
            listed = [item for item in await digests.of_project(tx, project.id) if item.policy is None]
            if not listed:
                return True
            loaded = await snapshot.load(tx, project, self.planner.reader)
        stale, is_settled = dict.fromkeys(list[str]()), True
        for item in listed:
            subject = find(loaded, item.subject)
            if subject is None or item_of(subject, announced=item.announced).digest == item.digest:
                continue
            if subject.settling(self.planner.settle) is not None:
                is_settled = False
            else:
                stale[item.announcement] = None
        for announcement in stale:
            await self._edit(announcement, now)
        return is_settled

    async def _edit(self, announcement: str, now: datetime) -> None:
        """Show in a digest what is known now. One that lists a project, or is in a room, that is configured no longer stays."""
        by_id = {project.id: project for project in self.projects()}
        rooms = {room.address for room in self.planner.newcomers.configured_rooms()}
        async with self.planner.store.reading() as tx:
            ids = sorted({item.project for item in await digests.of_digest(tx, announcement)})
        if not by_id.keys() >= set(ids):
            return
        for project in ids:
            await self.planner.prepare(by_id[project])
        async with self.planner.store.writing(*ids) as tx:
            listed, before = await digests.of_digest(tx, announcement), await digests.announced(tx, announcement)
            if before is None or any(item.room not in rooms for item in listed):
                return
            snapshots = {each: await snapshot.load_prepared(tx, by_id[each], self.planner.reader) for each in ids}
            fresh = [(item.project, _now(item, snapshots[item.project])) for item in listed]
            items = [(project, item) for project, item in fresh if item is not None]
            if len(items) < len(listed):
                return
            digest_before = {item.subject: item.digest for item in listed}
            changed = {item.subject: item.digest for _, item in items if digest_before[item.subject] != item.digest}
            room, label, revision = listed[0].room, listed[0].label, before.revision + 1
            message = _planned(before.project, before.subject, "edit", room, revision, label, items)
            await outbox.lock(tx)
            await ledger.record(
                tx,
                [
                    _decision(each, item.subject, room, "amend", EDITED)
                    for each, item in items
                    if item.subject in changed
                ],
                now,
            )
            await digests.correct(tx, announcement, changed)
            await outbox.add(tx, [message], now)
            self.planner.failpoint("digest corrected")


def _now(listed: ListedItem, loaded: ProjectSnapshot) -> DigestItem | None:
    """A listed item as it stands now; None where nothing is known of it any more."""
    subject = find(loaded, listed.subject)
    if listed.policy is not None or subject is None:
        return listed.policy
    return item_of(subject, announced=listed.announced)


def _planned(
    project: ProjectId,
    subject: str,
    kind: MessageKind,
    room: RoomAddress,
    revision: int,
    label: str,
    items: Sequence[_Item],
) -> PlannedMessage:
    listed = [item for _, item in items]
    return PlannedMessage(
        project=project,
        subject=subject,
        kind=kind,
        message=digest_message(listed, label),
        lane=Lane.DIGEST,
        revisions={room: revision},
        digest=items_digest(listed),
        template=TEMPLATE,
    )


def _decision(project: ProjectId, subject: str, room: RoomAddress, verdict: Verdict, reason: str) -> Decision:
    return Decision(project=project, subject=subject, room=room, verdict=verdict, reason=reason)
