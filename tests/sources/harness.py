"""A small invented repository behind the loopback GitHub, and the harness to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.demo.github.data import Release, Repository
from chatbot.sources.github.api import GithubApi
from chatbot.sources.http.client import Chance, Fetcher, open_fetcher
from chatbot.sources.parsing.reader import Reader, open_reader
from tests.standins.clock import START, ManualClock, ManualTimer
from tests.standins.github.server import FaultyGitHub, serve

PROJECT = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry")


def never() -> float:
    """A chance that asks nothing without conditions."""
    return 0.99


def release(tag: str, days: float = 0, **more: object) -> Release:
    """A release published `days` after the start."""
    at = START + timedelta(days=days)
    values: dict[str, object] = {"created_at": at, "published_at": at, "name": tag, "body": "Fixes."}
    return Release(tag=tag, **(values | more))  # type: ignore[arg-type]  # a table of mixed fields


@dataclass(kw_only=True)
class SourceHarness:
    """All that a source needs to reach the loopback GitHub."""

    world: FaultyGitHub
    ferry: Repository
    clock: ManualClock = field(default_factory=ManualClock)
    monotonic: ManualTimer = field(default_factory=ManualTimer)
    fetcher: Fetcher
    url: str
    reader: Reader
    token: str = ""

    @property
    def api(self) -> GithubApi:
        """A new client: its quota is that of a program that has just started."""
        return GithubApi(self.fetcher, api_url=self.url, token=lambda: self.token, clock=self.clock)

    def request_count(self, pattern: str = "") -> int:
        """How many requests were made to paths that contain `pattern`."""
        return len(self.world.requests_for(pattern))


@asynccontextmanager
async def open_harness(*, token: str = "", chance: Chance = never) -> AsyncIterator[SourceHarness]:
    """Serve an empty repository `harbour/ferry`; the token may push to it."""
    ferry = Repository(owner="harbour", name="ferry")
    world = FaultyGitHub(repositories=[ferry], tokens={token: frozenset({"harbour/ferry"})} if token else {})
    clock, monotonic = ManualClock(), ManualTimer()
    async with (
        serve(world, clock) as url,
        open_fetcher(clock=clock, chance=chance, user_agent="test", per_second=10_000, monotonic=monotonic) as fetcher,
        open_reader(clock) as reader,
    ):
        yield SourceHarness(
            world=world,
            ferry=ferry,
            clock=clock,
            monotonic=monotonic,
            fetcher=fetcher,
            url=url,
            reader=reader,
            token=token,
        )
