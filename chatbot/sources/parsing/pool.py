"""The parsing processes of a bot: started when one is needed, one kept warm, and a turn for each project."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chatbot.core.model.ids import ProjectId
from chatbot.ports import SourceUnavailable
from chatbot.sources.parsing.documents import Document, Outcome, TooHeavy
from chatbot.sources.parsing.process import Limits, WorkerProcess, start

AT_ONCE = 2  # processes; a project whose documents are heavy occupies one of them at most


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class ParserPool:
    """Hands documents to processes. A project has one process at a time, document by document, so that others come in between."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._room = asyncio.Semaphore(AT_ONCE)
        self._turns: dict[ProjectId, _Turn] = {}
        self._warm: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """The processes that are alive."""
        return [worker.pid for worker in (*self._warm, *self._busy) if worker.usable]

    async def parse(self, document: Document) -> Outcome:
        """What the document comes to. Raises SourceUnavailable where no process can be started."""
        async with self._turn(document.project), self._room:
            worker = await self._worker()
            self._busy.add(worker)
            try:
                outcome = await worker.parse(document)
            finally:
                await self._put_back(worker)
                self._busy.discard(worker)  # after that: where it is interrupted, the end of the pool closes it
        if self._closed and isinstance(outcome, TooHeavy):
            raise SourceUnavailable("the bot is ending")  # the document has done nothing
        return outcome

    @asynccontextmanager
    async def _turn(self, project: ProjectId) -> AsyncIterator[None]:
        turn = self._turns.setdefault(project, _Turn())
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if not turn.users:
                del self._turns[project]

    async def _worker(self) -> WorkerProcess:
        while self._warm:
            worker = self._warm.pop()
            if worker.usable:
                return worker
            await worker.close()
        return await start(self.limits)

    async def _put_back(self, worker: WorkerProcess) -> None:
        """Keep one warm; a second one was for a moment when both were needed."""
        if worker.usable and not self._warm and not self._closed:
            self._warm.append(worker)
        else:
            await worker.close()

    async def close(self) -> None:
        """End every process."""
        self._closed = True
        for worker in (*self._warm, *self._busy):
            await worker.close()
        self._warm.clear()


@asynccontextmanager
async def open_pool(limits: Limits) -> AsyncIterator[ParserPool]:
    """A pool whose processes are ended at the end."""
    pool = ParserPool(limits)
    try:
        yield pool
    finally:
        await pool.close()
