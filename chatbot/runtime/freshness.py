"""When each source was last looked at with success, and what troubles it: kept here, written down now and then."""

from dataclasses import dataclass, field
from datetime import datetime

from chatbot.store import knowledge
from chatbot.store.db import Store, StoreUnavailable


@dataclass(slots=True)
class Freshness:
    """An unchanged answer costs no transaction of its own: its time waits here for the next write of all of them."""

    store: Store
    waiting: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def looked(self, project: str, source: str, at: datetime) -> None:
        self.waiting[project, source] = at

    async def write(self) -> None:
        """Write all waiting times in one transaction."""
        waiting, self.waiting = self.waiting, {}
        if not waiting:
            return
        try:
            async with self.store.writing() as tx:
                await knowledge.note_looks(tx, [(project, source, at) for (project, source), at in waiting.items()])
        except StoreUnavailable:
            self.waiting = waiting | self.waiting  # the next write brings them
            raise
