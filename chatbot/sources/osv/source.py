"""The advisories of a project's packages from OSV's database."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from chatbot.core.model.facts import Advisory
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, Clock, SourceRefused, SourceUnavailable
from chatbot.sources.advisories.fields import is_id
from chatbot.sources.http.client import Conditions, Fetched, Fetcher
from chatbot.sources.http.configured import below
from chatbot.sources.http.status import place
from chatbot.sources.osv.packages import Package, read_packages
from chatbot.sources.parsing.again import due_again, with_again
from chatbot.sources.parsing.items import Heap
from chatbot.sources.parsing.reader import Reader

OSV_URL = "https://api.osv.dev"
_MAX_PAGES = 50


@dataclass(slots=True, kw_only=True)
class _Answers:
    """What the answers brought so far, and a digest of each: OSV knows no ETag."""

    heap: Heap
    read_at: datetime
    digests: list[str] = field(default_factory=list)


class OsvPackages:
    """Asks OSV for each package of one project. The cursor keeps the digest of all answers."""

    profile = SourceProfile("advisory", "OSV")

    def __init__(self, project: Project, fetcher: Fetcher, *, osv_url: str, clock: Clock, reader: Reader) -> None:
        self._project, self._fetcher, self._clock, self._reader = project, fetcher, clock, reader
        self._root = osv_url
        self._packages = read_packages(project.packages)

    @property
    def name(self) -> str:
        return f"osv:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once: every package, every page."""
        answers = _Answers(heap=self._heap(), read_at=self._clock())
        for package in self._packages:
            await self._ask(package, answers)
        heap = answers.heap
        digest = hashlib.blake2b("\n".join(answers.digests).encode(), digest_size=16).hexdigest()
        if digest == cursor.get("digest") and not due_again(cursor, self._clock()):
            return Batch(cursor=dict(cursor), read_at=answers.read_at, unchanged=True)
        return Batch(
            observed=tuple(heap.facts.values()),
            present=frozenset(heap.subjects),
            gap=heap.gap,
            cursor=with_again({"digest": digest}, heap.again_at),
            read_at=answers.read_at,
            unreadable=heap.unreadable,
        )

    async def look(self, name: str) -> Advisory | None:
        """One record at its own address; None where OSV answers 404."""
        if not is_id(name):
            return None
        fetched = await self._fetcher.get(below(self._root, f"/v1/vulns/{quote(name, safe='')}"), Conditions())
        if fetched.status != 200:
            return None
        fact = await self._heap().one("one osv record", fetched)
        return fact if isinstance(fact, Advisory) else None

    def _heap(self) -> Heap:
        return Heap(reader=self._reader, kind="osv records", project=self._project.id, origin="OSV")

    async def _ask(self, package: Package, answers: _Answers) -> None:
        question: dict[str, object] = {"package": {"name": package.name, "ecosystem": package.osv}}
        for _page in range(_MAX_PAGES):
            fetched = await self._post(question)
            page = await answers.heap.take_page(fetched)
            answers.digests.append(fetched.digest)
            answers.read_at = fetched.read_at
            if not page.next_token:
                return
            question["page_token"] = page.next_token
        raise SourceUnavailable(f"OSV gave more than {_MAX_PAGES} pages for {package.osv}/{package.name}")

    async def _post(self, question: Mapping[str, object]) -> Fetched:
        fetched = await self._fetcher.get(
            below(self._root, "/v1/query"), Conditions(question=json.dumps(question).encode())
        )
        if fetched.status != 200:
            raise SourceRefused(
                f"{place(self._root)} is not an OSV database: it answered {fetched.status}; check its address"
            )
        return fetched
