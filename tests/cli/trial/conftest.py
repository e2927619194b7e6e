"""A loopback GitHub in a thread of its own, where a command that runs an event loop of its own finds it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from tests.patience import PATIENCE
from tests.standins import tideline
from tests.standins.github.server import FaultyGitHub, serve


@dataclass(slots=True)
class Served:
    """The world, its time, and its address."""

    world: FaultyGitHub
    now: datetime
    url: str = ""
    ready: threading.Event = field(default_factory=threading.Event)

    async def run(self, until: threading.Event) -> None:
        async with serve(self.world, lambda: self.now) as url:
            self.url = url
            self.ready.set()
            await asyncio.to_thread(until.wait, PATIENCE)


@contextmanager
def served(world: FaultyGitHub, now: datetime) -> Iterator[Served]:
    there, end = Served(world, now), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(there.run(end)))
    thread.start()
    try:
        assert there.ready.wait(PATIENCE)
        yield there
    finally:
        end.set()
        thread.join(PATIENCE)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The small recorded history, which `chatbot try` reads by its environment."""
    with served(FaultyGitHub(repositories=[tideline.repository()]), tideline.NOW) as there:
        monkeypatch.setenv("CHATBOT_GITHUB__API_URL", there.url)
        monkeypatch.setenv("CHATBOT_GITHUB__WEB_URL", there.url)
        yield there
