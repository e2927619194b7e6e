"""How fast one account may send: a token bucket that learns from the server's refusals and stands still as long as it says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chatbot.ports import ChatUnavailable

LONGEST_WAIT = 25.0  # seconds in each line; then the delivery goes back to the outbox, where the urgent go first
FEW = 5  # announcements under way at a time: more only fills the server's own queue, in which answers would wait
RECOVERY = 0.97  # each message that was taken makes the learned step this much shorter


@dataclass(slots=True)
class Pace:
    """First come, first served. `now` is a monotonic clock in seconds. Without a refusal there is no waiting at all."""

    now: Callable[[], float]
    step: float = 0.0  # seconds between two messages, as learned
    free_at: float = 0.0
    _line: asyncio.Lock = field(default_factory=asyncio.Lock)
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FEW))

    @asynccontextmanager
    async def crowd(self, *, answer: bool) -> AsyncIterator[None]:
        """Only a few announcements go at a time; an answer goes past those that wait."""
        if answer:
            yield
            return
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._few.acquire()
        except TimeoutError as late:
            raise ChatUnavailable("the account's rate limit on this homeserver: others were before in line") from late
        try:
            yield
        finally:
            self._few.release()

    async def turn(self) -> None:
        """Return when a message may be sent; raises ChatUnavailable when that would take too long."""
        if not self.step and self.now() >= self.free_at and not self._line.locked():
            return
        try:
            async with asyncio.timeout(LONGEST_WAIT), self._line:
                while (wait := self.free_at - self.now()) > 0:  # noqa: ASYNC110 - a 429 meanwhile moves the time
                    await asyncio.sleep(wait)
                self.free_at = max(self.free_at, self.now() + self.step)
        except TimeoutError as late:
            raise ChatUnavailable("the account's rate limit on this homeserver: others were before in line") from late

    def taken(self) -> None:
        """The server took a message: try a little faster."""
        self.step = self.step * RECOVERY if self.step > 0.05 else 0.0

    def refused(self, seconds: float) -> None:
        """The server said 429: nothing goes before its time, and later messages keep that distance."""
        self.step = max(self.step, min(seconds, 30.0))
        self.free_at = max(self.free_at, self.now() + seconds)
