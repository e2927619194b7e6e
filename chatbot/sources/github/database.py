"""The advisories of a project's packages from GitHub's global database."""

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from chatbot.core.model.facts import Advisory
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, Clock, SourceRefused
from chatbot.sources.advisories.fields import is_id
from chatbot.sources.github import profile
from chatbot.sources.github.api import GithubApi
from chatbot.sources.http.client import Fetched
from chatbot.sources.osv.packages import read_packages
from chatbot.sources.parsing.again import due_again, keep_again, with_again
from chatbot.sources.parsing.items import Heap
from chatbot.sources.parsing.reader import Reader


class GithubDatabase:
    """Asks the global database for each ecosystem of one project's packages. The cursor keeps one ETag and one digest for
    each ecosystem's first page, and all are read again when one has changed."""

    profile = profile.DATABASE

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock, reader: Reader) -> None:
        self._project, self._api, self._clock, self._reader = project, api, clock, reader
        self._addresses = _addresses(project)

    @property
    def name(self) -> str:
        return f"github-database-advisories:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. Reviewed advisories only: unreviewed ones name no packages."""
        after: dict[str, str] = {}
        read_at = self._clock()
        changed = due_again(cursor, read_at)
        firsts: list[Fetched] = []
        for address in self._addresses:
            key = hashlib.blake2b(address.encode(), digest_size=6).hexdigest()
            first = await self._api.get(address, etag=cursor.get(f"etag-{key}", ""))
            if first.status == 404:
                raise SourceRefused(
                    "GitHub has no global database here: remove projects.packages, or check github.api_url"
                )
            read_at = first.read_at
            after[f"etag-{key}"] = first.etag or cursor.get(f"etag-{key}", "")
            after[f"digest-{key}"] = first.digest or cursor.get(f"digest-{key}", "")
            changed |= after[f"digest-{key}"] != cursor.get(f"digest-{key}")
            firsts.append(first)
        if not changed:
            return Batch(cursor=keep_again(cursor, after), read_at=read_at, unchanged=True)
        return await self._read_all(firsts, after)

    async def look(self, ghsa: str) -> Advisory | None:
        """One advisory at its own address; None where GitHub answers 404."""
        if not is_id(ghsa):
            return None
        fetched = await self._api.get(f"/advisories/{quote(ghsa, safe='')}", urgent=True)
        if fetched.status != 200:
            return None
        fact = await self._heap().one("one reviewed advisory", fetched)
        return fact if isinstance(fact, Advisory) else None

    def _heap(self) -> Heap:
        return Heap(
            reader=self._reader, kind="reviewed advisories", project=self._project.id, origin="GitHub's database"
        )

    async def _read_all(self, firsts: list[Fetched], after: Mapping[str, str]) -> Batch:
        heap = self._heap()
        read_at = self._clock()
        for address, first in zip(self._addresses, firsts, strict=True):
            again = await self._api.get(address) if first.status == 304 else first
            async for page in self._api.pages(again):
                await heap.read_marks(page)
                read_at = page.read_at
        return Batch(
            observed=tuple(heap.facts.values()),
            present=frozenset(heap.subjects),
            gap=heap.gap,
            cursor=with_again(after, heap.again_at),
            read_at=read_at,
            unreadable=heap.unreadable,
        )


def _addresses(project: Project) -> tuple[str, ...]:
    """One question for each ecosystem, naming all of its packages."""
    packages: dict[str, list[str]] = {}
    for package in read_packages(project.packages):
        if package.github:
            packages.setdefault(package.github, []).append(quote(package.name, safe=""))
    return tuple(
        f"/advisories?type=reviewed&ecosystem={ecosystem}&affects={','.join(names)}&sort=updated&per_page=100"
        for ecosystem, names in sorted(packages.items())
    )
