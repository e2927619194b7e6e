"""One source, looked at again and again: its batches go to the ingestor, its failures are noted and waited out."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from chatbot.core.model.watches import Project
from chatbot.core.polling import next_poll
from chatbot.ports import Batch, Clock, ProjectReplaced, Source, SourceRefused, SourceUnavailable
from chatbot.runtime.ingest.confirm import Confirmation
from chatbot.runtime.ingest.freshness import Freshness
from chatbot.runtime.ingest.ingestor import Ingestor
from chatbot.store import ledger
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.knowledge import source_states

log = structlog.get_logger(__name__)

REFUSED = timedelta(minutes=10)  # a source that refuses may be fixed any time


@dataclass(slots=True)
class Poller:
    """Looks at one source of one project. `every` is the wait between looks, as the quota allows now; `nudge` is set when
    somebody knows better; `on_signal` is called when a signal named tags that a listing must confirm."""

    project: Project
    source: Source
    store: Store
    ingestor: Ingestor
    freshness: Freshness
    clock: Clock
    every: Callable[[], timedelta]
    on_signal: Callable[[], None]
    confirmation: Confirmation | None = None
    short: Callable[[], str] = str  # why it is asked less often now than it should be; empty where it is not
    on_refusal: Callable[[SourceRefused | None], Awaitable[None]] | None = (
        None  # told why it refuses; None: it works again
    )
    nudge: asyncio.Event = field(default_factory=asyncio.Event)
    polled: asyncio.Event = field(default_factory=asyncio.Event)  # set once the first look is over, however it went
    failures: int = 0
    replaced: bool = False  # a reload made it again: the former one's task ends
    _cursor: Mapping[str, str] | None = None

    async def run(self) -> None:
        """Look until cancelled. Whatever one look does wrong, the next one comes."""
        self._cursor = None  # another replica may have looked since we last did
        while True:
            due = await self.look()
            wait = max((due - self.clock()).total_seconds(), 0.05)
            self.nudge.clear()
            try:
                async with asyncio.timeout(wait):
                    await self.nudge.wait()
            except TimeoutError:
                continue

    async def look(self) -> datetime:
        """Look once, and say when to look again."""
        retry_after: timedelta | None = None
        try:
            await self._look()
            await self._note_success()
        except SourceUnavailable as busy:
            retry_after = busy.retry_after
            await self._troubled(busy.reason)
        except SourceRefused as refusal:
            retry_after = REFUSED
            if self.on_refusal is not None:
                await self.on_refusal(refusal)
            await self._troubled(str(refusal), tell=isinstance(refusal, ProjectReplaced))
        except StoreUnavailable as full:  # nothing was remembered, so the next look brings the same again
            self.failures += 1
            log.error("the database could not be written", source=self.source.name, reason=str(full))  # noqa: TRY400 - its sentence says all
        except Exception:  # one source that fails must not end the others
            self.failures += 1
            log.exception("a poll failed", source=self.source.name)
        self.polled.set()
        now = self.clock()
        if not self.failures and (reason := self.short()):
            self.freshness.short(self.project.id, self.source.name, now, reason)
        due = next_poll(
            now,
            self.every(),
            chance=random.random(),  # noqa: S311 - jitter, no secret
            failures=self.failures,
            retry_after=retry_after,
        )
        again = self.ingestor.planner.next_check.get(self.project.id)
        if again is None or self.failures or again <= now:  # what is overdue waits for another source, not for this one
            return due
        return min(due, again)

    async def _look(self) -> None:
        await self.ingestor.listen(self.project)
        if self._cursor is None:
            async with self.store.reading() as tx:
                self._cursor = await source_states.cursor(tx, self.source.name)
                waits = await ledger.held_subjects(tx, self.project.id)
                if waits or await self.ingestor.planner.requests.unsettled(tx, self.project.id):
                    # it settles by a second look, even if nothing changed since
                    self.ingestor.planner.next_check.setdefault(self.project.id, self.clock())
                self.ingestor.planner.at_hand.signalled.setdefault(
                    self.project.id, frozenset(await source_states.waiting(tx, self.project.id))
                )
        batch = await self.source.poll(self._cursor)
        signalled = self._signalled()
        if self.confirmation is not None and signalled:
            batch = await self.confirmation.completed(batch, signalled)
        await self._take(batch)
        self._cursor = batch.cursor
        if self.source.profile.kind == "policy":
            await self.ingestor.tell_reading(self.project)
        if batch.signal and not signalled:
            self.on_signal()
        if self.confirmation is not None:
            await self.confirmation.confirm()

    def _signalled(self) -> frozenset[str]:
        """The tags that a signal named and that this one is to confirm."""
        lists = self.source.profile.kind == "release"
        return self.ingestor.planner.at_hand.signalled.get(self.project.id, frozenset()) if lists else frozenset()

    async def _take(self, batch: Batch) -> None:
        waits = batch.signal or self.failures or self._signalled() or self.ingestor.planner.unsettled(self.project.id)
        waits = waits or self.ingestor.wants_page(self.project.id, self.source.profile)
        if batch.unchanged and not waits:
            self.freshness.note_poll(self.project.id, self.source.name, self.clock(), batch.read_at)
            return
        await self.ingestor.ingest(self.project, self.source, batch)

    async def _note_success(self) -> None:
        if self.failures:
            log.info("a source works again", source=self.source.name, failures=self.failures)
            if self.on_refusal is not None:
                await self.on_refusal(None)
        self.failures = 0

    async def _troubled(self, reason: str, *, tell: bool = False) -> None:
        self.failures += 1
        log.warning("a source failed", source=self.source.name, reason=reason, failures=self.failures)
        try:
            async with self.store.writing() as tx:
                await source_states.note_trouble(
                    tx, self.project.id, self.source.name, self.source.profile, reason, self.clock()
                )
            if tell:
                await self.ingestor.replaced(self.project, reason)
        except StoreUnavailable as full:
            log.error("a failure could not be recorded", reason=str(full))  # noqa: TRY400 - its sentence says all
