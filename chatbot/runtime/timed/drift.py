"""Tells a project's maintainers what has drifted apart: computed each day, and whenever something changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog

from chatbot.core.announce.messages import short_hash
from chatbot.core.drift.compute import drift_of
from chatbot.core.drift.render import drift_message
from chatbot.core.drift.schedule import DriftNews, LastTold, news_of
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.current import current_page, current_policy
from chatbot.runtime.delivery import notices
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.store import findings, knowledge, outbox
from chatbot.store.database.db import Tx

log = structlog.get_logger(__name__)

_START = "drift/"

_Key = tuple[int, date, RoomAddress]


@dataclass(slots=True)
class DriftAlarm:
    """Only what was said is stored, in the transaction that enqueues it: a restart says nothing twice.

    checked: by project, for which knowledge, day and room nothing more is due
    """

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    checked: dict[ProjectId, _Key] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Tell what is due today (UTC), where anything has changed since the last look."""
        projects = [project for project in self.projects() if project.maintainers_room]
        if not projects:
            return
        async with self.planner.store.reading() as tx:
            versions = await knowledge.versions(tx)
        for project in projects:
            key = (versions.get(project.id, 0), now.date(), project.maintainers_room)
            if self.checked.get(project.id) != key:
                await self._of_project(project, now)
                self.checked[project.id] = key

    async def _of_project(self, project: Project, now: datetime) -> None:
        async with self.planner.store.reading() as tx:
            if not await self._news(tx, await snapshot.load(tx, project, self.planner.reader), now):
                return
        await self.planner.prepare(project)
        async with self.planner.store.writing(project.id) as tx:
            loaded = await snapshot.load_prepared(tx, project, self.planner.reader)
            if news := await self._news(tx, loaded, now):
                await self._tell(tx, loaded, news, now)
            self.planner.failpoint("drift written")

    async def _news(self, tx: Tx, loaded: ProjectSnapshot, now: datetime) -> DriftNews:
        project = loaded.project
        told_before = await findings.load(tx, project.id, project.maintainers_room, _START)
        return news_of(
            drift_of(loaded, current_policy(loaded.knowledge, self.planner.reader.read), now), told_before, now
        )

    async def _tell(self, tx: Tx, loaded: ProjectSnapshot, news: DriftNews, now: datetime) -> None:
        project, room = loaded.project, loaded.project.maintainers_room
        page = current_page(loaded.knowledge)
        records = {each.key: LastTold(each.problem, now) for each in (*news.new, *news.again)}
        put_right = [key for key, _ in news.put_right]
        name = f"drift-{short_hash('drift', now.isoformat(), *sorted((*records, *put_right)))}"
        await outbox.lock(tx)
        await findings.keep(tx, project.id, room, _START, records)
        await findings.drop(tx, project.id, room, _START, put_right)
        message = drift_message(project, news, page.page.link if page is not None else "")
        await outbox.add(tx, [notices.reading(project, message, name)], now)
        log.info(
            "the maintainers are told what has drifted apart",
            project=project.id,
            keys=sorted(records),
            put_right=put_right,
        )
