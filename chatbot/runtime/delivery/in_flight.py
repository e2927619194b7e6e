"""Attempts under way: how many more may begin, and what became of those that ended, however they did."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from chatbot.core.delivery import LAST, Lane
from chatbot.ports import ChatStopped
from chatbot.runtime.delivery.attempt import Failed, Outcome
from chatbot.store.outbox import Claimed

AT_ONCE = 16  # quick attempts at a time in one chat; the chat's own pacer says how fast
SLOW = 3.0  # seconds after which an attempt counts as slow: it no longer stands in the way of others
MOST = 128  # attempts at a time, the slow ones too
RESERVED = 16  # and so many more for what is urgent

Result = Outcome | ChatStopped | Exception
Begin = Callable[[Claimed], Coroutine[Any, Any, Outcome]]


@dataclass(slots=True)
class InFlight:
    """The attempts of one chat. Time is in seconds of the loop's clock. `slow` is as `SLOW`."""

    slow: float = SLOW
    _attempts: dict[asyncio.Task[Outcome], tuple[Claimed, float]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._attempts)

    def begin(self, claimed: Claimed, attempt: Begin, now: float) -> None:
        self._attempts[asyncio.create_task(attempt(claimed), name=f"attempt {claimed.id}")] = (claimed, now)

    def room(self, now: float) -> tuple[int, Lane]:
        """How many more may begin, and in which lanes: in all down to this one."""
        quick = sum(now - began < self.slow for _, began in self._attempts.values())
        for most, lowest in ((MOST, LAST), (MOST + RESERVED, Lane.SECURITY)):
            if (free := min(AT_ONCE - quick, most - len(self._attempts))) > 0:
                return free, lowest
        return 0, Lane.CRITICAL

    def slower_in(self, now: float) -> float | None:
        """Seconds until the next quick attempt counts as slow; None where none is quick."""
        return min(
            (self.slow - (now - began) for _, began in self._attempts.values() if now - began < self.slow), default=None
        )

    async def wait(self, seconds: float, *also: asyncio.Task[Any]) -> None:
        """Until an attempt ends, or one of the other tasks, or the time is over."""
        await asyncio.wait({*self._attempts, *also}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def take(self) -> list[tuple[Claimed, Result]]:
        """What has ended; it is not under way any more."""
        tasks = [task for task in self._attempts if task.done()]
        return [(self._attempts.pop(task)[0], _result(task)) for task in tasks]

    async def end(self, within: float) -> None:
        """Give all a moment to end by themselves, then cut them off: afterwards none writes anything any more."""
        try:
            if self._attempts:
                await asyncio.wait(self._attempts, timeout=within)
        finally:
            for task in self._attempts:
                task.cancel()
            while tasks := {task for task in self._attempts if not task.done()}:
                await asyncio.wait(tasks, timeout=within)
                for task in tasks:  # who swallowed the first is told again
                    task.cancel()


def _result(task: asyncio.Task[Outcome]) -> Result:
    if task.cancelled():
        return Failed("the attempt was cut off", None, doubtful=True)
    error = task.exception()
    if error is None:
        return task.result()
    return error if isinstance(error, Exception) else RuntimeError(repr(error))
