"""A project's snapshot, loaded in one way for planning, answers and previews alike."""

import asyncio

from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import knowledge
from chatbot.store.database.db import Tx
from chatbot.store.database.failure import StoreUnavailable
from chatbot.store.maintainers import words


async def load(tx: Tx, project: Project, reader: PolicyReader) -> ProjectSnapshot:
    """All that is known of a project, and what it adds up to; of one that nobody has read yet, nothing. Its pages are parsed
    where they were not: in a transaction that only reads."""
    facts = await knowledge.load(tx, project.id)
    await reader.prepare_all(facts.pages())
    return await _built(tx, project, facts, reader)


async def load_prepared(tx: Tx, project: Project, reader: PolicyReader) -> ProjectSnapshot:
    """The same in a transaction that writes, in which nothing foreign is parsed: the pages were prepared before it began.
    Raises StoreUnavailable where another process has changed them since: the next attempt finds them prepared."""
    facts = await knowledge.load(tx, project.id)
    if not reader.has_read(facts.pages()):
        raise StoreUnavailable(f"the policy page of {project.id} has changed meanwhile; it is tried again")
    return await _built(tx, project, facts, reader)


async def _built(tx: Tx, project: Project, facts: Knowledge, reader: PolicyReader) -> ProjectSnapshot:
    controls = await words.controls(tx, project.id)
    # in a thread: it is Python alone, so the event loop gets its turns
    return await asyncio.to_thread(build_snapshot, project, facts, lines=reader.lines(facts), controls=controls)
