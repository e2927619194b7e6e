"""A project's security policy page: where it stands, its text, and the date of its last commit."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.core.text.links import safe_url
from chatbot.core.watching.room_watch import is_of_repository
from chatbot.ports import Batch, Clock
from chatbot.sources.github import profile
from chatbot.sources.github.api import GithubApi, repository_path
from chatbot.sources.github.listing import missing
from chatbot.sources.github.release_json import read_time
from chatbot.sources.http.client import Fetched
from chatbot.sources.parsing.documents import Document, Parsed
from chatbot.sources.parsing.outcomes import value_of
from chatbot.sources.parsing.reader import Reader
from chatbot.sources.support_policy.text import UnreadablePage, wordless

# CONTRACT's order; GitHub shows the page from any of them.
_IN_THE_REPOSITORY = ("SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md")
_OF_THE_OWNER = ("SECURITY.md", ".github/SECURITY.md")
SEARCH_AGAIN = timedelta(hours=12)  # a page may appear in a place that comes first


@dataclass(frozen=True, slots=True)
class _Place:
    repository: str
    path: str

    @property
    def subject(self) -> str:
        return f"{self.repository}:{self.path}"

    @property
    def address(self) -> str:
        return f"{repository_path(self.repository)}/contents/{quote(self.path)}"


class GithubPolicy:
    """The policy page of one project in its repository, or in its owner's `.github` repository.

    The cursor keeps where the page was found with its ETag and digest, and when all places were last searched.
    """

    profile = profile.POLICY

    def __init__(self, project: Project, api: GithubApi, *, clock: Clock, reader: Reader) -> None:
        self._project, self._api, self._clock, self._reader = project, api, clock, reader
        self._places = _places(project)

    @property
    def name(self) -> str:
        return f"github-policy:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once: at the known place by its ETag, else at every place in order. Only where all of them answer 404 is
        there no page."""
        searched_at, now = read_time(cursor.get("searched_at")), self._clock()
        search = searched_at is None or not timedelta() <= now - searched_at < SEARCH_AGAIN
        last_place = next((place for place in self._places if place.subject == cursor.get("place")), None)
        if last_place is not None and not search:
            fetched = await self._api.get(last_place.address, etag=cursor.get("etag", ""))
            if fetched.status != 404:
                return await self._take(last_place, fetched, cursor, cursor.get("searched_at", ""))
        return await self._search(cursor, last_place, now)

    async def _search(self, cursor: Mapping[str, str], last_place: _Place | None, now: datetime) -> Batch:
        read_at = now
        for place in self._places:
            fetched = await self._api.get(place.address, etag=cursor.get("etag", "") if place == last_place else "")
            read_at = fetched.read_at
            if fetched.status != 404:
                return await self._take(place, fetched, cursor, now.isoformat())
        await self._check_repository()
        after = {"place": "", "digest": "none", "searched_at": now.isoformat()}
        return Batch(
            observed=() if cursor.get("digest") == "none" else (_no_page(self._project.id),),
            cursor=after,
            read_at=read_at,
            unchanged=cursor.get("digest") == "none",
        )

    async def _take(self, place: _Place, fetched: Fetched, cursor: Mapping[str, str], searched_at: str) -> Batch:
        after = {"place": place.subject, "etag": fetched.etag, "searched_at": searched_at}
        if fetched.status == 304:
            after |= {"etag": fetched.etag or cursor.get("etag", ""), "digest": cursor.get("digest", "")}
            return Batch(cursor=after, read_at=fetched.read_at, unchanged=True)
        document = Document(kind="file", project=self._project.id, name=place.path, content=fetched.body)
        text, url, problem = value_of(await self._reader.parse(document), tuple, fetched.place)
        if problem:
            wrong = UnreadablePage(problem)
            return wordless(self._project.id, place.path, wrong, fetched.read_at, {**after, "digest": ""})
        after["digest"] = hashlib.blake2b(f"{place.subject}\n{text}".encode(), digest_size=16).hexdigest()
        if after["digest"] == cursor.get("digest"):
            return Batch(cursor=after, read_at=fetched.read_at, unchanged=True)
        page = PolicyPage(
            project=self._project.id,
            text=text,
            path=place.path,
            url=safe_url(url),
            committed_at=await self._committed_at(place),
        )
        return Batch(observed=(page,), cursor=after, read_at=fetched.read_at)

    async def _check_repository(self) -> None:
        """A repository that is gone or hidden says nothing about its policy."""
        if (await self._api.get(repository_path(self._project.repository))).status == 404:
            raise missing(self._project.repository)

    async def _committed_at(self, place: _Place) -> datetime | None:
        """The date of the last commit that touched the page; None where GitHub tells none."""
        address = f"{repository_path(place.repository)}/commits?path={quote(place.path, safe='')}&per_page=1"
        fetched = await self._api.get(address)
        if fetched.status != 200:
            return None
        document = Document(kind="commits", project=self._project.id, name=place.path, content=fetched.body)
        outcome = await self._reader.parse(document)
        return outcome.value if isinstance(outcome, Parsed) and isinstance(outcome.value, datetime) else None


def _places(project: Project) -> tuple[_Place, ...]:
    if project.policy:
        return (_Place(project.repository, project.policy.strip("/")),)
    owner = f"{project.repository.partition('/')[0]}/.github"
    own = [_Place(project.repository, path) for path in _IN_THE_REPOSITORY]
    if is_of_repository(project.id):  # nobody looks whether its owner's `.github` is public
        return tuple(own)
    return tuple(own + [_Place(owner, path) for path in _OF_THE_OWNER])


def _no_page(project: ProjectId) -> PolicyPage:
    return PolicyPage(project=project, text="", exists=False)
