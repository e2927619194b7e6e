"""A loop of the bot that a fault ends is said at once; one that is told to end is not."""

import asyncio
from typing import Any

from chatbot.runtime.loops import start_task


async def _until_ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait({task})
    await asyncio.sleep(0)  # callbacks come after the waiter


async def test_a_fault_is_logged_with_the_name_of_the_loop() -> None:
    async def broken() -> None:
        raise RuntimeError("a fault")

    errors = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    await _until_ended(start_task(broken(), "health"))
    (context,) = errors
    assert "“health” has ended" in context["message"]
    assert str(context["exception"]) == "a fault"


async def test_a_loop_that_is_asked_to_end_logs_nothing() -> None:
    async def waiting() -> None:
        await asyncio.Event().wait()

    errors = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    task = start_task(waiting(), "freshness")
    await asyncio.sleep(0)
    task.cancel()
    await _until_ended(task)
    assert errors == []
