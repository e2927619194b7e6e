"""A repository's security advisories from GitHub's REST API: published ones only, whatever the token could see."""

from collections.abc import Mapping
from urllib.parse import quote

from chatbot.core.model.facts import Advisory
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, Clock
from chatbot.sources.advisories.fields import is_id
from chatbot.sources.github import profile
from chatbot.sources.github.api import GithubApi, repository_path
from chatbot.sources.github.listing import Listing, look_at
from chatbot.sources.parsing.again import keep_again, read_whole, with_again
from chatbot.sources.parsing.items import Heap
from chatbot.sources.parsing.reader import Reader


class GithubAdvisories:
    """The published advisories of one project's repository. An empty cursor reads everything."""

    profile = profile.ADVISORIES

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock, reader: Reader) -> None:
        self._project, self._api, self._clock, self._reader = project, api, clock, reader
        self._listing = Listing(
            api=api,
            repository=project.repository,
            path="/security-advisories",
            query="&state=published&sort=updated&direction=desc",
            clock=clock,
            name_of=lambda mark: mark.partition("@")[0],
        )

    @property
    def name(self) -> str:
        return f"github-advisories:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. The batch holds every advisory of the pages that were read; `present` says that these were all."""
        heap = self._heap()
        result = await self._listing.read(read_whole(cursor, self._clock()), heap.read_marks)
        again = heap.again_at
        after = with_again(result.cursor, again) if result.whole else keep_again(cursor, result.cursor, again)
        return Batch(
            observed=tuple(heap.facts.values()),
            present=frozenset(heap.subjects) if result.whole else None,
            absent=frozenset(f"{self._project.id}/{name}" for name in result.absent),
            gap=result.gap or heap.gap,
            cursor=after,
            read_at=result.read_at,
            unchanged=result.unchanged,
            unreadable=heap.unreadable,
        )

    async def look(self, ghsa: str) -> Advisory | None:
        """One advisory at its own address: None where GitHub answers 404, or shows one that is not published (closed ones
        among them). This may use the quota's reserve."""
        if not is_id(ghsa):
            return None
        repository = self._project.repository
        fetched = await look_at(
            self._api, repository, f"{repository_path(repository)}/security-advisories/{quote(ghsa, safe='')}"
        )
        if fetched is None:
            return None
        fact = await self._heap().one("one advisory", fetched)
        return fact if isinstance(fact, Advisory) else None

    def _heap(self) -> Heap:
        return Heap(reader=self._reader, kind="advisories", project=self._project.id, origin=self._project.repository)
