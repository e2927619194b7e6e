"""GitHub's API for one reading: every request is counted, and lists end where they would cost more than a visitor has."""

from collections.abc import Callable

from chatbot.ports import Clock
from chatbot.sources.github.api import GithubApi
from chatbot.sources.http.client import Fetched, Fetcher, Token
from chatbot.sources.http.status import NoFurther

MOST_REQUESTS = 12  # of one reading: an hour has 60 without a token
PAGE = 100  # items


class SparingApi(GithubApi):
    """The same API, which reads on in a list only as far as `limit` allows. The whole quota may be used: a person waits.

    used: requests so far
    on_page: called before each following page, with its number
    """

    def __init__(
        self, fetcher: Fetcher, *, api_url: str, token: Token | None, clock: Clock, on_page: Callable[[int], None]
    ) -> None:
        super().__init__(fetcher, api_url=api_url, token=token, clock=clock)
        self.used = 0
        self._on_page, self._page, self._last = on_page, 1, 1

    def limit(self, pages: int) -> int:
        """How many pages the next list may have: so many at most, and at least one."""
        self._page, self._last = 1, max(1, min(pages, MOST_REQUESTS - self.used))
        return self._last

    async def get(self, path: str, *, etag: str = "", urgent: bool = False) -> Fetched:  # noqa: ARG002 - all are urgent
        """GET as the parent does; a following page beyond the limit is NoFurther."""
        if path.startswith(("http://", "https://")):
            if self._page >= self._last:
                raise NoFurther("the limit of one reading is reached")
            self._page += 1
            self._on_page(self._page)
        self.used += 1
        return await super().get(path, etag=etag, urgent=True)
