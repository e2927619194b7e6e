"""Which repository stands under a configured name: facts are believed only while it is the one that they came from first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chatbot.core.model.facts import Observed
from chatbot.core.model.source_profile import SourceProfile
from chatbot.ports import Batch, Clock, ProjectReplaced, SourceRefused, SourceUnavailable
from chatbot.sources.github.api import GithubApi, repository_path
from chatbot.sources.github.listing import missing
from chatbot.sources.http.json_body import read_object

CHECK_AGAIN = timedelta(
    hours=6
)  # while nothing changes; what changed is believed after a look at the repository itself


@dataclass(frozen=True, slots=True)
class Identity:
    """A repository: its number, which it keeps for ever, and its name as it is now."""

    number: str
    name: str


class RepositoryIdentity:
    """The identity of one project's repository, shared by its sources. `public_only`: it is believed only while GitHub says at
    every look that it is public; a token may show more than everybody can see."""

    def __init__(self, repository: str, api: GithubApi, *, clock: Clock, public_only: bool = False) -> None:
        self.repository, self._public_only = repository, public_only
        self._api, self._clock = api, clock
        self._etag, self._last = "", Identity("", "")
        self._at: datetime | None = None

    async def now(self) -> Identity:
        """As GitHub says at this moment. Raises SourceUnavailable or SourceRefused."""
        fetched = await self._api.get(repository_path(self.repository), etag=self._etag)
        if fetched.status == 404:
            raise missing(self.repository)
        if fetched.status == 200:
            match read_object(fetched):
                case {"private": private} if self._public_only and private is not False:
                    self._at, self._etag = None, ""
                    raise missing(self.repository)
                case {"id": int(number), "full_name": str(name)}:
                    self._last, self._etag = Identity(str(number), name[:200]), fetched.etag
                case _:
                    raise SourceUnavailable(f"{fetched.place} does not describe a repository")
        self._at = self._clock()
        return self._last

    async def lately(self) -> Identity:
        """As GitHub said a few hours ago at most; of what has to be public, as it says now. Without a token nobody sees more."""
        if self._public_only and self._api.has_token:
            return await self.now()
        if self._at is not None and timedelta() <= self._clock() - self._at < CHECK_AGAIN:
            return self._last
        return await self.now()

    async def check_public(self) -> None:
        """Raise SourceRefused where it has to be public and is not any more."""
        if self._public_only and self._api.has_token:
            await self.now()

    @property
    def last(self) -> Identity | None:
        """As GitHub said last, however long ago; None before the first time."""
        return self._last if self._last.number else None


async def public_name(repository: str, api: GithubApi) -> str:
    """The full name of a public repository; "" where there is none, and where it is private. Raises SourceUnavailable."""
    try:
        fetched = await api.get(repository_path(repository))
    except SourceRefused:  # blocked, or not for this token: nothing that everybody can see
        return ""
    if fetched.status != 200:
        return ""
    match read_object(fetched):
        case {"private": False, "full_name": str(name)}:
            return name[:200]
        case _:
            return ""


class _Looking(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def profile(self) -> SourceProfile: ...
    async def poll(self, cursor: Mapping[str, str]) -> Batch: ...


class BoundSource:
    """A source of one repository. Its cursor keeps the repository's number, and under which new name it was told of.

    A repository that was renamed is followed, and a person told of it. One that somebody else made under the old name is
    refused, whatever it publishes. `asks`: whether it may ask GitHub for that itself.
    """

    def __init__(self, source: _Looking, identity: RepositoryIdentity, *, asks: bool = True) -> None:
        self._source, self._identity, self._asks = source, identity, asks

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def profile(self) -> SourceProfile:
        return self._source.profile

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once, and check whose facts these are."""
        batch = await self._source.poll(cursor)
        if not self._asks:
            return self._as_known(batch, cursor)
        identity = await (self._identity.lately() if batch.unchanged else self._identity.now())
        name = self._identity.repository.casefold()
        number = self._number_before(cursor)
        self._check(number, identity)
        news = identity.name if identity.name.casefold() != name else ""
        after = {**batch.cursor, "repository": name, "repository_id": identity.number, "renamed": news}
        is_old_news = not news or cursor.get("renamed") == news
        remarks = () if is_old_news else (self._renamed(news),)
        return replace(batch, cursor=after, remarks=remarks, unchanged=batch.unchanged and is_old_news and bool(number))

    def _as_known(self, batch: Batch, cursor: Mapping[str, str]) -> Batch:
        """For a source that must not cost a request of the API's: by what the others have found out."""
        identity = self._identity.last
        number = self._number_before(cursor) or (identity.number if identity else "")
        if identity is not None:
            self._check(number, identity)
        name = self._identity.repository.casefold()
        return replace(batch, cursor={**batch.cursor, "repository": name, "repository_id": number})

    def _number_before(self, cursor: Mapping[str, str]) -> str:
        same = cursor.get("repository") == self._identity.repository.casefold()
        return cursor.get("repository_id", "") if same else ""

    def _check(self, number: str, identity: Identity) -> None:
        if number and number != identity.number:
            name = self._identity.repository
            raise ProjectReplaced(
                f"another repository stands under the name {name} now (number {identity.number}, it was {number}): nothing of it"
                " is believed. Set projects.repository to where the project went; if it is the right one, give the project"
                " another id"
            )

    def _renamed(self, name: str) -> str:
        old = self._identity.repository
        return (
            f"The repository {old} is called {name} now. It is still followed; set projects.repository to {name} before"
            " somebody else takes the old name."
        )


class BoundListing(BoundSource):
    """A bound source that can look at one thing by its own address."""

    def __init__(self, source: "_Listing", identity: RepositoryIdentity) -> None:
        super().__init__(source, identity)
        self._listing = source

    async def look(self, name: str, /) -> Observed | None:
        """The fact as it stands there, or None where it is not published any more."""
        fact = await self._listing.look(name)
        await self._identity.check_public()
        return fact


class _Listing(_Looking, Protocol):
    async def look(self, name: str, /) -> Observed | None: ...
