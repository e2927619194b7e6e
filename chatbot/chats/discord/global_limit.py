"""The end of Discord's global limit, which the library forgets to announce where the request that met it is cut off."""

import asyncio
from typing import Any

from discord.http import HTTPClient, Route


class GlobalLimit(asyncio.Event):
    """Set while no request waits out a global limit.

    The library clears it, sleeps and sets it again in the task of the request that was told of the limit, and all others
    wait for that. Of several that were told, the last one ends it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: set[asyncio.Task[Any] | None] = set()
        super().set()

    def clear(self) -> None:
        self._waiting.add(asyncio.current_task())
        super().clear()

    def set(self) -> None:
        self._waiting.discard(asyncio.current_task())
        if not self._waiting:
            super().set()


def fix(http: HTTPClient) -> None:
    """Give each request of this client the `finally` that the library's lacks: timed out or cancelled in its sleep, it would
    leave the event cleared, and nothing would be sent any more until the next login."""

    async def request(route: Route, **how: Any) -> Any:
        if not isinstance(http._global_over, GlobalLimit):  # noqa: SLF001 - it is kept nowhere else; each login makes a new one
            http._global_over = GlobalLimit()  # noqa: SLF001 - as above
        limit = http._global_over  # noqa: SLF001 - as above
        try:
            return await HTTPClient.request(http, route, **how)
        finally:
            limit.set()

    http.request = request  # type: ignore[method-assign]  # the client makes its HTTPClient itself, and hands it on at once
