"""The pipeline without its chats: store, sources, ingestion and answers of the configured projects, wired together."""

import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.source_profile import ForgeProfile, SourceProfile
from chatbot.core.model.watches import Project
from chatbot.core.polling import interval
from chatbot.core.watching.room_watch import RoomWatch, projects_now, rooms_now
from chatbot.ports import Clock, Feed, Forge
from chatbot.runtime.config import ServicesConfig
from chatbot.runtime.delivery.room_recovery import RoomRecovery
from chatbot.runtime.forges import ForgeParts, forge_of, open_forges
from chatbot.runtime.ingest.confirm import Confirmation
from chatbot.runtime.ingest.freshness import Freshness
from chatbot.runtime.ingest.ingestor import Ingestor
from chatbot.runtime.ingest.newcomers import Newcomers
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.ingest.poller import Poller
from chatbot.runtime.ingest.quarantine import Quarantine
from chatbot.runtime.ingest.quota import QuotaNotice
from chatbot.runtime.queries.answer import Answers
from chatbot.runtime.watching.commands import WatchCommands
from chatbot.sources.endoflife.source import EndOfLife
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.database import GithubDatabase
from chatbot.sources.http.client import Fetcher, open_fetcher
from chatbot.sources.kev.exploited import ExploitedAdvisories
from chatbot.sources.kev.source import KnownExploited
from chatbot.sources.osv.source import OsvPackages
from chatbot.sources.parsing.pool import ParserPool, open_pool
from chatbot.sources.parsing.reader import Reader
from chatbot.store import room_watches
from chatbot.store.database.db import Store, open_store

__all__ = ["Services", "ServicesConfig", "lay", "open_services"]

LATELY = timedelta(hours=1)  # a process that ended in this time may have begun a watch, and planned without it


@dataclass(slots=True)
class Services:
    """The wired parts. `config` is what counts now: that of the operator, with the `watches` that rooms made by command; both may
    change while it runs. `changed` is called when there are other sources to poll."""

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
    fetcher: Fetcher
    reader: Reader
    quarantine: Quarantine
    exploited: KnownExploited | None
    watches: tuple[RoomWatch, ...] = ()
    changed: Callable[[], None] = lambda: None

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
        await self.catch_up(await self.load_watches())

    async def catch_up(self, watches: Sequence[RoomWatch]) -> None:
        """Announce in these rooms what was read since they began to watch, if that was not done yet."""
        projects = {project.id: project for project in self.config.projects}
        for watch in watches:
            if watch.project in projects:
                await self.ingestor.planner.catch_up(projects[watch.project], watch.began_at, self.clock())

    def _become(self, operator_config: ServicesConfig, watches: Sequence[RoomWatch]) -> None:
        former = {project.id: project for project in self.config.projects}
        self.operator_config, self.watches = operator_config, tuple(watches)
        projects = projects_now(operator_config.projects, watches)
        rooms = rooms_now(operator_config.projects, operator_config.rooms, watches, ZoneInfo)
        self.config = replace(self.config, projects=projects, rooms=rooms)
        self.ingestor.planner.newcomers.note(projects)
        self.pollers = [poller for poller in self.pollers if poller.project in projects]
        for project in projects:
            if former.get(project.id) != project:
                new_pollers = _pollers(self, project)
                for poller in new_pollers:
                    poller.replaced = project.id in former
                self.pollers += new_pollers
        self.changed()

    async def listen(self) -> None:
        """After the start and after a reload: every configured room listens from then on, whenever its sources answer."""
        await self.ingestor.planner.newcomers.leave(self.config.projects)
        await self.ingestor.planner.newcomers.skip_known(self.config.projects)
        for project in self.config.projects:
            await self.ingestor.listen(project)
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
        store = await closing.enter_async_context(open_store(config.database))
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
    services: Services = Services(
        config=config,
        operator_config=config,
        store=store,
        ingestor=Ingestor(
            store=store,
            planner=Planner(
                store=store, newcomers=newcomers, reader=reader, failpoint=config.failpoint, settle=config.settle
            ),
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
        fetcher=fetcher,
        reader=parsing,
        quarantine=quarantine,
        exploited=KnownExploited(fetcher, config.kev_url, reader=parsing) if config.kev_url else None,
    )
    newcomers.note(config.projects)
    for project in config.projects:
        services.pollers += _pollers(services, project)
    answers = services.answers
    answers.watching = WatchCommands(
        store=store,
        clock=clock,
        by_operator=lambda: (services.operator_config.projects, services.operator_config.rooms),
        current=lambda: (services.config.projects, services.config.rooms),
        newcomers=newcomers,
        follow=lambda: services.follow_watches(),  # noqa: PLW0108 - a test may replace it
        late=lambda project: services.late(project),  # noqa: PLW0108 - as above
        context=answers.context,
    )
    return services


def _pollers(services: Services, project: Project) -> list[Poller]:
    """A project's sources: those of its forge, and what others say of it. A signal nudges the listing of its releases."""
    feeds = [*forge_of(project, services.forges).feeds(project), *_of_others(services, project)]
    releases = next((feed.source.name for feed in feeds if feed.source.profile.kind == "release"), "")

    def releases_seen() -> None:
        for poller in pollers:
            if poller.source.name == releases:
                poller.nudge.set()

    pollers = [_poller(services, project, feed, releases_seen) for feed in feeds]
    return pollers


def _poller(services: Services, project: Project, feed: Feed, on_signal: Callable[[], None]) -> Poller:
    confirmation = None
    if feed.listing is not None:
        confirmation = Confirmation(
            project=project, source=feed.listing, store=services.store, ingestor=services.ingestor, clock=services.clock
        )
    return Poller(
        project=project,
        source=feed.source,
        store=services.store,
        ingestor=services.ingestor,
        freshness=services.freshness,
        clock=services.clock,
        every=lambda: _every(services, feed.source.profile),
        on_signal=on_signal,
        confirmation=confirmation,
        short=services.quota.short if feed.metered else str,
    )


def _of_others(services: Services, project: Project) -> Iterator[Feed]:
    """What databases say of the project's packages and release lines, and which of its advisories are known to be exploited."""
    clock, reader = services.clock, services.reader
    if project.packages:
        database = GithubDatabase(project, services.api, clock=clock, reader=reader)
        yield Feed(source=database, listing=database, metered=True)
        if services.config.osv_url:
            osv = OsvPackages(project, services.fetcher, osv_url=services.config.osv_url, clock=clock, reader=reader)
            yield Feed(source=osv, listing=osv)
    if project.endoflife and services.config.endoflife_url:
        yield Feed(source=EndOfLife(project, services.fetcher, services.config.endoflife_url, reader=reader))
    if services.exploited is not None:
        ids = lambda: services.ingestor.planner.at_hand.ids.get(project.id, frozenset())  # noqa: E731 - one line says it
        yield Feed(source=ExploitedAdvisories(project, services.exploited, ids, clock=clock))


def _every(services: Services, source: SourceProfile) -> timedelta:
    return interval(
        source,
        projects=len(services.config.projects),
        poll_seconds=services.config.poll_seconds,
        has_token=services.api.has_token,
        quota=services.api.quota,
        now=services.clock(),
    )
