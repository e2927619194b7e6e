"""Loops that never end by themselves: what ends one all the same is said at once, and is never taken for an order to stop."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import structlog

log = structlog.get_logger(__name__)


def start_task(loop: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task for a loop that never ends by itself: a fault of ours that ends it is said at once, not at the bot's end."""
    task = asyncio.create_task(loop, name=name)
    task.add_done_callback(_noted)
    return task


def _noted(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()) is not None:
        words = f"the loop “{task.get_name()}” has ended: restart the bot, and report this"
        task.get_loop().call_exception_handler({"message": words, "exception": fault, "task": task})


async def together(parts: Mapping[str, Coroutine[Any, Any, None]]) -> None:
    """Live together: until each part has come to its end, or one fails, which ends the others. Raises what it raised; a part
    that ends as cancelled though nobody told it to has failed too.

    A TaskGroup would go on without such a part, and its error would hide an order to end from whoever waits for the group.
    """
    tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
    running_tasks, blamed = set(tasks), None
    try:
        while running_tasks:
            finished_tasks, running_tasks = await asyncio.wait(running_tasks, return_when=asyncio.FIRST_COMPLETED)
            for blamed in finished_tasks:
                if blamed.cancelled():
                    raise RuntimeError(f"{blamed.get_name()} was cancelled from within")
                blamed.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if task is not blamed and not task.cancelled() and (fault := task.exception()) is not None:
                log.warning("a task failed while stopping", part=task.get_name(), reason=repr(fault))
