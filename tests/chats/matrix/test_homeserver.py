"""The wall towards the homeserver: what is broken, slow, huge or hostile becomes one of our errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from chatbot.chats.matrix.homeserver import Homeserver, Refusal
from chatbot.ports import ChatStopped, ChatUnavailable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[Homeserver]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession() as session:
            yield Homeserver(session, f"http://127.0.0.1:{port}/", "secret-token")
    finally:
        await runner.cleanup()


def always(status: int, text: str, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, headers=headers)

    return handler


@pytest.mark.parametrize(
    ("status", "text", "expected", "says"),
    [
        (502, "<html>bad gateway</html>", ChatUnavailable, "502"),
        (500, '{"errcode": "M_UNKNOWN", "error": "oops"}', ChatUnavailable, "500"),
        (404, "not here", ChatUnavailable, "404"),
        (302, "", ChatUnavailable, "302"),
        (403, '{"errcode": "M_FORBIDDEN", "error": "no"}', Refusal, "M_FORBIDDEN: no"),
        (400, '{"errcode": "M_BAD_JSON"}', Refusal, "M_BAD_JSON"),
        (401, '{"session": "abc", "flows": []}', Refusal, "a login is asked for"),
        (401, '{"errcode": "M_UNKNOWN_TOKEN"}', ChatStopped, "access token"),
        (401, '{"errcode": "M_UNKNOWN_TOKEN", "soft_logout": true}', ChatStopped, "access token"),
        (403, '{"errcode": "M_USER_DEACTIVATED"}', ChatStopped, "administrator"),
        (403, "[" * 100_000, ChatUnavailable, "403"),
    ],
)
async def test_errors_become_ours(status: int, text: str, expected: type[Exception], says: str) -> None:
    async with answering(always(status, text, Location="http://elsewhere.example/")) as server:
        with pytest.raises(expected, match=says) as error:
            await server.get("/v3/sync")
        assert "secret-token" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ('{"retry_after_ms": 4829}', 4.829),
        ("{}", 5),
        ('{"retry_after_ms": "soon"}', 5),
        ('{"retry_after_ms": 1e15}', 5),
    ],
)
async def test_a_rate_limit_says_how_long(text: str, seconds: float) -> None:
    async with answering(always(429, text)) as server:
        with pytest.raises(ChatUnavailable) as error:
            await server.get("/v3/sync")
        assert error.value.retry_after is not None
        assert error.value.retry_after.total_seconds() == seconds


async def test_a_server_that_hangs_is_given_up() -> None:
    never = asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    async with answering(handler) as server:
        with pytest.raises(ChatUnavailable, match="in time"):
            await server.get("/v3/sync", within=0.05)
        never.set()


async def test_an_answer_without_end_is_given_up() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b"x" * 1000)
        return response

    async with answering(handler) as server:
        with pytest.raises(ChatUnavailable, match="larger than 5000"):
            await server.request("GET", "/v3/sync", largest=5000)


async def test_a_server_that_is_away_is_unavailable() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ChatUnavailable, match="cannot be reached"):
            await Homeserver(session, "http://127.0.0.1:1").get("/v3/sync")


async def test_a_soft_logout_is_renewed_once_for_all_requests() -> None:
    renewed = []

    async def handler(request: web.Request) -> web.Response:
        if request.headers["Authorization"] == "Bearer fresh":
            return web.json_response({"ok": True})
        return web.json_response({"errcode": "M_UNKNOWN_TOKEN", "soft_logout": True}, status=401)

    async def renew() -> str:
        renewed.append(1)
        return "fresh"

    async with answering(handler) as server:
        server.renew = renew
        answers = await asyncio.gather(*(server.get("/v3/x") for _ in range(5)))
        assert answers == [{"ok": True}] * 5
        assert len(renewed) == 1
