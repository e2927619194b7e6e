"""Once after an upgrade: what an older program posted gets a digest of the facts that it shows, before anything new is read."""

import structlog

from chatbot.core.announce.redigest import redigest
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import ledger
from chatbot.store.database.db import Tx

log = structlog.get_logger(__name__)


class Redigest:
    """Remembers which projects have nothing left to do. Call it in a transaction of the project, before facts are changed."""

    def __init__(self, reader: PolicyReader) -> None:
        self._reader = reader
        self._projects: set[ProjectId] = set()

    async def __call__(self, tx: Tx, project: Project) -> None:
        """Give the project's announcements their digests where they lack them."""
        if project.id in self._projects:
            return
        posted = await ledger.posted(tx, project.id, None)
        if all(item.template for item in posted):
            self._projects.add(project.id)
            return
        loaded = await snapshot.load_prepared(tx, project, self._reader)
        digests = redigest(loaded, posted, await ledger.held_subjects(tx, project.id))
        await ledger.redigest(tx, digests)
        log.info("posted announcements got their digests", project=project.id, count=len(digests))
