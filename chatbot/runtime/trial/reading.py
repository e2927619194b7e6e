"""Reads what a repository has published, with the sources that the bot reads it with."""

import random
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.knowledge import SourceReading
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.core.support.current import unreadable
from chatbot.core.text.words import count
from chatbot.ports import Batch, Clock, Source, SourceRefused
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.trial.earlier import read_earlier
from chatbot.runtime.trial.published import Place, Published, tracked_page
from chatbot.runtime.trial.sparing import PAGE, SparingApi
from chatbot.sources.github import profile
from chatbot.sources.github.advisories import GithubAdvisories
from chatbot.sources.github.identity import RepositoryIdentity
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.github.profile import forge_profile
from chatbot.sources.github.releases import GithubReleases
from chatbot.sources.github.report_form import WithReportForm
from chatbot.sources.http.client import open_fetcher
from chatbot.sources.parsing.reader import Reader, open_reader

Tell = Callable[[str], None]
SinceWhen = Callable[[datetime], datetime]  # from the source's time to when a replay begins
_PAGES_OF_ADVISORIES = 2
_PAGES_OF_RELEASES = 7


async def read_repository(
    repository: str, place: Place, clock: Clock, tell: Tell, since: SinceWhen = lambda read_at: read_at
) -> Published:
    """Read it; of the policy page also its states `since`. Raises SourceUnavailable (also where the quota is used up) and
    SourceRefused (ProjectHidden where GitHub shows no such repository). Where its advisories or its page are refused, or a
    list is longer than a visitor can read, `gaps` say so."""
    async with (
        open_fetcher(
            clock=clock, chance=random.random, user_agent=f"release-chatbot/{version('release-chatbot')}"
        ) as fetcher,
        open_reader(clock) as reader,
    ):
        kind = ""

        def on_page(number: int) -> None:
            tell(f"Reading {kind}, page {number}")

        token = (lambda: place.token) if place.token else None
        api = SparingApi(fetcher, api_url=place.api_url, token=token, clock=clock, on_page=on_page)
        tell(f"Looking for {repository}")
        name = (await RepositoryIdentity(repository, api, clock=clock).now()).name
        project = Project(id=ProjectId(name.rpartition("/")[2]), name=name.rpartition("/")[2], repository=name)
        published = Published(project=project, forge=forge_profile(place.web_url.partition("?")[0]), read_at=clock())
        tell("Reading the security policy")
        await _read_page(published, api, reader, clock)
        kind = "the security advisories"
        tell(f"Reading {kind}")
        await _read_advisories(published, api, reader, clock)
        kind = "the releases"
        tell(f"Reading {kind}")
        pages = api.limit(_PAGES_OF_RELEASES)
        batch = await GithubReleases(project, api, clock=clock, reader=reader).poll({})
        published.releases = [fact for fact in batch.observed if isinstance(fact, Release)]
        _note(published, "releases", profile.RELEASES, batch)
        if batch.gap:
            published.gaps.append(_only(published.releases, "release", pages))
        published.read_at = batch.read_at
        if published.page is not None:
            tell("Reading earlier security policies")
            await read_earlier(published, api, reader, clock, since(batch.read_at))
        published.requests = api.used
        published.quota = api.quota.remaining if api.quota is not None else None
        return published


async def _read_page(published: Published, api: SparingApi, reader: Reader, clock: Clock) -> None:
    project = published.project
    source = WithReportForm(GithubPolicy(project, api, clock=clock, reader=reader), project, api, clock=clock)
    batch = await _polled(published, "policy", source, "The security policy could not be read")
    if batch is None:
        published.policy = unreadable("I could not read the page.")
        return
    published.private_form = batch.private_form or "unknown"
    page = next((fact for fact in batch.observed if isinstance(fact, PolicyPage)), None)
    if page is None or not page.exists:
        return
    policies = PolicyReader(reader, clock)
    if page.unreadable:
        published.policy = unreadable(f"The page {page.unreadable}.")
    else:
        await policies.prepare(page)
        published.policy = policies.read(page.text)
    published.page = tracked_page(page, published.policy, batch.read_at)


async def _read_advisories(published: Published, api: SparingApi, reader: Reader, clock: Clock) -> None:
    pages = api.limit(_PAGES_OF_ADVISORIES)
    source = GithubAdvisories(published.project, api, clock=clock, reader=reader)
    why = "The security advisories could not be read: nothing below says that there are none"
    batch = await _polled(published, "advisories", source, why)
    if batch is None:
        return
    published.advisories = [fact for fact in batch.observed if isinstance(fact, Advisory)]
    if batch.gap and len(published.advisories) >= PAGE * pages - len(batch.unreadable):
        published.gaps.append(_only(published.advisories, "advisory", pages))


async def _polled(published: Published, name: str, source: Source, words: str) -> Batch | None:
    """What a source brought; None where it is refused, which `gaps` say then."""
    try:
        batch = await source.poll({})
    except SourceRefused as refused:
        published.sources[name] = SourceReading(profile=source.profile, trouble=str(refused))
        published.gaps.append(f"{words} ({refused}).")
        return None
    _note(published, name, source.profile, batch)
    return batch


def _note(published: Published, name: str, of: SourceProfile, batch: Batch) -> None:
    published.sources[name] = SourceReading(profile=of, read_at=batch.read_at, gap=batch.gap)
    published.left_out += batch.unreadable


def _only(items: "list[Release] | list[Advisory]", noun: str, pages: int) -> str:
    return f"Only the newest {count(len(items), noun)} were read ({count(pages, 'page')} at most): older ones are not known here."
