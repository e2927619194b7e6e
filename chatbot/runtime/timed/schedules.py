"""Planned releases as their time draws near, comes and passes: planned again whenever the clock alone changes something."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chatbot.core.maintainers.schedule.phases import Phase, by_the_clock
from chatbot.core.maintainers.schedule.planning import schedule_subject
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.runtime.ingest.planner import Planner
from chatbot.store.maintainers import words


@dataclass(slots=True)
class Schedules:
    """Has the planner look at planned releases. What it planned last is remembered in memory alone: after a restart it looks once
    more, which says nothing twice."""

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    _last: dict[ProjectId, frozenset[tuple[str, datetime, Phase]]] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Plan what is due at `now`. Raises StoreUnavailable."""
        async with self.planner.store.reading() as tx:
            planned = await words.scheduled(tx)
        for project in self.projects():
            states = by_the_clock(planned.get(project.id, {}), now)
            if states != self._last.get(project.id, frozenset()):
                subjects = {schedule_subject(project.id, version) for version, _, _ in states}
                await self.planner.replan(project, subjects, now)
                self._last[project.id] = states
