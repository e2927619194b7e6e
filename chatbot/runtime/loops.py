"""Loops that never end by themselves: what ends one all the same is said at once, and is never taken for an order to stop."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any


def begun(loop: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task for a loop that never ends by itself: a fault of ours that ends it is said at once, not at the bot's end."""
    task = asyncio.create_task(loop, name=name)
    task.add_done_callback(_noted)
    return task


def _noted(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()) is not None:
        words = f"the loop “{task.get_name()}” has ended: restart the bot, and report this"
        task.get_loop().call_exception_handler({"message": words, "exception": fault, "task": task})


def stopping() -> bool:
    """Whether the task that asks was told to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def unless_told(part: Awaitable[None], name: str) -> None:
    """One of several parts that live together. A part that ends as cancelled though nobody told it to has failed: a TaskGroup
    would go on without it, and say nothing."""
    try:
        await part
    except asyncio.CancelledError:
        if stopping():
            raise
        raise RuntimeError(f"{name} was cut off by itself") from None
