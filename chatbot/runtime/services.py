"""The pipeline without its chats: store, sources, ingestion and answers of the configured projects, wired together."""

import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import version

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.source_profile import ForgeProfile, SourceProfile
from chatbot.core.model.watches import Project, Room
from chatbot.core.polling import GETS_A_SECOND, interval
from chatbot.ports import Batch, Clock, Feed, Forge, OutOfReach, SourceRefused, SourceUnavailable
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
from chatbot.sources.endoflife.source import EndOfLife
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.database import GithubDatabase
from chatbot.sources.http.client import Fetcher, Token, open_fetcher
from chatbot.sources.kev.exploited import ExploitedAdvisories
from chatbot.sources.kev.source import KnownExploited
from chatbot.sources.osv.source import OsvPackages
from chatbot.sources.parsing.pool import ParserPool, open_pool
from chatbot.sources.parsing.process import Limits
from chatbot.sources.parsing.reader import Reader
from chatbot.store.database.db import Store, open_store

Failpoint = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesConfig:
    """What services are built from. `settle` is how long a fact must stay unchanged before it is announced; `failpoint` is called
    where a test may end the process; `token` gives GitHub's, or an empty string."""

    database: str
    projects: Sequence[Project]
    rooms: Sequence[Room]
    api_url: str
    web_url: str
    token: Token | None
    poll_seconds: int
    settle: timedelta
    osv_url: str = ""
    kev_url: str = ""
    endoflife_url: str = ""
    deadman_url: str = ""
    introduce_newest: bool = False
    parsing: Limits = field(default_factory=Limits)
    per_second: float = GETS_A_SECOND
    failpoint: Failpoint = lambda _name: None


@dataclass(slots=True)
class Services:
    """The wired parts. `projects` and `rooms` may be replaced while it runs (a reload)."""

    config: ServicesConfig
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

    def change(self, config: ServicesConfig) -> None:
        """Watch the projects and hear the rooms of another plot; the sources of projects that stay as they are go on."""
        former = {project.id: project for project in self.config.projects}
        self.config = replace(self.config, projects=config.projects, rooms=config.rooms)
        self.ingestor.planner.newcomers.note(config.projects)
        pollers = [poller for poller in self.pollers if poller.project in config.projects]
        self.pollers = pollers
        for project in config.projects:
            if former.get(project.id) != project:
                new_pollers = _pollers(self, project)
                for poller in new_pollers:
                    poller.replaced = project.id in former
                self.pollers += new_pollers

    async def listen(self) -> None:
        """After the start and after a reload: every configured room listens from then on, whenever its sources answer."""
        await self.ingestor.planner.newcomers.leave(self.config.projects)
        await self.ingestor.planner.newcomers.skip_known(self.config.projects)
        for project in self.config.projects:
            await self.ingestor.listen(project)

    def maintainers_room(self, project: ProjectId) -> RoomAddress:
        """Where a project's maintainers are told what needs a person; empty where nowhere."""
        return next((each.maintainers_room for each in self.config.projects if each.id == project), NOWHERE)

    def sources(self, project: ProjectId) -> list[tuple[str, SourceProfile]]:
        """The names and profiles of a project's sources."""
        return [(poller.source.name, poller.source.profile) for poller in self.pollers if poller.project.id == project]

    def forge(self, project: Project) -> ForgeProfile:
        """Where the project publishes."""
        return forge_of(project, self.forges).profile

    def room_recovery(self) -> RoomRecovery:
        """Who folds what waited for a room that takes messages again."""
        return RoomRecovery(
            store=self.store,
            projects=lambda: self.config.projects,
            reader=self.ingestor.reader,
            prepare_pages=self.ingestor.planner.prepare,
            clock=self.clock,
        )

    async def check(self, batches: dict[ProjectId, list[Batch]]) -> list[str]:
        """What is wrong with the sources, a sentence for each cause. `batches` is filled with what they showed."""
        causes: dict[str, tuple[bool, str, list[str]]] = {}
        for poller in self.pollers:
            try:
                batches.setdefault(poller.project.id, []).append(await poller.source.poll({}))
            except (SourceUnavailable, SourceRefused) as error:
                away, sentence = isinstance(error, SourceUnavailable), str(error)
                cause = sentence.partition(" answered ")[2] or sentence  # the same of one address as of the next
                causes.setdefault(cause, (away, sentence, []))[2].append(poller.source.name)
        return [
            OutOfReach(_of_sources(sentence, names)) if away else _of_sources(sentence, names)
            for away, sentence, names in causes.values()
        ]

    async def look_once(self) -> None:
        """Look at every source once, the careful ones first, and again at what waits to be confirmed."""
        for poller in self.pollers:
            await poller.look()
        await self.freshness.write()


def _of_sources(sentence: str, names: Sequence[str]) -> str:
    more = f" (and {len(names) - 1} more sources for the same reason)" if len(names) > 1 else ""
    return f"{names[0]}: {sentence}{more}"


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
        yield lay(config, store, fetcher, pool, clock)


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
