"""The advisories of a project's packages from GitHub's global database."""

import asyncio
import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from chatbot.core.events import Advisory
from chatbot.core.rules import Project
from chatbot.ports import Batch, Clock, SourceRefused
from chatbot.sources.advisory_fields import UnreadableAdvisory, is_id
from chatbot.sources.advisory_json import is_public, read_github_advisory
from chatbot.sources.github_api import GithubApi
from chatbot.sources.http import Fetched
from chatbot.sources.json_body import read_list, read_object
from chatbot.sources.packages import read_packages

_MAX_REASONS = 20


class GithubDatabase:
    """Asks the global database for each ecosystem of one project's packages. The cursor keeps one ETag and one digest for
    each ecosystem's first page, and all are read again when one has changed."""

    door = "database"

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock) -> None:
        self._project, self._api, self._clock = project, api, clock
        self._addresses = _addresses(project)

    @property
    def name(self) -> str:
        return f"github-database-advisories:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. Reviewed advisories only: unreviewed ones name no packages."""
        after: dict[str, str] = {}
        read_at, changed = self._clock(), False
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
            return Batch(cursor=after, read_at=read_at, unchanged=True)
        return await self._read(firsts, after)

    async def look(self, ghsa: str) -> Advisory | None:
        """One advisory at its own address; None where GitHub answers 404."""
        if not is_id(ghsa):
            return None
        fetched = await self._api.get(f"/advisories/{quote(ghsa, safe='')}", urgent=True)
        if fetched.status != 200 or not is_public(item := read_object(fetched)):
            return None
        try:
            return await asyncio.to_thread(read_github_advisory, item, project=self._project.id)
        except UnreadableAdvisory as wrong:
            raise SourceRefused(f"GitHub's database: {wrong}") from wrong

    async def _read(self, firsts: list[Fetched], after: Mapping[str, str]) -> Batch:
        advisories: dict[str, Advisory] = {}
        unreadable: list[str] = []
        read_at = self._clock()
        for address, first in zip(self._addresses, firsts, strict=True):
            again = await self._api.get(address) if first.status == 304 else first
            async for page in self._api.pages(again):
                await asyncio.to_thread(self._take_in, page, advisories, unreadable)
                read_at = page.read_at
        return Batch(
            observed=tuple(advisories.values()),
            present=frozenset(advisory.subject for advisory in advisories.values()),
            cursor=after,
            read_at=read_at,
            unreadable=tuple(unreadable[:_MAX_REASONS]),
        )

    def _take_in(self, page: Fetched, advisories: dict[str, Advisory], unreadable: list[str]) -> None:
        for item in read_list(page):
            if isinstance(item, dict) and not is_public(item):
                continue
            try:
                advisory = read_github_advisory(item, project=self._project.id)
            except UnreadableAdvisory as wrong:
                unreadable.append(f"GitHub's database: {wrong}")
            else:
                advisories.setdefault(advisory.id, advisory)


def _addresses(project: Project) -> tuple[str, ...]:
    """One question for each ecosystem, naming all of its packages."""
    named: dict[str, list[str]] = {}
    for package in read_packages(project.packages):
        if package.github:
            named.setdefault(package.github, []).append(quote(package.name, safe=""))
    return tuple(
        f"/advisories?type=reviewed&ecosystem={ecosystem}&affects={','.join(names)}&sort=updated&per_page=100"
        for ecosystem, names in sorted(named.items())
    )
