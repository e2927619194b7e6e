"""How fast one account may send: a token bucket that learns from the server's refusals and stands still as long as it says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from chatbot.ports import ChatUnavailable

LONGEST_WAIT = 25.0  # seconds in line; then the delivery goes back to the outbox, where the urgent go first
FEW = 5  # announcements under way at a time: more only fills the server's own queue, in which answers would wait
SLOW = 3.0  # seconds; one that takes longer is held up by its own room, and holds up no other
RECOVERY = 0.999  # what the first message that is taken makes of the learned step; each further one this much more
MARGIN = 1.05  # and each refusal makes it longer than it had to be: else every other message would be refused
LONGEST_STEP = 30.0  # seconds


@dataclass(slots=True)
class Pace:
    """First come, first served, and answers before announcements. `now` is a monotonic clock in seconds. Without a refusal
    there is no waiting at all."""

    now: Callable[[], float]
    slow: float = SLOW
    step: float = 0.0  # seconds between two messages, as learned
    free_at: float = 0.0
    _refused_at: float = 0.0
    _messages: int = 0  # messages since then
    _line: asyncio.Lock = field(default_factory=asyncio.Lock)
    _behind: asyncio.Lock = field(
        default_factory=asyncio.Lock
    )  # one announcement at a time stands in line with the answers
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FEW))

    @asynccontextmanager
    async def crowd(self, *, answer: bool, within: float = LONGEST_WAIT) -> AsyncIterator[None]:
        """Only a few announcements go at a time, those of slow rooms not counted; an answer goes past those that wait."""
        if answer:
            yield
            return
        try:
            async with asyncio.timeout(within):
                await self._few.acquire()
        except TimeoutError as late:
            raise self._late() from late
        with ExitStack() as slot:
            slot.callback(self._few.release)
            given_back = asyncio.get_running_loop().call_later(self.slow, slot.close)  # closed again, it does nothing
            slot.callback(given_back.cancel)
            yield

    async def turn(self, *, answer: bool = True, within: float = LONGEST_WAIT) -> None:
        """Return when a message may be sent; raises ChatUnavailable when that would take too long."""
        if not self.step and self.now() >= self.free_at and not self._line.locked():
            return
        try:
            async with asyncio.timeout(within), AsyncExitStack() as line:
                if not answer:
                    await line.enter_async_context(self._behind)
                await line.enter_async_context(self._line)
                while (wait := self.free_at - self.now()) > 0:  # noqa: ASYNC110 - a 429 meanwhile moves the time
                    await asyncio.sleep(wait)
                self.free_at = max(self.free_at, self.now() + self.step)
        except TimeoutError as late:
            raise self._late() from late

    def accepted(self) -> None:
        """The server took a message: try a little faster, and ever more boldly. A limit that stays is met by few refusals, and
        one that was felt for a moment only is forgotten within some eighty messages."""
        self._messages += 1
        self.step = self.step * RECOVERY**self._messages if self.step > 0.05 else 0.0

    def refused(self, seconds: float, began: float) -> None:
        """The server said 429 to a message that was sent at `began`: nothing goes before its time. The message came too early
        by as much, although it kept the distance that was known then; later ones keep a longer one."""
        step = self.step if began >= self._refused_at else 0.0
        self.step = min(max(self.step, (step + seconds) * MARGIN), LONGEST_STEP)
        self._refused_at, self._messages = self.now(), 0
        self.free_at = max(self.free_at, self._refused_at + seconds)

    def _late(self) -> ChatUnavailable:
        """That others were before is no fault of the message: it is told when to come again."""
        wait = timedelta(seconds=max(self.free_at - self.now(), self.step, 0.0))
        return ChatUnavailable("the account's rate limit on this homeserver: others were before in line", wait)
