"""A small invented repository behind the loopback GitHub, a clock that is moved by hand, and the harness to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chatbot.core.model.watches import Project
from chatbot.demo.github.data import Release, Repository
from chatbot.sources.github.api import GithubApi
from chatbot.sources.http.client import Chance, Fetcher, open_fetcher
from chatbot.sources.parsing.reader import Reader, open_reader
from tests.standins.github.server import FaultyGitHub, serve

START = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
PROJECT = Project(id="ferry", name="Ferry", repository="harbour/ferry")


def never() -> float:
    """A chance that asks nothing without conditions."""
    return 0.99


@dataclass
class Hands:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def tick(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Seconds:
    """A monotonic clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def tick(self, by: timedelta) -> None:
        self.now += by.total_seconds()


def release(tag: str, days: float = 0, **more: object) -> Release:
    """A release published `days` after the start."""
    at = START + timedelta(days=days)
    values: dict[str, object] = {"created_at": at, "published_at": at, "name": tag, "body": "Fixes."}
    return Release(tag=tag, **(values | more))  # type: ignore[arg-type]  # a table of mixed fields


@dataclass(kw_only=True)
class Harness:
    """All that a source needs to reach the loopback GitHub."""

    world: FaultyGitHub
    ferry: Repository
    clock: Hands = field(default_factory=Hands)
    monotonic: Seconds = field(default_factory=Seconds)
    fetcher: Fetcher
    url: str
    reader: Reader
    token: str = ""

    @property
    def api(self) -> GithubApi:
        """A new client: its quota is that of a program that has just started."""
        return GithubApi(self.fetcher, api_url=self.url, token=lambda: self.token, clock=self.clock)

    def asked(self, pattern: str = "") -> int:
        """How many requests were made to paths that contain `pattern`."""
        return len(self.world.asked(pattern))


@asynccontextmanager
async def open_harness(*, token: str = "", chance: Chance = never) -> AsyncIterator[Harness]:
    """Serve an empty repository `harbour/ferry`; the token may push to it."""
    ferry = Repository(owner="harbour", name="ferry")
    world = FaultyGitHub(repositories=[ferry], tokens={token: frozenset({"harbour/ferry"})} if token else {})
    clock, monotonic = Hands(), Seconds()
    async with (
        serve(world, clock) as url,
        open_fetcher(clock=clock, chance=chance, user_agent="test", per_second=10_000, monotonic=monotonic) as fetcher,
        open_reader(clock) as reader,
    ):
        yield Harness(
            world=world,
            ferry=ferry,
            clock=clock,
            monotonic=monotonic,
            fetcher=fetcher,
            url=url,
            reader=reader,
            token=token,
        )
