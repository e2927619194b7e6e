"""The whole pipeline in a test: the loopback GitHub, a real store, a chat, and a clock that the test moves."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.demo.github.data import Repository
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.runtime.timed.loop import timed
from chatbot.sources.parsing.process import Limits
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock
from tests.standins.github.server import FaultyGitHub, serve

MINUTE = timedelta(minutes=1)
SETTLE = timedelta(seconds=30)
LIMITS = Limits()
EVERYTHING = WatchFilter(mention=Mention("role", "7"))
FERRY = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry")


def room(at: str, watch_filter: WatchFilter = EVERYTHING, projects: Sequence[ProjectId] = (FERRY.id,)) -> Room:
    return Room(address=RoomAddress(at), projects=tuple(projects), watch_filter=watch_filter)


@dataclass(slots=True)
class Harness:
    """The pipeline with its ends in the test's hands. `tells_what_went_out`: to maintainers, a message for each announcement."""

    services: Services
    world: FaultyGitHub
    clock: ManualClock
    chat: FaultyChat
    tells_what_went_out: bool = False

    async def poll(self) -> None:
        """Poll every source once, and do what is due by the clock."""
        await self.services.look_once()
        services = self.services
        await services.images.step()
        planner, members = services.ingestor.planner, services.fan_outs.members
        by_the_clock = timed(planner, lambda: services.config.projects, members, self.clock)
        if not self.tells_what_went_out:
            by_the_clock.went_out.projects = tuple
        await by_the_clock.step()

    async def deliver(self) -> None:
        await Delivery(
            chat=self.chat,
            store=self.services.store,
            clock=self.clock,
            failpoint=self.services.config.failpoint,
            recovery=self.services.room_recovery(),
        ).drain()

    async def run_for(self, by: timedelta = MINUTE) -> None:
        """Let time pass, poll, and deliver what is due: twice, for what must settle first."""
        for _ in range(2):
            self.clock.advance(by)
            await self.poll()
            await self.deliver()


@asynccontextmanager
async def open_harness(
    repository: Repository,
    clock: ManualClock,
    database: Path,
    rooms: Sequence[Room],
    *,
    chat: FaultyChat | None = None,
    project: Project = FERRY,
    introduce_newest: bool = False,
    catalogue: bool = False,
    beside: Sequence[tuple[Project, Repository]] = (),
    parsing: Limits = LIMITS,
    any_repository: bool = False,
    token: str = "",
    tokens: Mapping[str, frozenset[str]] | None = None,
) -> AsyncIterator[Harness]:
    """A pipeline over this repository, and over those `beside` it. Call it again with the same database for a restart, with the same chat for its rooms."""
    world = FaultyGitHub(repositories=[repository, *(each for _, each in beside)], quota_anonymous=100_000)
    world.tokens |= tokens or {}
    async with serve(world, clock) as url:
        config = ServicesConfig(
            database=f"sqlite:///{database}",
            projects=(project, *(each for each, _ in beside)),
            rooms=tuple(rooms),
            api_url=url,
            web_url=url,
            token=(lambda: token) if token else None,
            any_repository=any_repository,
            per_server=2,
            poll_seconds=60,
            settle=SETTLE,
            introduce_newest=introduce_newest,
            per_second=1e6,
            osv_url=f"{url}/osv",
            kev_url=f"{url}/kev.json" if catalogue else "",
            endoflife_url=f"{url}/eol",
            parsing=parsing,
        )
        async with open_services(config, clock) as services:
            yield Harness(services, world, clock, chat or FaultyChat())


@asynccontextmanager
async def open_beside(harness: Harness) -> AsyncIterator[Harness]:
    """A second pipeline on the same store, which reads the same GitHub at the same address and has the same chat: an address of its own
    would make every link differ, and each pipeline would edit what the other one posted."""
    async with open_services(harness.services.config, harness.clock) as services:
        yield Harness(services, harness.world, harness.clock, harness.chat)
