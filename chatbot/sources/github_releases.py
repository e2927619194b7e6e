"""A repository's releases from GitHub's REST API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from chatbot.core.events import Release
from chatbot.core.rules import Project
from chatbot.ports import Batch, Clock, SourceRefused
from chatbot.sources.github_api import GithubApi, repository_path
from chatbot.sources.github_listing import Listing, look_at
from chatbot.sources.json_body import read_object
from chatbot.sources.release_json import UnreadableRelease, is_draft, is_tag, read_release

_MAX_REASONS = 20


class GithubReleases:
    """The releases of one project. An empty cursor reads everything."""

    door = "rest"

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock) -> None:
        self._project, self._api = project, api
        self._listing = Listing(api=api, repository=project.repository, path="/releases", query="", clock=clock)

    @property
    def name(self) -> str:
        return f"github-releases:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. The batch holds every release of the pages that were read; `present` says that these were all."""
        heap = _Heap(project=self._project)
        looked = await self._listing.read(cursor, heap.take_in)
        return Batch(
            observed=tuple(heap.releases.values()),
            present=frozenset(heap.subjects) if looked.whole else None,
            absent=frozenset(f"{self._project.id}/{tag}" for tag in looked.absent),
            gap=looked.gap,
            cursor=looked.cursor,
            read_at=looked.read_at,
            unchanged=looked.unchanged,
            unreadable=tuple(heap.unreadable[:_MAX_REASONS]),
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
        item = read_object(fetched)
        if is_draft(item):
            return None
        try:
            return await asyncio.to_thread(read_release, item, project=self._project.id)
        except UnreadableRelease as wrong:
            raise SourceRefused(f"{repository}: {wrong}") from wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heap:
    """What the pages brought so far. Drafts leave no trace in it."""

    project: Project
    releases: dict[str, Release] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)

    def take_in(self, item: object) -> str:
        """Keep one item of the list, or the reason why not; its mark is its tag."""
        if isinstance(item, dict) and is_draft(item):
            return ""
        tag = item.get("tag_name") if isinstance(item, dict) else None
        mark = tag if isinstance(tag, str) and is_tag(tag) else ""
        if mark:
            self.subjects.add(f"{self.project.id}/{mark}")
        if mark and not self.project.has_tag(mark):
            return mark  # no news, but there: narrowing the globs removes nothing
        try:
            release = read_release(item, project=self.project.id)
        except UnreadableRelease as wrong:
            self.unreadable.append(f"{self.project.repository}: {wrong}")
        else:
            self.releases.setdefault(release.tag, release)
        return mark
