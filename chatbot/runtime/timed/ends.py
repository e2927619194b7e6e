"""Whether subscribers are due reminders of ends of support: looked at each day, and whenever something changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.core.reminders.personal import reminder_day, stages_reached
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.subscriptions.fan_out.ends import ends_of
from chatbot.store import knowledge
from chatbot.store.subscriptions import fan_outs, subscriptions


@dataclass(slots=True)
class EndsForPeople:
    """Has a project's subscribers gone through when a stage has come or a day has moved. Who gets what is found out then.

    checked: by project, for which knowledge and day nothing more is to be done
    """

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    checked: dict[ProjectId, tuple[int, date]] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Ask for the fan-outs that are due."""
        async with self.planner.store.reading() as tx:
            versions = await knowledge.versions(tx)
        for project in self.projects():
            key = (versions.get(project.id, 0), reminder_day(now))
            if self.checked.get(project.id) != key:
                await self._of_project(project, now)
                self.checked[project.id] = key

    async def _of_project(self, project: Project, now: datetime) -> None:
        async with self.planner.store.reading() as tx:
            if not await subscriptions.any_of(tx, project.id):
                return
        await self.planner.prepare(project)
        async with self.planner.store.reading() as tx:
            loaded = await snapshot.load_prepared(tx, project, self.planner.reader)
            former = (await fan_outs.facts(tx, project.id)).get(("support", fan_outs.ENDS))
        ends = ends_of(loaded, self.planner.reader.read, now)
        if loaded.knowledge.baseline_at is None or ends is None:
            return
        stages = stages_reached(ends, reminder_day(now))
        if former is not None and former.digest == stages:
            return
        async with self.planner.store.writing(project.id) as tx:
            await fan_outs.request_for_all(tx, project.id, "support", fan_outs.ENDS, stages, Lane.PERSONAL, now)
