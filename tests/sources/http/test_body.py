"""Bodies from hell through the careful GET: each ends the look with one clear sentence, soon, and in little memory."""

import asyncio
import gzip
import resource

import pytest
from aiohttp import web

from chatbot.ports import SourceUnavailable
from chatbot.sources.http.body import TooLarge
from chatbot.sources.http.client import MAX_BODY, Conditions, Fetched, open_fetcher
from tests.sources.harness import SourceHarness, never, open_harness, release
from tests.sources.web_server import open_web_server
from tests.standins.clock import ManualClock
from tests.standins.github import faults
from tests.standins.github.faults import Fault

PATH = "/repos/harbour/ferry/releases"


async def harness_with(fault: Fault, conditions: Conditions) -> BaseException | None:
    """What a look at the releases through the fault raises."""
    async with open_harness() as harness:
        harness.ferry.releases.append(release("v1.0.0", body="x" * 4000))
        harness.world.faults.lay("*", fault)
        try:
            await harness.fetcher.get(harness.url + PATH, conditions)
        except SourceUnavailable as failed:
            return failed
        return None


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (faults.cut_short, "cut short"),
        (faults.dropped, "could not be read"),
        (faults.hang, "did not answer within 0.3 s"),
        (faults.slow_drip(0.01), "did not answer within 0.3 s"),
        (faults.status(502), "answered 502"),
    ],
)
async def test_a_body_that_does_not_come_is_unavailable(fault: Fault, sentence: str) -> None:
    error = await harness_with(fault, Conditions(deadline=0.3))
    assert error is not None
    assert sentence in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("fault", [faults.huge(), faults.endless, faults.gzip_bomb(200)])
async def test_more_than_5_mib_unpacked_is_too_large_and_is_not_held(fault: Fault) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = await harness_with(fault, Conditions())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert isinstance(error, TooLarge)
    assert "more than 5 MiB" in str(error)
    assert grown < 60 * 1024  # KiB; the bomb would be 200 MiB


async def test_a_body_of_just_5_mib_is_read() -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b" " * MAX_BODY, mtime=0), headers={"Content-Encoding": "gzip"})

    async with (
        open_web_server(answer) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        fetched = await fetcher.get(stand.url, Conditions())
    assert len(fetched.body) == MAX_BODY


@pytest.mark.parametrize(
    "packed", [b"this is no gzip", gzip.compress(b"x", mtime=0) + b"more", gzip.compress(bytes(range(256)) * 40)[:-40]]
)
async def test_a_body_that_cannot_be_unpacked_is_unavailable(packed: bytes) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    async with (
        open_web_server(answer) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        with pytest.raises(SourceUnavailable):
            await fetcher.get(stand.url, Conditions())


@pytest.mark.parametrize(
    "raw",
    [
        b"\0\0\0\0\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10, 11\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n",
        b"",
    ],
)
async def test_what_is_no_http_is_unavailable(raw: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher:
        with pytest.raises(SourceUnavailable) as caught:
            await fetcher.get(f"http://127.0.0.1:{port}/", Conditions(deadline=5))
    assert "\n" not in str(caught.value)


async def test_a_failed_poll_leaves_the_next_one_whole() -> None:
    async with open_harness() as harness:
        harness.world.faults.lay("*", faults.endless, times=1)
        with pytest.raises(TooLarge):
            await harness.fetcher.get(harness.url + PATH, Conditions())
        assert (await _again(harness)).body == b"[]"


async def _again(harness: SourceHarness) -> Fetched:
    return await harness.fetcher.get(harness.url + PATH, Conditions())
