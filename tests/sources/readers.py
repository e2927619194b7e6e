"""A reader of foreign documents whose journal is kept in memory, for tests without a store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatbot.ports import Clock
from chatbot.sources.parsing.journal import MemoryJournal
from chatbot.sources.parsing.pool import open_pool
from chatbot.sources.parsing.process import Limits
from chatbot.sources.parsing.reader import Reader


@asynccontextmanager
async def open_reader(clock: Clock, limits: Limits | None = None) -> AsyncIterator[Reader]:
    """A reader that remembers for as long as it is open."""
    async with open_pool(limits or Limits()) as pool:
        yield Reader(pool, MemoryJournal(clock), clock)
