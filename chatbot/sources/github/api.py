"""GitHub's REST API as all its sources share it: one token, and one quota with a reserve."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

from chatbot.core.polling import Quota
from chatbot.ports import Clock, SourceUnavailable
from chatbot.sources.http.client import Conditions, Fetched, Fetcher, Token
from chatbot.sources.http.configured import below, is_below
from chatbot.sources.http.status import place

MAX_PAGES = 400
_AT_ONCE = 4
_TOO_FAR = timedelta(
    hours=2
)  # GitHub counts by the hour: then our clock was set back, and GitHub will say itself what is left
_ACCEPT = "application/vnd.github+json"


class GithubApi:
    """GETs below `api_url`. `urgent` ones (confirmations) may use the reserve of the quota; the others leave it alone."""

    def __init__(self, fetcher: Fetcher, *, api_url: str, token: Token | None, clock: Clock) -> None:
        self._fetcher, self._token, self._clock = fetcher, token, clock
        self._root = api_url
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._quota: Quota | None = None

    @property
    def quota(self) -> Quota | None:
        """What the last answer said is left; None before the first one, or where the server sets no limit."""
        return self._quota

    @property
    def has_token(self) -> bool:
        return bool(self._token is not None and self._token())

    async def get(self, path: str, *, etag: str = "", urgent: bool = False) -> Fetched:
        """GET a path below the API's address, or a page's address there that an answer gave: the token goes nowhere else."""
        url = path if path.startswith(("http://", "https://")) else below(self._root, path)
        if not is_below(self._root, url):
            raise SourceUnavailable(
                f"GitHub named {place(url)}, which is not below github.api_url, as a page of its own"
            )
        async with self._gate:
            self._check_quota(urgent=urgent)
            fetched = await self._fetcher.get(url, Conditions(etag=etag, accept=_ACCEPT, token=self._token, stay=True))
        self._quota = fetched.quota or self._quota
        return fetched

    async def pages(self, first: Fetched) -> AsyncIterator[Fetched]:
        """The first page and those that follow it."""
        page, urls = first, {first.next_url}
        yield page
        while page.next_url:
            if len(urls) > MAX_PAGES:
                raise SourceUnavailable(f"GitHub gave more than {MAX_PAGES} pages")
            page = await self.get(page.next_url)
            if page.status != 200:
                raise SourceUnavailable(f"GitHub answered {page.status} for a following page")
            if page.next_url in urls:
                raise SourceUnavailable("GitHub's pages lead in a circle")
            urls.add(page.next_url)
            yield page
        if page.astray:
            raise SourceUnavailable(f"{page.place} continues on another server, which is not believed")

    def _check_quota(self, *, urgent: bool) -> None:
        """Keep the last requests of the hour for confirmations."""
        now, quota = self._clock(), self._quota
        if quota is None or not timedelta() < quota.resets_at - now < _TOO_FAR:
            return
        if quota.remaining == 0 or (quota.spendable == 0 and not urgent):
            raise SourceUnavailable(self.used_up(quota), quota.resets_at - now)

    def used_up(self, quota: Quota) -> str:
        """That nothing is left of the quota, until when, and what to do."""
        how = "" if self.has_token else "; set github.token for 5,000 an hour"
        again = f"it is asked again at {quota.resets_at:%H:%M} UTC"
        return f"GitHub's {quota.limit} requests an hour are used up{how}; {again}"


def repository_path(repository: str) -> str:
    """`/repos/owner/name` for a configured `owner/name`."""
    owner, _, name = repository.partition("/")
    return f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"
