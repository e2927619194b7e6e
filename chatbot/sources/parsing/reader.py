"""How sources have documents parsed: written down first, small ones here, the rest in a process, what fails twice not again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chatbot.ports import Clock
from chatbot.sources.parsing.documents import Document, Outcome, Quarantined, TooHeavy
from chatbot.sources.parsing.journal import Journal, MemoryJournal, Past
from chatbot.sources.parsing.parsers import PARSERS, attempt, parses_here
from chatbot.sources.parsing.pool import ParserPool, open_pool
from chatbot.sources.parsing.process import Limits

POSTPONED = "too much else beside it was too heavy, so it is parsed a little later"


class Reader:
    """Parses documents. No document raises; only a journal that cannot be written, or a machine without room, does."""

    def __init__(self, pool: ParserPool, journal: Journal, clock: Clock) -> None:
        self.pool, self._journal, self._clock = pool, journal, clock
        self._unwritten = MemoryJournal(clock)

    async def parse(self, document: Document) -> Outcome:
        """What one document comes to; never TooHeavy, but Quarantined."""
        (outcome,) = await self.parse_all([document])
        return outcome

    async def parse_all(self, documents: Sequence[Document]) -> list[Outcome]:
        """What each document comes to, in their order; one that cannot be parsed stops no other. Where many are too heavy,
        those that need a process wait for the next poll: the others must not wait for all of them."""
        if not documents:
            return []
        pasts = await self._journal.begin(documents)
        outcomes: list[Outcome] = []
        lost, turns = 0.0, asyncio.get_running_loop().time
        for each in documents:
            begun = turns()
            outcomes.append(
                await self._one(each, pasts.get(each.digest, Past()), self._journal, hurry=lost > self.pool.limits.lost)
            )
            lost += turns() - begun if isinstance(outcomes[-1], Quarantined) else 0.0
        await self._journal.done([each for each, made in zip(documents, outcomes, strict=True) if _is_over(made)])
        return outcomes

    async def parse_apart(self, document: Document) -> Outcome:
        """The same, always in a process and with nothing written to the store: for moments at which it is locked."""
        pasts = await self._unwritten.begin([document])
        past = pasts.get(document.digest, Past(worker_only=True))
        return await self._one(document, past, self._unwritten)

    async def _one(self, document: Document, past: Past, journal: Journal, *, hurry: bool = False) -> Outcome:
        again_at = past.again_at(self._clock())
        if again_at is not None:
            return Quarantined(past.reason, again_at)
        if parses_here(document) and not past.worker_only and not past.strikes:
            await asyncio.sleep(0)  # a page holds a hundred of them
            return attempt(document, PARSERS)
        if hurry:
            return Quarantined(POSTPONED, self._clock())
        while isinstance(outcome := await self.pool.parse(document), TooHeavy):
            past = await journal.strike(document, outcome.reason)
            if (again_at := past.again_at(self._clock())) is not None:
                return Quarantined(past.reason, again_at)
        return outcome


def _is_over(outcome: Outcome) -> bool:
    """Whether nothing of it needs to be remembered."""
    return not isinstance(outcome, Quarantined) or outcome.reason == POSTPONED


@asynccontextmanager
async def open_reader(clock: Clock, limits: Limits | None = None) -> AsyncIterator[Reader]:
    """A reader that remembers for as long as it is open: for commands that read once."""
    async with open_pool(limits or Limits()) as pool:
        yield Reader(pool, MemoryJournal(clock), clock)
