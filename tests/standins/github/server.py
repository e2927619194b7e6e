"""The loopback GitHub of the demo, with faults that a test puts on its paths."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chatbot.demo.github import server
from chatbot.demo.github.data import GitHub
from chatbot.ports import Clock
from tests.standins.github.faults import Faults


@dataclass(kw_only=True)
class FaultyGitHub(GitHub):
    """A GitHub whose responses go wrong where `faults` say so."""

    faults: Faults = field(default_factory=Faults)


@asynccontextmanager
async def serve(world: FaultyGitHub, clock: Clock) -> AsyncIterator[str]:
    """Serve the world with its faults, as `chatbot.demo.github.server.serve` does."""
    async with server.serve(world, clock, world.faults.take) as url:
        yield url
