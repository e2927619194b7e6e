"""A list that GitHub gives in pages: all of them at first and daily, else the first one by its ETag and what is new behind it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.ports import Clock, SourceRefused
from chatbot.sources.github_api import GithubApi, repository_path
from chatbot.sources.http import Fetched
from chatbot.sources.http_body import TooLarge
from chatbot.sources.json_body import read_list
from chatbot.sources.release_json import read_time

WHOLE_AGAIN = timedelta(hours=23)  # every page is read at least daily
_REMEMBERED = 300  # marks of the newest items, by which a later look knows where to stop
_PAGE_SIZES = (100, 30, 10, 3)  # smaller where a full page is larger than we read

TakeIn = Callable[[object], str]
"""Takes one item in and returns its mark: what tells this state of it from others, without blanks; empty for what is
passed over. Called in a worker thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How a look went: `whole` where every page was read; `cursor` for the next one."""

    cursor: Mapping[str, str]
    read_at: datetime
    unchanged: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The list of one repository at `path` below it. `query` begins with `&` or is empty.

    The cursor keeps the first page's ETag and digest, the size of a page, when every page was last read, and the newest
    items' marks. An empty cursor reads everything.
    """

    api: GithubApi
    repository: str
    path: str
    query: str
    clock: Clock

    async def read(self, cursor: Mapping[str, str], take_in: TakeIn) -> Looked:
        """Look once, handing every item of the pages that are read to `take_in`."""
        whole_at, now = read_time(cursor.get("whole_at")), self.clock()
        whole = whole_at is None or not timedelta() <= now - whole_at < WHOLE_AGAIN
        first, size = await self._first(cursor, etag="" if whole else cursor.get("etag", ""))
        if first.status == 404:
            raise missing(self.repository)
        if first.status == 304 or (not whole and first.digest == cursor.get("digest")):
            kept = {**cursor, "etag": first.etag or cursor.get("etag", "")}
            return Looked(cursor=kept, read_at=first.read_at, unchanged=True)
        known = cursor.get("marks", "").split()
        marks, complete = await self._pages(first, take_in, None if whole else frozenset(known))
        newest = dict.fromkeys(marks if complete else [*marks, *known])
        after = {
            "etag": first.etag,
            "digest": first.digest,
            "page_size": str(size),
            "whole_at": now.isoformat() if complete else cursor.get("whole_at", ""),
            "marks": " ".join(list(newest)[:_REMEMBERED]),
        }
        return Looked(cursor=after, read_at=first.read_at, whole=complete)

    async def _first(self, cursor: Mapping[str, str], *, etag: str) -> tuple[Fetched, int]:
        """The first page, in the largest size that can be read. Once a day the largest size is tried again."""
        known = cursor.get("page_size", "") if etag else ""
        sizes = [size for size in _PAGE_SIZES if not known.isdigit() or size <= int(known)] or [_PAGE_SIZES[-1]]
        for size in sizes[:-1]:
            try:
                return await self.api.get(self._address(size), etag=etag), size
            except TooLarge:
                etag = ""
        return await self.api.get(self._address(sizes[-1]), etag=etag), sizes[-1]

    def _address(self, size: int) -> str:
        return f"{repository_path(self.repository)}{self.path}?per_page={size}{self.query}"

    async def _pages(self, first: Fetched, take_in: TakeIn, known: frozenset[str] | None) -> tuple[list[str], bool]:
        """Read on to the end, or, with `known` marks, until a page ends in one of them. Return the marks, and whether
        these were all."""
        marks: list[str] = []
        async for page in self.api.pages(first):
            found = await asyncio.to_thread(_read_page, page, take_in)
            marks += found
            if known is not None and found and found[-1] in known:
                return marks, not page.next_url
        return marks, True


def missing(repository: str) -> SourceRefused:
    """The error for a repository that GitHub does not show."""
    return SourceRefused(f"GitHub shows no repository {repository}: check projects.repository and github.token")


async def look_at(api: GithubApi, repository: str, address: str) -> Fetched | None:
    """What stands at an item's own address; None where GitHub answers 404 while the repository itself is there. This may
    use the quota's reserve."""
    fetched = await api.get(address, urgent=True)
    if fetched.status != 404:
        return fetched
    if (await api.get(repository_path(repository), urgent=True)).status == 404:
        raise missing(repository)
    return None


def _read_page(page: Fetched, take_in: TakeIn) -> list[str]:
    return [mark for mark in map(take_in, read_list(page)) if mark]
