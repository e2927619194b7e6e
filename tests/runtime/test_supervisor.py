"""The parts of one chat live and end together: a fault begins them again, and an order to end is never lost in one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chatbot.demo.github.data import Repository
from chatbot.ports import ChatStopped
from chatbot.runtime.loops import together
from chatbot.runtime.supervisor import Supervisor
from tests.demo.make import release
from tests.patience import PATIENCE
from tests.runtime.harness import Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock


@dataclass(slots=True)
class Line(FaultyChat):
    """A connection that ends as it is told: `ends` are what its lives end with; the last one holds. `clumsy`: it fails when
    it is told to end."""

    ends: list[BaseException] = field(default_factory=list)
    clumsy: bool = False
    lives: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        self.lives += 1
        self.news.set()
        if self.ends:
            raise self.ends.pop(0)
        try:
            await asyncio.Event().wait()
        finally:
            if self.clumsy:
                raise RuntimeError("closing the connection failed")

    async def lived(self, times: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.lives < times:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def opened(folder: Path, line: Line) -> AsyncIterator[tuple[Harness, Supervisor]]:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    async with open_harness(ferry, ManualClock(), folder / "bot.db", [room("console")], chat=line) as harness:
        yield harness, Supervisor(harness.services, [line], pause=0.0)


async def test_a_fault_while_it_ends_does_not_begin_it_again(tmp_path: Path) -> None:
    line = Line(clumsy=True)
    async with opened(tmp_path, line) as (_, running):
        holding = asyncio.create_task(running._chat(line))
        await line.lived(1)
        holding.cancel()
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(asyncio.CancelledError):
                await holding
    assert line.lives == 1


async def test_a_connection_that_fails_or_is_cut_off_from_inside_is_made_again(tmp_path: Path) -> None:
    line = Line(ends=[RuntimeError("a fault"), asyncio.CancelledError(), OSError("gone")])
    async with opened(tmp_path, line) as (_, running):
        holding = asyncio.create_task(running._chat(line))
        await line.lived(4)
        assert not holding.done()
        holding.cancel()
        await asyncio.wait({holding})


async def test_a_refused_account_ends_with_its_reason(tmp_path: Path) -> None:
    line = Line(ends=[ChatStopped("the token was revoked: set another")])
    async with opened(tmp_path, line) as (_, running):
        async with asyncio.timeout(PATIENCE):
            await running._chat(line)
        assert running._stopped == {"console": "the token was revoked: set another"}


async def _ends() -> None:
    await asyncio.sleep(0)


async def _holds() -> None:
    await asyncio.Event().wait()


async def _fails() -> None:
    raise OSError("gone")


async def _is_cut_off() -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"a": _ends, "b": _ends}, None),
        ({"a": _ends, "b": _fails, "c": _holds}, "gone"),
        ({"a": _holds, "b": _is_cut_off}, "b was cancelled from within"),
    ],
)
async def test_parts_end_together(parts: dict[str, Callable[[], Coroutine[Any, Any, None]]], error: str | None) -> None:
    living = asyncio.create_task(together({name: part() for name, part in parts.items()}))
    await asyncio.wait({living})
    assert (str(living.exception()) if living.exception() else None) == error
    assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint(parts)
