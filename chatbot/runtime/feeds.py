"""The sources of a project, wired to what takes their batches: those of its forge, and what others say of it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.core.polling import interval
from chatbot.core.watching.room_watch import is_of_repository
from chatbot.ports import Clock, Feed, Forge
from chatbot.runtime.config import ServicesConfig
from chatbot.runtime.forges import forge_of
from chatbot.runtime.ingest.confirm import Confirmation
from chatbot.runtime.ingest.freshness import Freshness
from chatbot.runtime.ingest.ingestor import Ingestor
from chatbot.runtime.ingest.poller import Poller
from chatbot.runtime.ingest.quota import QuotaNotice
from chatbot.runtime.watching.repositories import Repositories
from chatbot.sources.endoflife.source import EndOfLife
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.database import GithubDatabase
from chatbot.sources.http.client import Fetcher
from chatbot.sources.kev.exploited import ExploitedAdvisories
from chatbot.sources.kev.source import KnownExploited
from chatbot.sources.osv.source import OsvPackages
from chatbot.sources.parsing.reader import Reader
from chatbot.store.database.db import Store


class Parts(Protocol):
    """What sources are wired to."""

    config: ServicesConfig
    store: Store
    ingestor: Ingestor
    freshness: Freshness

    @property
    def clock(self) -> Clock: ...

    api: GithubApi
    forges: Sequence[Forge]
    quota: QuotaNotice
    fetcher: Fetcher
    reader: Reader
    repositories: Repositories
    exploited: KnownExploited | None


def pollers_of(services: Parts, project: Project) -> list[Poller]:
    """A project's sources: those of its forge, and what others say of it. A signal nudges the listing of its releases."""
    feeds = [*forge_of(project, services.forges).feeds(project), *_of_others(services, project)]
    releases = next((feed.source.name for feed in feeds if feed.source.profile.kind == "release"), "")

    def releases_seen() -> None:
        for poller in pollers:
            if poller.source.name == releases:
                poller.nudge.set()

    pollers = [_poller(services, project, feed, releases_seen) for feed in feeds]
    return pollers


def _poller(services: Parts, project: Project, feed: Feed, on_signal: Callable[[], None]) -> Poller:
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
        on_refusal=partial(services.repositories.refused, project) if is_of_repository(project.id) else None,
    )


def _of_others(services: Parts, project: Project) -> Iterator[Feed]:
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


def _every(services: Parts, source: SourceProfile) -> timedelta:
    return interval(
        source,
        projects=len(services.config.projects),
        poll_seconds=services.config.poll_seconds,
        has_token=services.api.has_token,
        quota=services.api.quota,
        now=services.clock(),
    )
