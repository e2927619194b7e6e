"""Corrects the weekly lists of people that show what has changed, as the digests of rooms are: each person's last one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.announce.subject import find
from chatbot.core.delivery import Lane
from chatbot.core.digests.contents import item_of
from chatbot.core.digests.item import DigestItem
from chatbot.core.digests.personal_message import personal_list
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.store import knowledge, outbox
from chatbot.store.subscriptions import lists, subscribers
from chatbot.store.subscriptions.lists import Reader, WeeklyList

log = structlog.get_logger(__name__)

_Items = list[tuple[ProjectId, DigestItem]]


@dataclass(slots=True)
class ListCorrections:
    """An edit, which nobody hears. Whose list was edited has one that shows something else, so what is cut off goes on where it
    was.

    size: people in one slice: nobody else may write while it is written
    checked: by project, the version of its knowledge that all lists show
    """

    planner: Planner
    members: Members
    size: int = 250
    checked: dict[ProjectId, int] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Look at the projects of which something has changed."""
        async with self.planner.store.reading() as tx:
            versions = await knowledge.versions(tx)
        for project in self.members.registry().configuration.projects:
            version = versions.get(project.id, 0)
            if self.checked.get(project.id) != version and await self._of_project(project, now):
                self.checked[project.id] = version

    async def _of_project(self, project: Project, now: datetime) -> bool:
        """Whether all lists show what is known of the project now; not while something is settling."""
        async with self.planner.store.reading() as tx:
            listed = await lists.of_project(tx, project.id)
        if not listed:
            return True
        loaded, is_settled = await self._loaded(project), True
        stale: set[WeeklyList] = set()
        for which, item in listed:
            subject = find(loaded, item.subject)
            if subject is None or item_of(subject, announced=item.announced).digest == item.digest:
                continue
            if subject.settling(self.planner.settle) is not None:
                is_settled = False
            else:
                stale.add(which)
        for which in sorted(stale):
            await self._correct(which, now)
        return is_settled

    async def _loaded(self, project: Project) -> ProjectSnapshot:
        await self.planner.prepare(project)
        async with self.planner.store.reading() as tx:
            return await snapshot.load_prepared(tx, project, self.planner.reader)

    async def _correct(self, which: WeeklyList, now: datetime) -> None:
        """Show in these lists what is known now. One about a project that is not configured now stays."""
        after, edits, items = "", 0, _Items()
        self.members.forget()
        while True:
            async with self.planner.store.reading() as tx:
                readers = await lists.readers(tx, which, after, self.size)
            if not readers:
                break
            items = items or await self._items(which)
            if not items:
                return
            permitted = await self._permitted(readers, {project for project, _ in items})
            edits += await self._write(which, items, permitted, after, now) if permitted else 0
            after = readers[-1].dm
        if edits:
            log.info("weekly lists corrected", lists=edits)

    async def _items(self, which: WeeklyList) -> _Items:
        """What the list shows, as it stands now; nothing where something of it is unknown now."""
        async with self.planner.store.reading() as tx:
            listed = await lists.items(tx, which)
        registry, snapshots = self.members.registry(), dict[ProjectId, ProjectSnapshot]()
        items: _Items = []
        for item in listed:
            project = registry.project(item.project)
            if project is None:
                return []
            if project.id not in snapshots:
                snapshots[project.id] = await self._loaded(project)
            subject = find(snapshots[project.id], item.subject)
            if subject is None:
                return []
            items.append((project.id, item_of(subject, announced=item.announced)))
        return items

    async def _permitted(self, readers: Sequence[Reader], projects: Collection[ProjectId]) -> list[Reader]:
        """Those who may know of all these projects."""
        permitted = list(readers)
        for project in sorted(projects):
            if self.members.all_of(project, ()) is None:
                permitted = [each for each in permitted if await self._may_know(each, project)]
        return permitted

    async def _may_know(self, reader: Reader, project: ProjectId) -> bool:
        async with self.planner.store.reading() as tx:
            them = await subscribers.one(tx, project, reader.person)
        return bool((await self.members.ask(project, them)).subscribers)

    async def _write(
        self, which: WeeklyList, items: _Items, permitted: Sequence[Reader], after: str, now: datetime
    ) -> int:
        message, shows = personal_list([item for _, item in items], permitted[0].label)
        if shows == which.digest:
            return 0
        dms = {each.dm for each in permitted}
        async with self.planner.store.writing() as tx:
            await outbox.lock(tx)
            current = await lists.readers(tx, which, after, self.size)
            planned = PlannedMessage(
                project=items[0][0],
                subject=which.subject,
                kind="edit",
                message=message,
                lane=Lane.PERSONAL,
                revisions={each.dm: each.revision + 1 for each in current if each.dm in dms},
                digest=shows,
                template=TEMPLATE,
            )
            await lists.keep(tx, WeeklyList(which.subject, shows), items)
            await outbox.add(tx, [planned], now)
            self.planner.failpoint("lists corrected")
        return len(planned.revisions)
