"""GitHub's REST API as all its sources share it: one token, one quota with a reserve, one pace."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import quote

from chatbot.core.polling import GETS_A_SECOND, Quota, slot
from chatbot.ports import Clock, SourceUnavailable
from chatbot.sources.http import Fetched, Fetcher, Token, Wanted
from chatbot.sources.http_status import Throttled

MAX_PAGES = 400
_AT_ONCE = 4
_ACCEPT = "application/vnd.github+json"


class GithubApi:
    """GETs below `api_url`. `urgent` ones (confirmations) may use the reserve of the quota; the others leave it alone."""

    def __init__(
        self, fetcher: Fetcher, *, api_url: str, token: Token | None, clock: Clock, per_second: float = GETS_A_SECOND
    ) -> None:
        self._fetcher, self._token, self._clock = fetcher, token, clock
        self._root = api_url.rstrip("/")
        self._per_second = per_second
        self._slot = 0.0
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._quota: Quota | None = None
        self._closed_until: datetime | None = None

    @property
    def quota(self) -> Quota | None:
        """What the last answer said is left; None before the first one, or where the server sets no limit."""
        return self._quota

    @property
    def has_token(self) -> bool:
        return bool(self._token is not None and self._token())

    async def get(self, path: str, *, etag: str = "", urgent: bool = False) -> Fetched:
        """GET a path below the API's address, or a page's address that an answer gave."""
        url = path if path.startswith(("http://", "https://")) else f"{self._root}{path}"
        async with self._gate:
            self._check_quota(urgent=urgent)
            await self._pace()
            try:
                fetched = await self._fetcher.get(url, Wanted(etag=etag, accept=_ACCEPT, token=self._token))
            except Throttled as slower:
                if slower.retry_after is not None:
                    self._closed_until = self._clock() + slower.retry_after
                raise
        self._quota = fetched.quota or self._quota
        return fetched

    async def pages(self, first: Fetched) -> AsyncIterator[Fetched]:
        """The first page and those that follow it."""
        page, seen = first, {first.next_url}
        yield page
        while page.next_url:
            if len(seen) > MAX_PAGES:
                raise SourceUnavailable(f"GitHub gave more than {MAX_PAGES} pages")
            page = await self.get(page.next_url)
            if page.status != 200:
                raise SourceUnavailable(f"GitHub answered {page.status} for a following page")
            if page.next_url in seen:
                raise SourceUnavailable("GitHub's pages lead in a circle")
            seen.add(page.next_url)
            yield page

    def _check_quota(self, *, urgent: bool) -> None:
        """Ask nothing while the server wants silence; keep the last requests of the hour for confirmations."""
        now, quota = self._clock(), self._quota
        if self._closed_until is not None and now < self._closed_until:
            raise SourceUnavailable("GitHub asked us to wait", self._closed_until - now)
        if quota is None or quota.resets_at <= now:
            return
        if quota.left == 0 or (quota.spendable == 0 and not urgent):
            mend = "" if self.has_token else "; set github.token for 5,000 an hour"
            raise SourceUnavailable(f"GitHub's {quota.limit} requests an hour are used up{mend}", quota.resets_at - now)

    async def _pace(self) -> None:
        now = asyncio.get_running_loop().time()
        self._slot = slot(self._slot, now, self._per_second)
        if self._slot > now:
            await asyncio.sleep(self._slot - now)


def repository_path(repository: str) -> str:
    """`/repos/owner/name` for a configured `owner/name`."""
    owner, _, name = repository.partition("/")
    return f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"
