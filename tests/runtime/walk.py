"""A pipeline to walk in tests: the loopback GitHub, a real store, chats that behave, and a clock that is moved by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chatbot.core.model.message import Mention
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.demo.github.data import Repository
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.sources.parsing.process import Limits
from tests.demo.conftest import Hands
from tests.runtime.chatroom import Chatroom
from tests.standins.github.server import FaultyGitHub, serve

MINUTE = timedelta(minutes=1)
SETTLE = timedelta(seconds=30)
LIMITS = Limits()
EVERYTHING = WatchFilter(mention=Mention("role", "7"))
FERRY = Project(id="ferry", name="Ferry", repository="harbour/ferry")


def room(at: str, watch_filter: WatchFilter = EVERYTHING, projects: Sequence[str] = ("ferry",)) -> Room:
    return Room(at=at, projects=tuple(projects), watch_filter=watch_filter)


@dataclass(slots=True)
class Walk:
    """The pipeline with its ends in the test's hands."""

    services: Services
    world: FaultyGitHub
    clock: Hands
    chat: Chatroom

    async def look(self) -> None:
        """Look at every source once."""
        await self.services.look_once()

    async def deliver(self) -> None:
        await Delivery(
            chat=self.chat,
            store=self.services.store,
            clock=self.clock,
            failpoint=self.services.config.failpoint,
            back=self.services.room_recovery().back,
        ).drain()

    async def pass_by(self, by: timedelta = MINUTE) -> None:
        """Let time pass, look, and say what is due: twice, for what must settle first."""
        for _ in range(2):
            self.clock.tick(by)
            await self.look()
            await self.deliver()


@asynccontextmanager
async def walking(
    repository: Repository,
    clock: Hands,
    database: Path,
    rooms: Sequence[Room],
    *,
    chat: Chatroom | None = None,
    project: Project = FERRY,
    introduce_newest: bool = False,
    catalogue: bool = False,
    beside: Sequence[tuple[Project, Repository]] = (),
    parsing: Limits = LIMITS,
) -> AsyncIterator[Walk]:
    """A pipeline over this repository, and over those `beside` it. Call it again with the same database for a restart, with the same chat for its rooms."""
    world = FaultyGitHub(repositories=[repository, *(each for _, each in beside)], quota_anonymous=100_000)
    async with serve(world, clock) as url:
        config = ServicesConfig(
            database=f"sqlite:///{database}",
            projects=(project, *(each for each, _ in beside)),
            rooms=tuple(rooms),
            api_url=url,
            web_url=url,
            token=None,
            poll_seconds=60,
            settle=SETTLE,
            introduce_newest=introduce_newest,
            per_second=1e6,
            osv_url=f"{url}/osv",
            kev_url=f"{url}/kev.json" if catalogue else "",
            parsing=parsing,
        )
        async with open_services(config, clock) as services:
            yield Walk(services, world, clock, chat or Chatroom())
