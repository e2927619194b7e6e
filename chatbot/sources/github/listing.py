"""A list that GitHub gives in pages: all of them at first and daily, else the first one by its ETag and what is new behind it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.ports import Clock, ProjectHidden, SourceRefused, SourceUnavailable
from chatbot.sources.github.api import GithubApi, repository_path
from chatbot.sources.github.release_json import read_time
from chatbot.sources.http.body import TooLarge
from chatbot.sources.http.client import Fetched
from chatbot.sources.http.status import NoFurther

WHOLE_AGAIN = timedelta(hours=23)  # every page is read at least daily
TRY_AGAIN = timedelta(hours=1)  # every page, after one that could not be had twice
_REMEMBERED = 1000  # marks of the newest items, by which a later look knows where to stop and what was removed
_PAGE_SIZES = (100, 30, 10, 3)  # smaller where a full page is larger than we read

ReadMarks = Callable[[Fetched], Awaitable[list[str]]]
"""Takes one page in and returns the marks of its items: what tells this state of each from others, without blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """How a look went.

    `whole` says that every page was read, `gap` why not, where it should have been; `absent` are the names of items that
    stood between others and are not there any more; `cursor` is for the next look.
    """

    cursor: Mapping[str, str]
    read_at: datetime
    unchanged: bool = False
    whole: bool = False
    gap: str = ""
    absent: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class _Pages:
    """What was read of a list: the marks in its order, whether to its end, and why not."""

    marks: list[str] = field(default_factory=list)
    complete: bool = False
    gap: str = ""
    for_good: bool = False  # the server does not give the rest, however often it is asked


@dataclass(slots=True, kw_only=True)
class Listing:
    """The list of one repository at `path` below it. `query` begins with `&` or is empty; `name_of` gives the name of the
    item in a mark.

    The cursor keeps the first page's ETag and digest, the size of a page, when every page was last read, and the newest
    items' marks in their order. An empty cursor reads everything. A following page that cannot be had fails the look; at
    the second time in a row (at once, where GitHub says that it gives no more) what could be read counts without it.
    """

    api: GithubApi
    repository: str
    path: str
    query: str
    clock: Clock
    name_of: Callable[[str], str] = str
    _incomplete: bool = False

    async def read(self, cursor: Mapping[str, str], read_marks: ReadMarks) -> PollResult:
        """Look once, handing every page that is read to `read_marks`."""
        whole_at, now = read_time(cursor.get("whole_at")), self.clock()
        whole = whole_at is None or not timedelta() <= now - whole_at < WHOLE_AGAIN
        first, size = await self._first(cursor, etag="" if whole else cursor.get("etag", ""))
        if first.status == 404:
            raise missing(self.repository)
        if first.status == 304 or (not whole and first.digest == cursor.get("digest")):
            cursor_after = {**cursor, "etag": first.etag or cursor.get("etag", "")}
            return PollResult(cursor=cursor_after, read_at=first.read_at, unchanged=True)
        marks = cursor.get("marks", "").split()
        pages = await self._pages(first, read_marks, None if whole else frozenset(marks))
        absent = frozenset[str]() if pages.complete else self._absent(marks, pages.marks)
        older = () if pages.complete else (mark for mark in marks if self.name_of(mark) not in absent)
        after = {
            "etag": first.etag,
            "digest": first.digest,
            "page_size": str(size),
            "whole_at": self._whole_at(pages, now) or cursor.get("whole_at", ""),
            "marks": " ".join(list(dict.fromkeys([*pages.marks, *older]))[:_REMEMBERED]),
        }
        return PollResult(cursor=after, read_at=first.read_at, whole=pages.complete, gap=pages.gap, absent=absent)

    def _whole_at(self, pages: _Pages, now: datetime) -> str:
        """When every page was read; what is left out now is asked for within the hour, or daily."""
        if not pages.complete and not pages.gap:
            return ""
        return (now if pages.complete or pages.for_good else now - WHOLE_AGAIN + TRY_AGAIN).isoformat()

    async def _first(self, cursor: Mapping[str, str], *, etag: str) -> tuple[Fetched, int]:
        """The first page, in the largest size that can be read. Once a day the largest size is tried again."""
        page_size = cursor.get("page_size", "") if etag else ""
        sizes = [size for size in _PAGE_SIZES if not page_size.isdigit() or size <= int(page_size)] or [_PAGE_SIZES[-1]]
        for size in sizes[:-1]:
            try:
                return await self.api.get(self._address(size), etag=etag), size
            except TooLarge:
                etag = ""
        return await self.api.get(self._address(sizes[-1]), etag=etag), sizes[-1]

    def _address(self, size: int) -> str:
        return f"{repository_path(self.repository)}{self.path}?per_page={size}{self.query}"

    async def _pages(self, first: Fetched, read_marks: ReadMarks, marks: frozenset[str] | None) -> _Pages:
        """Read on to the end, or, with `known` marks, until a page ends in one of them."""
        pages, number = _Pages(), 0
        try:
            async for page in self.api.pages(first):
                items = await read_marks(page)
                number += 1
                pages.marks += items
                if marks is not None and items and items[-1] in marks:
                    pages.complete = not (page.next_url or page.astray)
                    break
            else:
                pages.complete = True
        except (SourceUnavailable, SourceRefused) as failed:
            self._left_out(pages, failed, number)
        else:
            self._incomplete = False
        return pages

    def _left_out(self, pages: _Pages, error: SourceUnavailable | SourceRefused, number: int) -> None:
        """Go on without the pages that could not be had. Raises the failure where the next look may get them."""
        pages.for_good = isinstance(error, NoFurther)
        if number == 0 or not (self._incomplete or pages.for_good):
            self._incomplete = number > 0
            raise error
        why = "GitHub gives no more of this list" if pages.for_good else str(error)
        pages.gap = f"only the first {len(pages.marks):,} items could be read: {why}"

    def _absent(self, before: Sequence[str], now: Sequence[str]) -> frozenset[str]:
        """Names that stood before one that is still there, in a list that begins with the newest, and are not there now."""
        places = {mark: place for place, mark in enumerate(before)}
        last = max((places[mark] for mark in now if mark in places), default=0)
        there = {self.name_of(mark) for mark in now}
        return frozenset(name for mark in before[:last] if (name := self.name_of(mark)) not in there)


def missing(repository: str) -> ProjectHidden:
    """The error for a repository that GitHub does not show."""
    return ProjectHidden(f"GitHub shows no repository {repository}: check projects.repository and github.token")


async def look_at(api: GithubApi, repository: str, address: str) -> Fetched | None:
    """What stands at an item's own address; None where GitHub answers 404 while the repository itself is there. This may
    use the quota's reserve."""
    fetched = await api.get(address, urgent=True)
    if fetched.status != 404:
        return fetched
    if (await api.get(repository_path(repository), urgent=True)).status == 404:
        raise missing(repository)
    return None
