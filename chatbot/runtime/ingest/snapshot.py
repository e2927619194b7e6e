"""A project's snapshot, loaded in one way for planning, answers and previews alike."""

import asyncio

from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import knowledge
from chatbot.store.database.db import Tx


async def load(tx: Tx, project: Project, reader: PolicyReader) -> ProjectSnapshot:
    """All that is known of a project, and what it adds up to; of one that nobody has read yet, nothing."""
    facts = await knowledge.load(tx, project.id)
    await reader.prepare_all(facts)
    # in a thread: it is Python alone, so the event loop gets its turns
    return await asyncio.to_thread(build_snapshot, project, facts, lines=reader.lines(facts))
