"""A web server of one handler that remembers its requests: for answers that no GitHub would give."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(kw_only=True)
class Stand:
    """Where the server is, and what it was asked."""

    url: str = ""
    port: int = 0
    requests: list[web.Request] = field(default_factory=list)


@asynccontextmanager
async def open_web_server(answer: Answers, tls: ssl.SSLContext | None = None) -> AsyncIterator[Stand]:
    """Serve `answer` for every path on a free port of 127.0.0.1, with `tls` as https."""
    stand = Stand()

    async def handle(request: web.Request) -> web.StreamResponse:
        stand.requests.append(request)
        return await answer(request)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        stand.port = runner.addresses[0][1]
        stand.url = f"{'https' if tls else 'http'}://127.0.0.1:{stand.port}"
        yield stand
    finally:
        await runner.cleanup()
