"""A repository's security advisories from GitHub's REST API: published ones only, whatever the token could see."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from chatbot.core.events import Advisory
from chatbot.core.rules import Project
from chatbot.ports import Batch, Clock, SourceRefused
from chatbot.sources.advisory_fields import UnreadableAdvisory, is_id
from chatbot.sources.advisory_json import is_public, read_github_advisory
from chatbot.sources.github_api import GithubApi, repository_path
from chatbot.sources.github_listing import Listing, look_at
from chatbot.sources.json_body import read_object

_MAX_REASONS = 20


class GithubAdvisories:
    """The published advisories of one project's repository. An empty cursor reads everything."""

    door = "rest"

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock) -> None:
        self._project, self._api = project, api
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
        heap = _Heap(project=self._project)
        looked = await self._listing.read(cursor, heap.take_in)
        return Batch(
            observed=tuple(heap.advisories.values()),
            present=frozenset(heap.subjects) if looked.whole else None,
            absent=frozenset(f"{self._project.id}/{name}" for name in looked.absent),
            gap=looked.gap,
            cursor=looked.cursor,
            read_at=looked.read_at,
            unchanged=looked.unchanged,
            unreadable=tuple(heap.unreadable[:_MAX_REASONS]),
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
        item = read_object(fetched)
        if not is_public(item):
            return None
        try:
            return await asyncio.to_thread(read_github_advisory, item, project=self._project.id)
        except UnreadableAdvisory as wrong:
            raise SourceRefused(f"{repository}: {wrong}") from wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heap:
    """What the pages brought so far. What is not published leaves no trace in it, not even a number."""

    project: Project
    advisories: dict[str, Advisory] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)

    def take_in(self, item: object) -> str:
        """Keep one item of the list, or the reason why not; its mark is its id with the time of its last change."""
        if isinstance(item, dict) and not is_public(item):
            return ""
        try:
            advisory = read_github_advisory(item, project=self.project.id)
        except UnreadableAdvisory as wrong:
            self.unreadable.append(f"{self.project.repository}: {wrong}")
            return self._unread(item)
        self.subjects.add(advisory.subject)
        self.advisories.setdefault(advisory.id, advisory)
        return f"{advisory.id}@{advisory.updated_at.isoformat()}"

    def _unread(self, item: object) -> str:
        """One that cannot be read is still there."""
        own = item.get("ghsa_id") if isinstance(item, dict) else None
        if not isinstance(own, str) or not is_id(own):
            return ""
        self.subjects.add(f"{self.project.id}/{own}")
        return own
