"""GitHub as a forge: the sources of a project there, bound to the one repository that it was when they were first read."""

from collections.abc import Sequence

from chatbot.core.model.source_profile import ForgeProfile
from chatbot.core.model.watches import Project
from chatbot.core.watching.room_watch import is_of_repository
from chatbot.ports import Clock, Feed
from chatbot.sources.github.advisories import GithubAdvisories
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.atom import GithubAtom
from chatbot.sources.github.identity import BoundListing, BoundSource, RepositoryIdentity
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.github.profile import forge_profile
from chatbot.sources.github.releases import GithubReleases
from chatbot.sources.github.report_form import WithReportForm
from chatbot.sources.http.client import Fetcher
from chatbot.sources.parsing.reader import Reader
from chatbot.sources.support_policy.source import configured_page


class Github:
    """GitHub, or an Enterprise server, by its API and its pages at `web_url`."""

    def __init__(self, api: GithubApi, fetcher: Fetcher, *, web_url: str, reader: Reader, clock: Clock) -> None:
        self._api, self._fetcher, self._reader, self._clock = api, fetcher, reader, clock
        self._web_url = web_url

    @property
    def profile(self) -> ForgeProfile:
        return forge_profile(self._web_url.partition("?")[0])  # links for readers: without a key that it may hold

    def serves(self, project: Project) -> bool:
        """Every project whose repository is `owner/name`, and that is all of them."""
        return "/" in project.repository

    def feeds(self, project: Project) -> Sequence[Feed]:
        identity = RepositoryIdentity(
            project.repository, self._api, clock=self._clock, public_only=is_of_repository(project.id)
        )
        releases = BoundListing(GithubReleases(project, self._api, clock=self._clock, reader=self._reader), identity)
        advisories = BoundListing(
            GithubAdvisories(project, self._api, clock=self._clock, reader=self._reader), identity
        )
        news = GithubAtom(project, self._fetcher, web_url=self._web_url, reader=self._reader)
        return (
            Feed(source=releases, listing=releases, metered=True),
            Feed(source=advisories, listing=advisories, metered=True),
            self._page(project, identity),
            Feed(source=BoundSource(news, identity, asks=False)),
        )

    def _page(self, project: Project, identity: RepositoryIdentity) -> Feed:
        page = configured_page(project, fetcher=self._fetcher, clock=self._clock)
        if page is not None:
            return Feed(source=WithReportForm(page, project, self._api, clock=self._clock))
        page = GithubPolicy(project, self._api, clock=self._clock, reader=self._reader)
        with_form = WithReportForm(page, project, self._api, clock=self._clock)
        return Feed(source=BoundSource(with_form, identity), metered=True)
