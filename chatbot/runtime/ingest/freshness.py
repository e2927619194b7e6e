"""When each source was last looked at with success, and what troubles it: kept here, written down now and then."""

from dataclasses import dataclass, field
from datetime import datetime

from chatbot.core.model.ids import ProjectId
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.knowledge import source_states


@dataclass(slots=True)
class Freshness:
    """An unchanged answer costs no transaction of its own: its time waits here for the next write of all of them."""

    store: Store
    waiting: dict[tuple[ProjectId, str], datetime] = field(default_factory=dict)
    servers: dict[str, datetime] = field(default_factory=dict)  # source → what its own clock showed
    troubles: dict[str, str] = field(default_factory=dict)  # source → why it is asked less often than it should be

    def note_poll(self, project: ProjectId, source: str, at: datetime, server_at: datetime | None = None) -> None:
        self.waiting[project, source] = at
        self.troubles.pop(source, None)
        if server_at is not None:
            self.servers[source] = server_at

    def short(self, project: ProjectId, source: str, at: datetime, reason: str) -> None:
        """It was looked at, and for this reason not again for a while."""
        self.waiting[project, source] = at
        self.troubles[source] = reason

    async def write(self) -> None:
        """Write all waiting times in one transaction."""
        waiting, self.waiting = self.waiting, {}
        if not waiting:
            return
        try:
            async with self.store.writing() as tx:
                answers = [(project, source, at) for (project, source), at in waiting.items()]
                await source_states.note_polls(tx, answers, self.servers, self.troubles)
        except StoreUnavailable:
            self.waiting = waiting | self.waiting  # the next write brings them
            raise
