"""What is written down of a document before it is parsed, so that none can bring the bot down twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from chatbot.ports import Clock
from chatbot.sources.parsing.documents import Document

STRIKES = 2  # ends of its worker after which a document is quarantined
AGAIN = timedelta(hours=22)  # a quarantined document is tried again daily: lists are read whole every 23 hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a document from earlier attempts.

    strikes: how often it ended or exceeded its worker
    worker_only: the bot itself ended uncleanly while it was being parsed
    reason: why the last attempt failed
    quarantined_at: since when it is quarantined; None where it is not
    """

    strikes: int = 0
    worker_only: bool = False
    reason: str = ""
    quarantined_at: datetime | None = None

    def again_at(self, now: datetime) -> datetime | None:
        """When a quarantined document is due for another attempt; None where it may be parsed now."""
        if self.quarantined_at is None or not timedelta() <= now - self.quarantined_at < AGAIN:
            return None
        return self.quarantined_at + AGAIN

    def struck(self, reason: str, now: datetime) -> "Past":
        """The past after one more end of its worker."""
        strikes = self.strikes + 1
        at = now if strikes >= STRIKES else None
        return replace(self, strikes=strikes, reason=reason, quarantined_at=at)


class Journal(Protocol):
    """Where attempts are written down. Each call is one transaction."""

    async def begin(self, documents: Sequence[Document]) -> Mapping[str, Past]:
        """Write down that these are about to be parsed, but for those still in quarantine; return, by digest, the past of
        those that have one."""

    async def finish(self, documents: Sequence[Document]) -> None:
        """Forget these: they were parsed, or rejected as they should be."""

    async def strike(self, document: Document, reason: str) -> Past:
        """Write down that the document ended or exceeded its worker; return its past, this time included."""


@dataclass(slots=True)
class MemoryJournal:
    """A journal for as long as the process lives: for commands that read a file once."""

    clock: Clock
    pasts: dict[str, Past] = field(default_factory=dict)

    async def begin(self, documents: Sequence[Document]) -> Mapping[str, Past]:
        return {each.digest: self.pasts[each.digest] for each in documents if each.digest in self.pasts}

    async def finish(self, documents: Sequence[Document]) -> None:
        for each in documents:
            self.pasts.pop(each.digest, None)

    async def strike(self, document: Document, reason: str) -> Past:
        past = self.pasts.get(document.digest, Past()).struck(reason, self.clock())
        self.pasts[document.digest] = past
        return past
