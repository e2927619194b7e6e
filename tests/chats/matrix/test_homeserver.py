"""The wall towards the homeserver: what is broken, slow, huge or hostile becomes one of our errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from chatbot.chats.matrix.homeserver import LARGEST_ANSWER, Homeserver, Refusal
from chatbot.ports import ChatStopped, ChatUnavailable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(handler: Handler, *, most: int = 100) -> AsyncIterator[Homeserver]:
    """A server that answers so, over at most as many connections."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=most)) as session:
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


async def test_a_server_that_is_away_is_unavailable_and_has_certainly_received_nothing() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ChatUnavailable, match="cannot be reached") as away:
            await Homeserver(session, "http://127.0.0.1:1").put("/v3/x", {}, lasting=True)
        assert not away.value.doubtful


@pytest.mark.parametrize(
    ("status", "text", "doubtful"),
    [
        (502, "<html>bad gateway</html>", True),
        (500, '{"errcode": "M_UNKNOWN"}', True),
        (404, "not here", True),
        (200, f'"{"x" * LARGEST_ANSWER}"', True),
        (429, "{}", False),
        (429, "<html>slow down</html>", False),
    ],
    ids=("gateway", "error", "unreadable", "too large", "limit", "unreadable limit"),
)
async def test_what_lasts_is_doubtful_where_it_may_have_been_done(status: int, text: str, doubtful: bool) -> None:
    async with answering(always(status, text)) as server:
        for lasting in (True, False):
            with pytest.raises(ChatUnavailable) as error:
                await server.put("/v3/x", {}, lasting=lasting)
            assert error.value.doubtful is (doubtful and lasting)


async def test_what_was_sent_in_vain_is_doubtful_and_what_never_left_is_not() -> None:
    never, arrived = asyncio.Event(), asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        arrived.set()
        await never.wait()
        return web.Response()

    async with answering(handler, most=1) as server:
        first = asyncio.create_task(server.request("PUT", "/v3/x", {}, within=0.5, lasting=True))
        await arrived.wait()
        with pytest.raises(ChatUnavailable, match="in time") as waited:  # for the one connection there is
            await server.request("PUT", "/v3/x", {}, within=0.05, lasting=True)
        assert not waited.value.doubtful
        with pytest.raises(ChatUnavailable, match="in time") as hung:
            await first
        assert hung.value.doubtful
        never.set()


async def test_a_server_that_dies_of_a_request_may_have_done_it() -> None:
    """The library asks once more where a connection breaks: that nobody is there then says nothing of the first time."""
    bodies = list[bytes]()

    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bodies.append(await reader.readuntil(b"{}"))
        dying.close()
        writer.transport.abort()

    dying = await asyncio.start_server(die, "127.0.0.1")
    url = f"http://127.0.0.1:{dying.sockets[0].getsockname()[1]}"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ChatUnavailable, match="cannot be reached") as raised:
            await Homeserver(session, url).put("/v3/x", {}, lasting=True)
    assert len(bodies) == 1
    assert raised.value.doubtful


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
