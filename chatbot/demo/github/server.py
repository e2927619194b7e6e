"""A GitHub on the loopback: one aiohttp app over a plain world, with quota, ETags and a memory of what was asked."""

import hashlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web

from chatbot.demo.github.answer import Answer, ApiRequest, in_json, refusal
from chatbot.demo.github.data import GitHub, LoggedRequest
from chatbot.demo.github.quota import Quota, Standing
from chatbot.demo.github.routes import ROUTES, Route
from chatbot.ports import Clock

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Responder = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]
Intercept = Callable[[str], Responder | None]
"""For a request's path, what responds to it instead of the server; None where the server does."""


def no_intercept(_path: str) -> Responder | None:
    """Let the server respond to every request."""
    return None


@asynccontextmanager
async def serve(world: GitHub, clock: Clock, intercept: Intercept = no_intercept) -> AsyncIterator[str]:
    """Serve the world on a free port of 127.0.0.1 and yield its address, which is both api_url and web_url.

    OSV answers under `/osv`, the catalogue of exploited vulnerabilities at `/kev.json`.
    `intercept` is asked first for every path.
    """
    app = application(world, clock, intercept)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def application(world: GitHub, clock: Clock, intercept: Intercept = no_intercept) -> web.Application:
    """The app itself, for those who bring their own runner."""
    app = web.Application()
    quota = Quota()
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _handler(world, route, quota, clock, intercept))
    app.router.add_get("/rate_limit", _rate_limit(world, quota, clock))
    app.router.add_route("*", "/{anything:.*}", _handler(world, _NOWHERE, quota, clock, intercept))
    return app


_NOWHERE = Route(path="", respond=lambda _world, _request, _now: refusal(404, "Not Found"), counted=False)


def _handler(world: GitHub, route: Route, quota: Quota, clock: Clock, intercept: Intercept) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        now = clock()
        parsed = await _parse_request(request, world.origin)
        answer = _respond(world, route, quota, parsed, now)
        answer = replace(answer, headers={**answer.headers, "Date": format_datetime(now, usegmt=True)})
        respond = intercept(request.path)
        if respond is None:
            _remember(world, request, answer.status)
            response = to_response(answer)
            if answer.status == 200:
                response.enable_compression()
            return response
        _remember(world, request, 0)
        return await respond(request, answer)

    return handle


def to_response(answer: Answer) -> web.Response:
    """The answer as it should arrive."""
    response = web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))
    response.headers["Content-Type"] = answer.content_type
    return response


async def _parse_request(request: web.Request, origin: str) -> ApiRequest:
    words = request.headers.get("Authorization", "").split(" ", 1)
    return ApiRequest(
        origin=origin or str(request.url.origin()),
        path=request.rel_url.raw_path,
        match=request.match_info,
        query=request.query,
        accept=request.headers.get("Accept", ""),
        if_none_match=request.headers.get("If-None-Match", ""),
        token=words[1].strip() if len(words) == 2 and words[0].lower() in {"bearer", "token"} else "",
        body=await request.read(),
    )


def _respond(world: GitHub, route: Route, quota: Quota, request: ApiRequest, now: datetime) -> Answer:
    """Check the token, the quota and the ETag around the answer itself."""
    if not route.counted:
        return _conditional(route.respond(world, request, now), request)
    if request.token and request.token not in world.tokens:
        return refusal(401, "Bad credentials")
    limit = world.quota_token if request.token else world.quota_anonymous
    before = quota.standing(request.token, limit, now)
    if not before.remaining:
        return _exhausted(before)
    answer = _conditional(route.respond(world, request, now), request)
    free = answer.status == 304 and request.token  # a 304 costs nothing, but only with a token
    after = before if free else quota.count(request.token, limit, now)
    return replace(answer, headers={**answer.headers, **after.headers})


def _exhausted(standing: Standing) -> Answer:
    return refusal(403, "API rate limit exceeded for 127.0.0.1.", standing.headers)


def _conditional(answer: Answer, request: ApiRequest) -> Answer:
    """Add the ETag, which varies with the token and the media type; 304 where the reader has it already."""
    if answer.status != 200:
        return answer
    etag = hashlib.sha256(b"\n".join((request.token.encode(), request.accept.encode(), answer.body))).hexdigest()
    caching = "private" if request.token else "public"
    headers = {
        **answer.headers,
        "ETag": f'W/"{etag}"',
        "Cache-Control": f"{caching}, max-age=60, s-maxage=60",
        "Vary": "Accept, Authorization, Accept-Encoding",
    }
    matches = {tag.strip().removeprefix("W/") for tag in request.if_none_match.split(",")}
    if f'"{etag}"' in matches or "*" in matches:
        return replace(answer, status=304, body=b"", headers=headers)
    return replace(answer, headers=headers)


def _rate_limit(world: GitHub, quota: Quota, clock: Clock) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        parsed = await _parse_request(request, world.origin)
        limit = world.quota_token if parsed.token else world.quota_anonymous
        now = quota.standing(parsed.token, limit, clock())
        core = {
            "limit": now.limit,
            "used": min(now.used, now.limit),
            "remaining": now.remaining,
            "reset": math.ceil(now.reset.timestamp()),
        }
        search = {"limit": 10, "used": 0, "remaining": 10, "reset": core["reset"]}
        _remember(world, request, 200)
        return to_response(in_json({"resources": {"core": core, "search": search}, "rate": core}))

    return handle


def _remember(world: GitHub, request: web.Request, status: int) -> None:
    """Status 0 stands for a response that was intercepted."""
    entry = LoggedRequest(
        method=request.method,
        path=request.path,
        query=dict(request.query),
        headers=request.headers.copy(),
        status=status,
    )
    world.requests.append(entry)
