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
from chatbot.store.maintainers import words

SELDOM = timedelta(
    minutes=1
)  # between two plans of a project where something is overdue that time alone does not decide


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a plan was made from.

    decisions: the ids of those that say that something waits
    project: as it was configured
    cards_arrive: whether its maintainers could be asked
    """

    decisions: tuple[int, ...]
    project: Project
    cards_arrive: bool


@dataclass(slots=True)
class WaitsForWord:
    """Has the planner look again at what waits whenever the clock decides something, the maintainers cannot be asked any more, or
    need not be. When the clock decides, the last plan said; that it is in memory alone costs one plan after a restart, which
    says nothing twice."""

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    _last: dict[ProjectId, tuple[_Basis, datetime | None]] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Plan what is due at `now`. Raises StoreUnavailable."""
        waiting: dict[ProjectId, list[HeldSubject]] = {}
        arrive: dict[ProjectId, bool] = {}
        projects = {project.id: project for project in self.projects()}
        async with self.planner.store.reading() as tx:
            for reason in (NOT_APPROVED, IS_HELD):
                for rows in (await ledger.waiting_subjects(tx, reason)).values():
                    for row in rows:
                        waiting.setdefault(row.project, []).append(row)
            for name in waiting.keys() & projects.keys():
                arrive[name] = await words.cards_arrive(tx, name, projects[name].maintainers_room, now)
        for name, can_ask in arrive.items():
            project, ours = projects[name], waiting[name]
            basis = _Basis(tuple(sorted(row.id for row in ours)), project, can_ask)
            before, due = self._last.get(name, (None, None))
            if basis == before and (due is None or now < due):
                continue
            steps = await self.planner.replan(project, {row.subject for row in ours}, now)
            again = steps.replan_at
            self._last[name] = (basis, max(again, now + SELDOM) if again is not None else None)
