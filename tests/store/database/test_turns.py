"""A project of a thousand long releases is read and written while everybody else is served."""

import asyncio
import gc
import time
from dataclasses import replace

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Paragraph, Text
from chatbot.store import knowledge
from chatbot.store.database.db import Store
from tests.cost import slowdown
from tests.store.make import NOW, REST, batch, release

LONG = tuple(Paragraph((Text(f"word {number} " * 20),)) for number in range(150))
MANY = 600
FROZEN = 0.5  # seconds of CPU: ten times what may pass between two turns


async def longest_turn(work: asyncio.Task[object]) -> float:
    """The most CPU that this thread used between two turns of the loop while the work went on."""
    gc.collect()
    gc.freeze()  # to go through what other tests left behind is not this work's time
    try:
        longest, last = 0.0, time.thread_time()
        while not work.done():
            await asyncio.sleep(0)
            longest, last = max(longest, time.thread_time() - last), time.thread_time()
    finally:
        gc.unfreeze()
    return longest


async def test_others_are_served_while_much_is_read(store: Store) -> None:
    facts = [replace(release(f"v1.{number}"), notes=LONG) for number in range(MANY)]

    async def write() -> None:
        async with store.writing(ProjectId("p")) as tx:
            await knowledge.upsert(tx, *REST, batch(*facts), NOW, readable=bool)

    async def load() -> None:
        async with store.reading() as tx:
            assert len((await knowledge.load(tx, ProjectId("p"))).releases) == MANY

    for work in (write(), load()):
        task: asyncio.Task[object] = asyncio.create_task(work)
        assert await longest_turn(task) < FROZEN * slowdown()
        await task
