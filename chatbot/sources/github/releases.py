"""A repository's releases from GitHub's REST API."""

from collections.abc import Mapping
from urllib.parse import quote

from chatbot.core.model.facts import Release
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, Clock
from chatbot.sources.github import profile
from chatbot.sources.github.api import GithubApi, repository_path
from chatbot.sources.github.listing import Listing, look_at
from chatbot.sources.github.release_json import is_tag
from chatbot.sources.parsing.again import keep_again, read_whole, with_again
from chatbot.sources.parsing.items import Heap
from chatbot.sources.parsing.reader import Reader


class GithubReleases:
    """The releases of one project. An empty cursor reads everything."""

    profile = profile.RELEASES

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock, reader: Reader) -> None:
        self._project, self._api, self._clock, self._reader = project, api, clock, reader
        self._listing = Listing(api=api, repository=project.repository, path="/releases", query="", clock=clock)

    @property
    def name(self) -> str:
        return f"github-releases:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. The batch holds every release of the pages that were read; `present` says that these were all."""
        heap = self._heap()
        result = await self._listing.read(read_whole(cursor, self._clock()), heap.read_marks)
        again = heap.again_at
        after = with_again(result.cursor, again) if result.whole else keep_again(cursor, result.cursor, again)
        return Batch(
            observed=tuple(heap.facts.values()),
            present=frozenset(heap.subjects) if result.whole else None,
            absent=frozenset(f"{self._project.id}/{tag}" for tag in result.absent),
            gap=result.gap,
            cursor=after,
            read_at=result.read_at,
            unchanged=result.unchanged,
            unreadable=heap.unreadable,
        )

    async def look(self, tag: str) -> Release | None:
        """One release at its own address: None where GitHub answers 404 (a plain tag, or a removed release) or shows a
        draft. This may use the quota's reserve."""
        if not is_tag(tag):
            return None
        repository = self._project.repository
        fetched = await look_at(
            self._api, repository, f"{repository_path(repository)}/releases/tags/{quote(tag, safe='')}"
        )
        if fetched is None:
            return None
        fact = await self._heap().one("one release", fetched)
        return fact if isinstance(fact, Release) else None

    def _heap(self) -> Heap:
        return Heap(
            reader=self._reader,
            kind="releases",
            project=self._project.id,
            origin=self._project.repository,
            accepts=self._project.has_tag,
        )
