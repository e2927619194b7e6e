"""Computing that may take long, beside the event loop: one thing at a time for each project, in threads that nobody waits for."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chatbot.core.model.ids import ProjectId

Value = TypeVar("Value")


@dataclass(slots=True)
class Thinking:
    """Runs pure functions. What is published about a project decides how long they take: a heavy one holds up its own project.

    The threads are daemons, so that the end of the bot waits for none of them. Who gives up waiting leaves the thread to end,
    and its project's turn ends with it: never more threads than projects.
    """

    _turns: dict[ProjectId, asyncio.Lock] = field(default_factory=dict)
    _going: set[asyncio.Task[Any]] = field(default_factory=set)

    async def of(self, project: ProjectId, function: Callable[..., Value], *arguments: Any) -> Value:
        """What the function returns or raises."""
        turn = self._turns.setdefault(project, asyncio.Lock())
        await turn.acquire()
        task = asyncio.create_task(_in_thread(function, arguments))
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        task.add_done_callback(lambda _done: turn.release())
        return await asyncio.shield(task)


async def _in_thread(function: Callable[..., Value], arguments: tuple[Any, ...]) -> Value:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Value] = loop.create_future()

    def settle(outcome: Value | None, fault: BaseException | None) -> None:
        if future.done():
            return
        if fault is not None:
            future.set_exception(fault)
        else:
            future.set_result(outcome)  # type: ignore[arg-type] # it is the function's own where there is no fault

    def work() -> None:
        outcome: Value | None = None
        fault: BaseException | None = None
        try:
            outcome = function(*arguments)
        except BaseException as wrong:  # noqa: BLE001 - it is raised where it is awaited
            fault = wrong
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, outcome, fault)

    threading.Thread(target=work, name="thinking", daemon=True).start()
    return await future
