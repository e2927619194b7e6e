"""A room that refused our messages takes them again: it hears missed security in full, and the rest as one summary."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

import structlog

from chatbot.core.announce import summary
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import Project
from chatbot.ports import Clock
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import ledger, outbox
from chatbot.store.database.db import Store, Tx
from chatbot.store.outbox import unsent

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RoomRecovery:
    """Folds what waited.

    projects: those watched now; what waited of another is sent singly
    prepare_pages: has a project's policy pages parsed
    """

    store: Store
    projects: Callable[[], Sequence[Project]]
    reader: PolicyReader
    prepare_pages: Callable[[Project], Awaitable[None]]
    clock: Clock

    async def prepare(self, rooms: Collection[RoomAddress]) -> None:
        """Before the transaction in which these rooms are back: in it nothing foreign is parsed."""
        async with self.store.reading() as tx:
            names = {name for room in rooms for name in await unsent.routine(tx, room)}
        for project in self.projects():
            if project.id in names:
                await self.prepare_pages(project)

    async def back(self, tx: Tx, room: RoomAddress) -> None:
        """In the transaction that records the room's first message again."""
        watched = {str(project.id): project for project in self.projects()}
        for name, subjects in (await unsent.routine(tx, room)).items():
            project = watched.get(name)
            if project is None or len(subjects) <= summary.MOST_SINGLY:
                continue
            loaded = await snapshot.load_prepared(tx, project, self.reader)
            now = self.clock()
            plan = summary.instead(loaded, room, subjects, now)
            await unsent.take_back(tx, room, subjects, now)
            await ledger.record(tx, plan.decisions, now)
            await outbox.add(tx, plan.messages, now)
            log.info("missed releases become one summary", room=room, project=name, releases=len(subjects))
