"""How sources have documents parsed: written down first, small ones here, the rest in a process, what fails twice not again."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from chatbot.ports import Clock
from chatbot.sources.parsing.documents import Document, Outcome, Quarantined, TooHeavy
from chatbot.sources.parsing.journal import Journal, MemoryJournal, Past
from chatbot.sources.parsing.parsers import PARSERS, attempt, parses_here
from chatbot.sources.parsing.pool import ParserPool, open_pool
from chatbot.sources.parsing.process import Limits

POSTPONED = "there was no room to parse it just now, so it is parsed a little later"
_REMEMBERED = 5_000  # documents
_NO_ROOM = timedelta(minutes=10)  # until a machine that had no room for a process is asked for one again


class Reader:
    """Parses documents. No document raises; only a journal that cannot be written, or a machine without room, does."""

    def __init__(self, pool: ParserPool, journal: Journal, clock: Clock) -> None:
        self.pool, self._journal, self._clock = pool, journal, clock
        self._unwritten = MemoryJournal(clock)
        self._parsed: OrderedDict[str, None] = OrderedDict()  # digests of what processes have parsed

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
        seconds_lost, turns = 0.0, asyncio.get_running_loop().time
        for each in documents:
            start = turns()
            outcomes.append(
                await self._one(
                    each,
                    pasts.get(each.digest, Past()),
                    self._journal,
                    hurry=seconds_lost > self.pool.limits.lost_seconds,
                )
            )
            seconds_lost += turns() - start if isinstance(outcomes[-1], Quarantined) else 0.0
        await self._journal.finish(
            [each for each, outcome in zip(documents, outcomes, strict=True) if _is_over(outcome)]
        )
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
        was_parsed = document.digest in self._parsed
        if hurry:
            return Quarantined(POSTPONED, self._clock(), parsed_before=was_parsed)
        while isinstance(outcome := await self.pool.parse(document), TooHeavy):
            if was_parsed:  # it is the machine that has no room just now
                return Quarantined(POSTPONED, self._clock() + _NO_ROOM, parsed_before=True)
            past = await journal.strike(document, outcome.reason)
            if (again_at := past.again_at(self._clock())) is not None:
                return Quarantined(past.reason, again_at)
        self._remember(document.digest)
        return outcome

    def _remember(self, digest: str) -> None:
        self._parsed[digest] = None
        self._parsed.move_to_end(digest)
        if len(self._parsed) > _REMEMBERED:
            self._parsed.popitem(last=False)


def _is_over(outcome: Outcome) -> bool:
    """Whether nothing of it needs to be remembered."""
    return not isinstance(outcome, Quarantined) or outcome.reason == POSTPONED


@asynccontextmanager
async def open_reader(clock: Clock, limits: Limits | None = None) -> AsyncIterator[Reader]:
    """A reader that remembers for as long as it is open: for commands that read once."""
    async with open_pool(limits or Limits()) as pool:
        yield Reader(pool, MemoryJournal(clock), clock)
