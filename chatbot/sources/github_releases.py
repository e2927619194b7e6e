"""A repository's releases from GitHub's REST API: all of them at first and daily, else the first page by ETag."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from chatbot.core.events import Release
from chatbot.core.rules import Project
from chatbot.ports import Batch, Clock, SourceRefused
from chatbot.sources.github_api import GithubApi, repository_path
from chatbot.sources.http import Fetched
from chatbot.sources.http_body import TooLarge
from chatbot.sources.json_body import read_list, read_object
from chatbot.sources.release_json import UnreadableRelease, is_draft, is_ours, is_tag, read_release, read_time

EVERYTHING_AGAIN = timedelta(hours=23)  # every page is read at least daily
_REMEMBERED = 300  # tags of the newest pages, by which a later look knows where to stop
_PAGE_SIZES = (100, 30, 10, 3)  # smaller where a page with all its assets is larger than we read
_MAX_REASONS = 20


@dataclass(kw_only=True)
class _Read:
    """What the pages brought so far; `last` is the last tag of the page read last."""

    releases: dict[str, Release] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    tags: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    last: str = ""


class GithubReleases:
    """The releases of one project.

    The cursor keeps the first page's ETag and digest, the size of a page, when every page was last read, and the newest
    tags. An empty cursor reads everything.
    """

    door = "rest"

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock) -> None:
        self._project, self._api, self._clock = project, api, clock
        self._root = f"{repository_path(project.repository)}/releases"

    @property
    def name(self) -> str:
        return f"github-releases:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. The batch holds every release of the pages that were read; `present` says that these were all."""
        whole_at = read_time(cursor.get("whole_at"))
        now = self._clock()
        whole = whole_at is None or not timedelta() <= now - whole_at < EVERYTHING_AGAIN
        first, size = await self._first(cursor, etag="" if whole else cursor.get("etag", ""))
        if first.status == 404:
            raise SourceRefused(
                f"GitHub shows no repository {self._project.repository}: check projects.repository and github.token"
            )
        if first.status == 304 or (not whole and first.digest == cursor.get("digest")):
            kept = {**cursor, "etag": first.etag or cursor.get("etag", "")}
            return Batch(cursor=kept, read_at=first.read_at, unchanged=True)
        read, complete = await self._pages(first, known=None if whole else _tags(cursor))
        return Batch(
            observed=tuple(read.releases.values()),
            present=frozenset(read.subjects) if complete else None,
            cursor=_cursor(first, size, read, cursor if not complete else {}, now if complete else whole_at),
            read_at=first.read_at,
            unreadable=tuple(read.unreadable[:_MAX_REASONS]),
        )

    async def look(self, tag: str) -> Release | None:
        """One release at its own address: None where GitHub answers 404 (a plain tag, or a removed release) or shows a
        draft. This may use the quota's reserve."""
        if not is_tag(tag) or not is_ours(tag, self._project.tags):
            return None
        fetched = await self._api.get(f"{self._root}/tags/{quote(tag, safe='')}", urgent=True)
        if fetched.status == 404:
            return None
        item = read_object(fetched)
        if is_draft(item):
            return None
        try:
            return await asyncio.to_thread(read_release, item, project=self._project.id)
        except UnreadableRelease as wrong:
            raise SourceRefused(f"{self._project.repository}: {wrong}") from wrong

    async def _first(self, cursor: Mapping[str, str], *, etag: str) -> tuple[Fetched, int]:
        """The first page, in the largest size that can be read."""
        known = cursor.get("page_size", "")
        sizes = [size for size in _PAGE_SIZES if not known.isdigit() or size <= int(known)] or [_PAGE_SIZES[-1]]
        for size in sizes[:-1]:
            try:
                return await self._api.get(f"{self._root}?per_page={size}", etag=etag), size
            except TooLarge:
                etag = ""
        return await self._api.get(f"{self._root}?per_page={sizes[-1]}", etag=etag), sizes[-1]

    async def _pages(self, first: Fetched, known: frozenset[str] | None) -> tuple[_Read, bool]:
        """Read on to the end, or, with `known` tags, until a page ends in one of them."""
        read = _Read()
        async for page in self._api.pages(first):
            await asyncio.to_thread(self._read_page, page, read)
            if known is not None and read.last in known:
                return read, not page.next_url
        return read, True

    def _read_page(self, page: Fetched, read: _Read) -> None:
        read.last = ""
        for item in read_list(page):
            if is_draft(item):
                if not isinstance(item, dict):
                    read.unreadable.append("an item of the list is no release")
                continue
            self._read_item(item, read)

    def _read_item(self, item: object, read: _Read) -> None:
        tag = item.get("tag_name") if isinstance(item, dict) else None
        if isinstance(tag, str) and is_tag(tag):
            read.last = tag
            read.tags.append(tag)
            if not is_ours(tag, self._project.tags):
                return
            read.subjects.add(f"{self._project.id}/{tag}")
        try:
            release = read_release(item, project=self._project.id)
        except UnreadableRelease as wrong:
            read.unreadable.append(f"{self._project.repository}: {wrong}")
        else:
            read.releases.setdefault(release.tag, release)


def _tags(cursor: Mapping[str, str]) -> frozenset[str]:
    return frozenset(cursor.get("tags", "").split(" "))


def _cursor(
    first: Fetched, size: int, read: _Read, before: Mapping[str, str], whole_at: datetime | None
) -> dict[str, str]:
    """What the next look needs. Tags hold no blanks, so blanks part them."""
    tags = dict.fromkeys([*read.tags, *before.get("tags", "").split(" ")])
    return {
        "etag": first.etag,
        "digest": first.digest,
        "page_size": str(size),
        "whole_at": whole_at.isoformat() if whole_at is not None else "",
        "tags": " ".join([tag for tag in tags if tag][:_REMEMBERED]),
    }
