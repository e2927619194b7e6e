"""What waits for the maintainers' word: it goes out after its hour, and they are reminded, though no source answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.core.maintainers.approval import IS_HELD, NOT_APPROVED
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.runtime.ingest.planner import Planner
from chatbot.store import ledger
from chatbot.store.ledger import HeldSubject

SELDOM = timedelta(
    minutes=1
)  # between two plans of a project where something is overdue that time alone does not decide


@dataclass(slots=True)
class WaitsForWord:
    """Has the planner look again at what waits whenever the clock decides something. When that is, the last plan said; that it
    is in memory alone costs one plan after a restart, which says nothing twice."""

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    _next: dict[ProjectId, tuple[tuple[int, ...], datetime | None]] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Plan what is due at `now`. Raises StoreUnavailable."""
        waiting: dict[ProjectId, list[HeldSubject]] = {}
        async with self.planner.store.reading() as tx:
            for reason in (NOT_APPROVED, IS_HELD):
                for rows in (await ledger.waiting_subjects(tx, reason)).values():
                    for row in rows:
                        waiting.setdefault(row.project, []).append(row)
        for project in self.projects():
            ours = waiting.get(project.id, [])
            decisions = tuple(sorted(row.id for row in ours))
            before, due = self._next.get(project.id, ((), None))
            if not ours or (decisions == before and (due is None or now < due)):
                continue
            steps = await self.planner.replan(project, {row.subject for row in ours}, now)
            again = steps.replan_at
            self._next[project.id] = (decisions, max(again, now + SELDOM) if again is not None else None)
