"""The way to a real homeserver, on which things go wrong: a loopback proxy that passes requests on, and lies when told to."""

import asyncio
from collections import Counter
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

from tests.standins.faults import Fault, Faults

_BETWEEN = frozenset({"connection", "content-encoding", "content-length", "host", "keep-alive", "transfer-encoding"})
_LARGEST = 64 << 20


class FaultyProxy:
    """Use it with `async with`; `url` is where clients ask, `to` the server behind. `faults` fit `METHOD /path`."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.url = ""
        self.faults = Faults()
        self.answered: Counter[int] = Counter()  # by the status that the client saw
        self.passed: list[tuple[str, int]] = []  # `METHOD /path` and that status, in the order of the answers
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", "/{tail:.*}", self._pass_on)
        self._session = aiohttp.ClientSession(auto_decompress=True, timeout=aiohttp.ClientTimeout(total=120))
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        fault = self.faults.take(request.method, request.rel_url.raw_path)
        answer = None if fault is None else await self._before(request, fault)
        if answer is None:
            answer = await self._behind(request, body)
            if fault is not None and fault.kind == "status_after":
                answer = _error(fault.status, {"errcode": "M_UNKNOWN", "error": "lost on the way back"})
            elif fault is not None and fault.kind == "drop_after":
                answer = _cut(request)
        self.answered[answer.status] += 1
        self.passed.append((f"{request.method} {request.rel_url.raw_path}", answer.status))
        return answer

    async def _before(self, request: web.Request, fault: Fault) -> web.Response | None:
        match fault.kind:
            case "drop":
                return _cut(request)
            case "hang":
                await asyncio.Event().wait()
            case "status":
                return _error(fault.status, None)
            case "limit" | "limit_global":
                wait = int(fault.retry_after * 1000)
                return _error(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many", "retry_after_ms": wait})
        return None

    async def _behind(self, request: web.Request, body: bytes) -> web.Response:
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _BETWEEN}
        url = URL(self.to + request.rel_url.raw_path_qs, encoded=True)
        try:
            async with self._session.request(
                request.method, url, data=body or None, headers=headers, allow_redirects=False
            ) as answer:
                headers_back = {name: value for name, value in answer.headers.items() if name.lower() not in _BETWEEN}
                return web.Response(status=answer.status, body=await answer.read(), headers=headers_back)
        except (aiohttp.ClientError, TimeoutError):
            return _error(502, None)


def _error(status: int, body: dict[str, object] | None) -> web.Response:
    """The homeserver's own words, or, without any, a page such as proxies send."""
    if body is None:
        return web.Response(status=status, text="<html><h1>Bad gateway</h1></html>", content_type="text/html")
    return web.json_response(body, status=status)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
