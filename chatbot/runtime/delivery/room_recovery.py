"""A room that refused our messages takes them again: it hears missed security in full, and the rest as one summary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from chatbot.core.announce import summary
from chatbot.core.model.watches import Project
from chatbot.ports import Clock
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import ledger, outbox
from chatbot.store.database.db import Tx
from chatbot.store.outbox import unsent

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RoomRecovery:
    """Folds what waited. `projects` are those watched now: what waited of another is said singly."""

    projects: Callable[[], Sequence[Project]]
    reader: PolicyReader
    clock: Clock

    async def back(self, tx: Tx, room: str) -> None:
        """In the transaction that records the room's first message again."""
        watched = {project.id: project for project in self.projects()}
        for name, subjects in (await unsent.routine(tx, room)).items():
            project = watched.get(name)
            if project is None or len(subjects) <= summary.MOST_SINGLY:
                continue
            loaded = await snapshot.load(tx, project, self.reader)
            plan = summary.instead(loaded, room, subjects)
            now = self.clock()
            await unsent.take_back(tx, room, subjects, now)
            await ledger.record(tx, plan.decisions, now)
            await outbox.add(tx, plan.messages, now)
            log.info(
                "a room is back: what it missed becomes a summary", room=room, project=name, releases=len(subjects)
            )
