"""Heavy computing: the loop goes on, other projects are answered, and nobody waits for it at the end."""

import asyncio
import threading

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.runtime.queries.compute import Thinking


async def test_what_it_returns_and_raises_comes_back() -> None:
    thinking = Thinking()
    assert await thinking.of(ProjectId("ferry"), divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await thinking.of(ProjectId("ferry"), divmod, 7, 0)
    assert await thinking.of(ProjectId("ferry"), divmod, 9, 2) == (4, 1)


async def test_a_heavy_project_holds_up_nobody_else() -> None:
    thinking, end = Thinking(), threading.Event()
    heavy = asyncio.create_task(thinking.of(ProjectId("heavy"), end.wait))
    waiting = asyncio.create_task(thinking.of(ProjectId("heavy"), int))
    assert await thinking.of(ProjectId("light"), divmod, 7, 2) == (3, 1)
    assert not heavy.done()
    assert not waiting.done(), "one thing at a time of each project"
    end.set()
    assert await heavy is True
    assert await waiting == 0


async def test_a_caller_who_gives_up_starts_no_second_thread() -> None:
    thinking, end = Thinking(), threading.Event()
    before = threading.active_count()
    for _ in range(20):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await thinking.of(ProjectId("heavy"), end.wait)
    assert threading.active_count() <= before + 1
    end.set()
    assert await thinking.of(ProjectId("heavy"), int) == 0


def test_the_end_waits_for_none() -> None:
    end = threading.Event()

    async def leave() -> None:
        thinking = Thinking()
        task = asyncio.create_task(thinking.of(ProjectId("heavy"), end.wait))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())  # it would not return
    end.set()
