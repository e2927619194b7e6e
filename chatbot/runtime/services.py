"""The pipeline without its chats: store, sources, ingestion and answers of the configured projects, wired together."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

import structlog

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.source_profile import ForgeProfile, SourceProfile
from chatbot.core.model.watches import Project
from chatbot.core.watching.room_watch import RoomWatch, is_of_repository, projects_now, rooms_now
from chatbot.ports import Clock, Forge
from chatbot.runtime.config import ServicesConfig
from chatbot.runtime.delivery.room_recovery import RoomRecovery
from chatbot.runtime.feeds import pollers_of
from chatbot.runtime.forges import ForgeParts, forge_of, open_forges
from chatbot.runtime.images.asking import Images
from chatbot.runtime.ingest.freshness import Freshness
from chatbot.runtime.ingest.ingestor import Ingestor
from chatbot.runtime.ingest.newcomers import Newcomers
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.ingest.poller import Poller
from chatbot.runtime.ingest.quarantine import Quarantine
from chatbot.runtime.ingest.quota import QuotaNotice
from chatbot.runtime.maintainers.commands import MaintainerCommands
from chatbot.runtime.maintainers.readiness import Ready
from chatbot.runtime.queries.answer import Answers
from chatbot.runtime.queries.names import name_of
from chatbot.runtime.subscriptions.fan_out.loop import FanOuts, fan_outs_of
from chatbot.runtime.watching.commands import WatchCommands
from chatbot.runtime.watching.repositories import Repositories
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.identity import public_name
from chatbot.sources.http.client import Fetcher, open_fetcher
from chatbot.sources.kev.source import KnownExploited
from chatbot.sources.parsing.pool import ParserPool, open_pool
from chatbot.sources.parsing.reader import Reader
from chatbot.sources.registry.client import Registries
from chatbot.store import room_watches
from chatbot.store.backups.before_upgrade import open_upgraded
from chatbot.store.database.db import Store
from chatbot.store.forget import forget_unwatched

log = structlog.get_logger(__name__)

__all__ = ["Services", "ServicesConfig", "lay", "open_services"]

FIRST_LOOK = 5.0  # seconds
LATELY = timedelta(hours=1)  # a process that ended in this time may have begun a watch, and planned without it


@dataclass(slots=True)
class Services:
    """The wired parts. `config` is the operator's with the `watches` that rooms made by command, as it is now; `changed` is
    called when there are other sources to poll; `roles_due` is set when there may be other line roles to make or retire."""

    config: ServicesConfig
    operator_config: ServicesConfig
    store: Store
    ingestor: Ingestor
    answers: Answers
    freshness: Freshness
    pollers: list[Poller]
    clock: Clock
    api: GithubApi
    forges: Sequence[Forge]
    quota: QuotaNotice
    repositories: Repositories
    fetcher: Fetcher
    reader: Reader
    quarantine: Quarantine
    exploited: KnownExploited | None
    images: Images
    fan_outs: FanOuts
    watches: tuple[RoomWatch, ...] = ()
    changed: Callable[[], None] = lambda: None
    roles_due: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self, config: ServicesConfig) -> None:
        """Watch the projects and rooms of another configuration; the sources of projects that stay as they are go on."""
        self._become(replace(self.operator_config, projects=config.projects, rooms=config.rooms), self.watches)

    async def load_watches(self) -> list[RoomWatch]:
        """Read again what rooms watch by command, and act on it from now on; return what is new."""
        async with self.store.reading() as tx:
            watches = await room_watches.every(tx)
        before = {watch.pair for watch in self.watches}
        self._become(self.operator_config, watches)
        return [watch for watch in watches if watch.pair not in before]

    async def follow_watches(self) -> None:
        """The same; and what was planned without the new ones at that moment is planned again."""
        before = {watch.project for watch in self.watches}
        await self.catch_up(await self.load_watches())
        if any(is_of_repository(project) for project in before - {watch.project for watch in self.watches}):
            await self.forget_unwatched()

    async def forget_unwatched(self) -> None:
        """Delete what is known of repositories that no room watches any more."""
        for project in await forget_unwatched(self.store, self.clock()):
            self.ingestor.planner.at_hand.forget(project)
            log.info("forgot a repository that no room watches", project=project)

    async def first_look(self, project: ProjectId) -> None:
        """Wait until a project that was just added was polled once, but not for long."""
        polls = [poller.polled.wait() for poller in self.pollers if poller.project.id == project]
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK):
                await asyncio.gather(*polls)

    async def catch_up(self, watches: Sequence[RoomWatch]) -> None:
        """Announce in these rooms what was read since they began to watch, if that was not done yet."""
        projects = {project.id: project for project in self.config.projects}
        for watch in watches:
            if watch.project in projects:
                await self.ingestor.planner.catch_up(projects[watch.project], watch.began_at, self.clock())

    def _become(self, operator_config: ServicesConfig, watches: Sequence[RoomWatch]) -> None:
        former = {project.id: project for project in self.config.projects}
        self.operator_config, self.watches = operator_config, tuple(watches)
        if not operator_config.any_repository:  # it was allowed before
            watches = [watch for watch in watches if not watch.repository]
        projects = projects_now(operator_config.projects, watches)
        rooms = rooms_now(operator_config.projects, operator_config.rooms, watches, ZoneInfo)
        self.ingestor.planner.rooms_changed(self.config.rooms, rooms, self.clock())
        self.config = replace(self.config, projects=projects, rooms=rooms)
        self.ingestor.planner.newcomers.note(projects)
        self.pollers = [poller for poller in self.pollers if poller.project in projects]
        for project in projects:
            if former.get(project.id) != project:
                new_pollers = pollers_of(self, project)
                for poller in new_pollers:
                    poller.replaced = project.id in former
                self.pollers += new_pollers
        self.roles_due.set()
        self.changed()

    async def listen(self) -> None:
        """After the start and after a reload: every configured room listens from then on, whenever its sources answer."""
        await self.ingestor.planner.newcomers.leave(self.config.projects)
        await self.ingestor.planner.newcomers.skip_known(self.config.projects)
        for project in self.config.projects:
            await self.ingestor.listen(project)
        await self.forget_unwatched()
        lately = self.clock() - LATELY
        await self.catch_up([watch for watch in self.watches if watch.began_at > lately])

    def maintainers_room(self, project: ProjectId) -> RoomAddress:
        """Where a project's maintainers are told what needs a person; empty where nowhere."""
        return next((each.maintainers_room for each in self.config.projects if each.id == project), NOWHERE)

    def sources(self, project: ProjectId) -> list[tuple[str, SourceProfile]]:
        """The names and profiles of a project's sources."""
        return [(poller.source.name, poller.source.profile) for poller in self.pollers if poller.project.id == project]

    def forge(self, project: Project) -> ForgeProfile:
        """Where the project publishes."""
        return forge_of(project, self.forges).profile

    def late(self, project: ProjectId) -> timedelta:
        """How long after its publication a project's news usually arrives: it is read, and read again when it has settled."""
        ours = [poller for poller in self.pollers if poller.project.id == project]
        waits = [poller.every() for poller in ours if poller.source.profile.kind in ("release", "advisory")]
        return max(waits, default=timedelta()) + self.config.settle

    def room_recovery(self) -> RoomRecovery:
        """Who folds what waited for a room that takes messages again."""
        return RoomRecovery(
            store=self.store,
            projects=lambda: self.config.projects,
            reader=self.ingestor.reader,
            prepare_pages=self.ingestor.planner.prepare,
            clock=self.clock,
        )

    async def look_once(self) -> None:
        """Look at every source once, the careful ones first, and again at what waits to be confirmed."""
        for poller in self.pollers:
            await poller.look()
        await self.freshness.write()


@asynccontextmanager
async def open_services(config: ServicesConfig, clock: Clock) -> AsyncIterator[Services]:
    """Open the store and the way to GitHub, and close both at the end."""
    async with AsyncExitStack() as closing:
        store = await closing.enter_async_context(open_upgraded(config.database, clock))
        fetcher = await closing.enter_async_context(
            open_fetcher(
                clock=clock,
                chance=random.random,
                user_agent=f"release-chatbot/{version('release-chatbot')}",
                per_second=config.per_second,
            )
        )
        pool = await closing.enter_async_context(open_pool(config.parsing))
        services = lay(config, store, fetcher, pool, clock)
        await services.load_watches()
        yield services


def lay(config: ServicesConfig, store: Store, fetcher: Fetcher, pool: ParserPool, clock: Clock) -> Services:
    """Wire the parts by hand."""
    quarantine = Quarantine(
        store,
        clock,
        lambda project: services.maintainers_room(project),  # noqa: PLW0108 - the pipeline is made below
        config.failpoint,
    )
    parsing = Reader(pool, quarantine, clock)
    reader, freshness = PolicyReader(parsing, clock), Freshness(store)
    newcomers = Newcomers(
        store,
        clock,
        configured_rooms=lambda: services.config.rooms,
        sources=lambda project: services.sources(project),  # noqa: PLW0108 - the pipeline is made below
        introduce=config.introduce_newest,
    )
    api = GithubApi(fetcher, api_url=config.api_url, token=config.token, clock=clock)
    planner = Planner(store=store, newcomers=newcomers, reader=reader, failpoint=config.failpoint, settle=config.settle)
    services: Services = Services(
        config=config,
        operator_config=config,
        store=store,
        ingestor=Ingestor(
            store=store,
            planner=planner,
            reader=reader,
            clock=clock,
            failpoint=config.failpoint,
        ),
        answers=Answers(
            store=store,
            projects=lambda: services.config.projects,
            rooms=lambda: services.config.rooms,
            reader=reader,
            clock=clock,
            forge=lambda project: services.forge(project),  # noqa: PLW0108 - the pipeline is made below
        ),
        freshness=freshness,
        pollers=[],
        clock=clock,
        api=api,
        forges=open_forges(ForgeParts(api=api, web_url=config.web_url, fetcher=fetcher, reader=parsing, clock=clock)),
        quota=QuotaNotice(api, clock),
        repositories=Repositories(
            store=store,
            clock=clock,
            is_allowed=config.any_repository,
            per_server=config.per_server,
            public_name=lambda name: public_name(name, api),
        ),
        fetcher=fetcher,
        reader=parsing,
        quarantine=quarantine,
        fan_outs=fan_outs_of(store, clock, reader, config.settle, config.failpoint, lambda: services.config),
        images=Images(planner, Registries(fetcher, clock=clock), lambda: services.config.projects, clock),
        exploited=KnownExploited(fetcher, config.kev_url, reader=parsing) if config.kev_url else None,
    )
    newcomers.note(config.projects)
    for project in config.projects:
        services.pollers += pollers_of(services, project)
    answers = services.answers
    answers.watching = WatchCommands(
        store=store,
        clock=clock,
        by_operator=lambda: (services.operator_config.projects, services.operator_config.rooms),
        current=lambda: (services.config.projects, services.config.rooms),
        newcomers=newcomers,
        follow=lambda: services.follow_watches(),  # noqa: PLW0108 - a test may replace it
        first_look=lambda project: services.first_look(project),  # noqa: PLW0108 - as above
        late=lambda project: services.late(project),  # noqa: PLW0108 - as above
        repositories=services.repositories,
        context=answers.context,
        failpoint=config.failpoint,
    )
    answers.maintaining = MaintainerCommands(
        store=store,
        clock=clock,
        projects=lambda: services.config.projects,
        context=answers.context,
        planner=services.ingestor.planner,
        ready=Ready(
            store,
            ask_images=lambda project, tag: services.images.ask(project, tag),  # noqa: PLW0108 - a test may replace it
            room_name=lambda room: name_of(room, answers.room_name),
        ),
    )
    return services
