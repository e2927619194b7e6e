"""The advisories of a project's packages from OSV's database."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from chatbot.core.events import Advisory
from chatbot.core.rules import Project
from chatbot.ports import Batch, Clock, SourceRefused, SourceUnavailable
from chatbot.sources.advisory_fields import UnreadableAdvisory, is_id
from chatbot.sources.configured import below
from chatbot.sources.http import Fetched, Fetcher, Wanted
from chatbot.sources.http_status import place
from chatbot.sources.json_body import read_object
from chatbot.sources.osv import read_osv
from chatbot.sources.packages import Package, read_packages

OSV_URL = "https://api.osv.dev"
_MAX_PAGES = 50
_MAX_REASONS = 20


@dataclass(kw_only=True)
class _Heap:
    """What the answers brought so far, and a digest of all of them: OSV knows no ETag."""

    project: str
    advisories: dict[str, Advisory] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    read_at: datetime

    def take_in(self, records: list[object]) -> None:
        for record in records:
            try:
                advisory = read_osv(record, project=self.project)
            except UnreadableAdvisory as wrong:
                self.unreadable.append(f"OSV: {wrong}")
                continue
            self.subjects.add(advisory.subject)
            self.advisories.setdefault(advisory.id, advisory)


class OsvPackages:
    """Asks OSV for each package of one project. The cursor keeps the digest of all answers."""

    door = "osv"

    def __init__(self, project: Project, fetcher: Fetcher, *, osv_url: str, clock: Clock) -> None:
        self._project, self._fetcher, self._clock = project, fetcher, clock
        self._root = osv_url
        self._packages = read_packages(project.packages)

    @property
    def name(self) -> str:
        return f"osv:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once: every package, every page."""
        heap = _Heap(project=self._project.id, read_at=self._clock())
        for package in self._packages:
            await self._ask(package, heap)
        digest = hashlib.blake2b("\n".join(heap.digests).encode(), digest_size=16).hexdigest()
        if digest == cursor.get("digest"):
            return Batch(cursor=dict(cursor), read_at=heap.read_at, unchanged=True)
        return Batch(
            observed=tuple(heap.advisories.values()),
            present=frozenset(heap.subjects),
            cursor={"digest": digest},
            read_at=heap.read_at,
            unreadable=tuple(heap.unreadable[:_MAX_REASONS]),
        )

    async def look(self, name: str) -> Advisory | None:
        """One record at its own address; None where OSV answers 404."""
        if not is_id(name):
            return None
        fetched = await self._fetcher.get(below(self._root, f"/v1/vulns/{quote(name, safe='')}"), Wanted())
        if fetched.status != 200:
            return None
        try:
            return await asyncio.to_thread(read_osv, read_object(fetched), project=self._project.id)
        except UnreadableAdvisory as wrong:
            raise SourceRefused(f"OSV: {wrong}") from wrong

    async def _ask(self, package: Package, heap: _Heap) -> None:
        question: dict[str, object] = {"package": {"name": package.name, "ecosystem": package.osv}}
        for _page in range(_MAX_PAGES):
            fetched = await self._post(question)
            answer = read_object(fetched)
            records = answer.get("vulns", [])
            if not isinstance(records, list):
                raise SourceUnavailable(f"{fetched.place} sent no list of advisories")
            await asyncio.to_thread(heap.take_in, records)
            heap.digests.append(fetched.digest)
            heap.read_at = fetched.read_at
            token = answer.get("next_page_token")
            if not isinstance(token, str) or not token:
                return
            question["page_token"] = token
        raise SourceUnavailable(f"OSV gave more than {_MAX_PAGES} pages for {package.osv}/{package.name}")

    async def _post(self, question: Mapping[str, object]) -> Fetched:
        fetched = await self._fetcher.get(
            below(self._root, "/v1/query"), Wanted(question=json.dumps(question).encode())
        )
        if fetched.status != 200:
            raise SourceRefused(
                f"{place(self._root)} is no OSV database: it answered {fetched.status}; check its address"
            )
        return fetched
