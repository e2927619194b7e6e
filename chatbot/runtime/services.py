"""The road without its chats: store, sources, intake and answers of the configured projects, wired together."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import version

from chatbot.core.model.pollers import Project, Room
from chatbot.core.polling import GETS_A_SECOND, Door, interval
from chatbot.ports import Clock, OutOfReach, Source, SourceRefused, SourceUnavailable
from chatbot.runtime.delivery.room_recovery import Welcome
from chatbot.runtime.ingest.confirm import Confirmation, Looking
from chatbot.runtime.ingest.freshness import Freshness
from chatbot.runtime.ingest.ingestor import Intake
from chatbot.runtime.ingest.newcomers import Newcomers
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.ingest.poller import Poller
from chatbot.runtime.ingest.quarantine import Quarantine
from chatbot.runtime.ingest.quota import QuotaNotice
from chatbot.runtime.queries.answer import Answers
from chatbot.sources.github.advisories import GithubAdvisories
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.atom import GithubAtom
from chatbot.sources.github.database import GithubDatabase
from chatbot.sources.github.identity import BoundListing, BoundSource, RepositoryIdentity
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.github.releases import GithubReleases
from chatbot.sources.github.report_form import WithReportForm
from chatbot.sources.http.client import Fetcher, Token, open_fetcher
from chatbot.sources.kev.exploited import ExploitedAdvisories
from chatbot.sources.kev.source import KnownExploited
from chatbot.sources.osv.source import OsvPackages
from chatbot.sources.parsing.pool import ParserPool, open_pool
from chatbot.sources.parsing.process import Limits
from chatbot.sources.parsing.reader import Reader
from chatbot.sources.support_policy.source import policy_source
from chatbot.store.database.db import Store, open_store

Point = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What a road is built from. `settle` is how long a fact must stay unchanged before it is said; `point` is called at the
    places where a test may end the process; `token` gives GitHub's, or an empty string."""

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
    deadman_url: str = ""
    introduce_newest: bool = False
    parsing: Limits = field(default_factory=Limits)
    per_second: float = GETS_A_SECOND
    point: Point = lambda _name: None


@dataclass(slots=True)
class Road:
    """The wired parts. `projects` and `rooms` may be replaced while it runs (a reload)."""

    plot: Plot
    store: Store
    intake: Intake
    answers: Answers
    freshness: Freshness
    pollers: list[Poller]
    clock: Clock
    api: GithubApi
    quota: QuotaNotice
    fetcher: Fetcher
    reader: Reader
    quarantine: Quarantine
    exploited: KnownExploited | None

    def change(self, plot: Plot) -> None:
        """Watch the projects and hear the rooms of another plot; the sources of projects that stay as they are go on."""
        former = {project.id: project for project in self.plot.projects}
        self.plot = replace(self.plot, projects=plot.projects, rooms=plot.rooms)
        self.intake.newcomers.note(plot.projects)
        kept = [poller for poller in self.pollers if poller.project in plot.projects]
        self.pollers = kept
        for project in plot.projects:
            if former.get(project.id) != project:
                made = _pollers(self, project)
                for poller in made:
                    poller.replaced = project.id in former
                self.pollers += made

    async def listen(self) -> None:
        """After the start and after a reload: every configured room listens from then on, whenever its sources answer."""
        await self.intake.newcomers.leave(self.plot.projects)
        await self.intake.newcomers.skip_known(self.plot.projects)
        for project in self.plot.projects:
            await self.intake.listen(project)

    def maintainers_room(self, project: str) -> str:
        """Where a project's maintainers are told what needs a person; empty where nowhere."""
        return next((each.maintainers_room for each in self.plot.projects if each.id == project), "")

    def sources(self, project: str) -> list[tuple[str, str]]:
        """The names and doors of a project's sources."""
        return [(poller.source.name, poller.source.door) for poller in self.pollers if poller.project.id == project]

    def welcome(self) -> Welcome:
        """Who folds what waited for a room that takes messages again."""
        return Welcome(projects=lambda: self.plot.projects, reader=self.intake.reader, clock=self.clock)

    async def check(self) -> list[str]:
        """What is wrong with the sources, a sentence for each cause."""
        causes: dict[str, tuple[bool, str, list[str]]] = {}
        for poller in self.pollers:
            try:
                await poller.source.poll({})
            except (SourceUnavailable, SourceRefused) as failed:
                away, sentence = isinstance(failed, SourceUnavailable), str(failed)
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
async def open_road(plot: Plot, clock: Clock) -> AsyncIterator[Road]:
    """Open the store and the way to GitHub, and close both at the end."""
    async with AsyncExitStack() as closing:
        store = await closing.enter_async_context(open_store(plot.database))
        fetcher = await closing.enter_async_context(
            open_fetcher(
                clock=clock,
                chance=random.random,
                user_agent=f"release-chatbot/{version('release-chatbot')}",
                per_second=plot.per_second,
            )
        )
        pool = await closing.enter_async_context(open_pool(plot.parsing))
        yield lay(plot, store, fetcher, pool, clock)


def lay(plot: Plot, store: Store, fetcher: Fetcher, pool: ParserPool, clock: Clock) -> Road:
    """Wire the parts by hand."""
    quarantine = Quarantine(
        store,
        clock,
        lambda project: road.maintainers_room(project),  # noqa: PLW0108 - the road is made below
        plot.point,
    )
    parsing = Reader(pool, quarantine, clock)
    reader, freshness = PolicyReader(parsing, clock), Freshness(store)
    newcomers = Newcomers(
        store,
        clock,
        configured=lambda: road.plot.rooms,
        sources=lambda project: road.sources(project),  # noqa: PLW0108 - the road is made below
        introduce=plot.introduce_newest,
    )
    api = GithubApi(fetcher, api_url=plot.api_url, token=plot.token, clock=clock)
    road: Road = Road(
        plot=plot,
        store=store,
        intake=Intake(
            store=store,
            newcomers=newcomers,
            reader=reader,
            clock=clock,
            point=plot.point,
            settle=plot.settle,
        ),
        answers=Answers(
            store=store,
            projects=lambda: road.plot.projects,
            rooms=lambda: road.plot.rooms,
            reader=reader,
            clock=clock,
            web_url=plot.web_url.partition("?")[0],  # a link for readers: without a key that it may hold
        ),
        freshness=freshness,
        pollers=[],
        clock=clock,
        api=api,
        quota=QuotaNotice(api, clock),
        fetcher=fetcher,
        reader=parsing,
        quarantine=quarantine,
        exploited=KnownExploited(fetcher, plot.kev_url, reader=parsing) if plot.kev_url else None,
    )
    newcomers.note(plot.projects)
    for project in plot.projects:
        road.pollers += _pollers(road, project)
    return road


def _pollers(road: Road, project: Project) -> list[Poller]:
    """A project's sources: the careful doors, and the cheap one that nudges them."""

    def poller(source: Source, door: Door, looking: Looking | None = None, *, by_api: bool = True) -> Poller:
        confirmation = (
            Confirmation(project=project, source=looking, store=road.store, intake=road.intake, clock=road.clock)
            if looking is not None
            else None
        )
        return Poller(
            project=project,
            source=source,
            store=road.store,
            intake=road.intake,
            freshness=road.freshness,
            clock=road.clock,
            every=lambda: _every(road, door),
            on_signal=releases_seen,
            confirmation=confirmation,
            short=road.quota.short if by_api else str,
        )

    def releases_seen() -> None:
        releases.nudge.set()

    identity = RepositoryIdentity(project.repository, road.api, clock=road.clock)
    listed = BoundListing(GithubReleases(project, road.api, clock=road.clock, reader=road.reader), identity)
    published = BoundListing(GithubAdvisories(project, road.api, clock=road.clock, reader=road.reader), identity)
    feed = GithubAtom(project, road.fetcher, web_url=road.plot.web_url, reader=road.reader)
    policy = policy_source(project, api=road.api, fetcher=road.fetcher, clock=road.clock, reader=road.reader)
    with_form = WithReportForm(policy, project, road.api, clock=road.clock)
    releases = poller(listed, "releases", listed)
    pollers = [
        releases,
        poller(published, "advisories", published),
        poller(BoundSource(with_form, identity), "policy")
        if isinstance(policy, GithubPolicy)
        else poller(with_form, "policy", by_api=False),
        poller(BoundSource(feed, identity, asks=False), "atom", by_api=False),
    ]
    if project.packages:
        database = GithubDatabase(project, road.api, clock=road.clock, reader=road.reader)
        pollers.append(poller(database, "packages", database))
        if road.plot.osv_url:
            osv = OsvPackages(project, road.fetcher, osv_url=road.plot.osv_url, clock=road.clock, reader=road.reader)
            pollers.append(poller(osv, "packages", osv, by_api=False))
    if road.exploited is not None:
        ids = lambda: road.intake.ids.get(project.id, frozenset())  # noqa: E731 - one line says it
        exploited = ExploitedAdvisories(project, road.exploited, ids, clock=road.clock)
        pollers.append(poller(exploited, "packages", by_api=False))
    return pollers


def _every(road: Road, door: Door) -> timedelta:
    return interval(
        door,
        projects=len(road.plot.projects),
        poll_seconds=road.plot.poll_seconds,
        has_token=road.api.has_token,
        quota=road.api.quota,
        now=road.clock(),
    )
