"""Each fault of the loopback GitHub does to a reader what its name says, once or until healed."""

import asyncio
import json

import aiohttp
import pytest
from aiohttp import web

from chatbot.demo.github.answer import Answer
from tests.patience import PATIENCE
from tests.standins.clock import ManualClock
from tests.standins.github import faults
from tests.standins.github.server import FaultyGitHub, serve

RELEASES = "/repos/harbour/ferry/releases"


async def test_a_fault_acts_as_often_as_it_was_laid(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    world.faults.lay("/repos/*/releases", faults.status(503), times=2)
    statuses = []
    for path in (RELEASES, "/repos/harbour/ferry", RELEASES, RELEASES):
        async with client.get(path) as response:
            statuses.append(response.status)
    assert statuses == [503, 200, 503, 200]
    world.faults.lay("*", faults.status(500))
    for _ in range(3):
        async with client.get(RELEASES) as response:
            assert response.status == 500
    world.faults.clear()
    async with client.get(RELEASES) as response:
        assert response.status == 200
    assert [each.status for each in world.requests_for("/releases")] == [0, 0, 200, 0, 0, 0, 200]


async def test_truncated_agrees_with_its_length_but_is_no_json(
    client: aiohttp.ClientSession, world: FaultyGitHub
) -> None:
    world.faults.lay(RELEASES, faults.truncated)
    async with client.get(RELEASES) as response:
        body = await response.read()
    assert len(body) > 100
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


@pytest.mark.parametrize("fault", [faults.cut_short, faults.dropped])
async def test_a_broken_connection_raises(
    client: aiohttp.ClientSession, world: FaultyGitHub, fault: faults.Fault
) -> None:
    world.faults.lay(RELEASES, fault)
    with pytest.raises(aiohttp.ClientError):
        async with client.get(RELEASES) as response:
            await response.read()


@pytest.mark.parametrize("fault", [faults.hang, faults.slow_drip(0.01), faults.endless])
async def test_only_a_time_limit_ends_these(
    client: aiohttp.ClientSession, world: FaultyGitHub, fault: faults.Fault
) -> None:
    world.faults.lay(RELEASES, fault)

    async def read() -> None:
        async with client.get(RELEASES, timeout=aiohttp.ClientTimeout(total=0.2)) as response:
            async for _ in response.content.iter_any():
                pass

    with pytest.raises(TimeoutError):
        await read()


@pytest.mark.parametrize(
    ("fault", "start"),
    [
        (faults.html_instead, b"<!DOCTYPE html>"),
        (faults.not_utf8, b'[{"tag_name":"v1.0.0","name":"caf\xe9'),
        (faults.body(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "text/xml"), b"<!DOCTYPE x"),
    ],
)
async def test_other_bytes_instead(
    client: aiohttp.ClientSession, world: FaultyGitHub, fault: faults.Fault, start: bytes
) -> None:
    world.faults.lay(RELEASES, fault)
    async with client.get(RELEASES) as response:
        assert response.status == 200
        assert (await response.read()).startswith(start)


async def test_empty_is_empty(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    world.faults.lay(RELEASES, faults.empty)
    async with client.get(RELEASES) as response:
        assert (response.status, await response.read()) == (200, b"")


async def test_huge_is_more_than_five_mebibytes_of_json(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    world.faults.lay(RELEASES, faults.huge())
    async with client.get(RELEASES) as response:
        body = await response.read()
    assert len(body) > 5 * faults.MIB
    assert json.loads(body) == []


@pytest.mark.parametrize(
    ("unpacks", "fewest", "most"), [(False, 1, 64 * 1024), (True, 16 * faults.MIB, 16 * faults.MIB)]
)
async def test_a_bomb_swells(world: FaultyGitHub, clock: ManualClock, *, unpacks: bool, fewest: int, most: int) -> None:
    world.faults.lay(RELEASES, faults.gzip_bomb(16))
    async with (
        serve(world, clock) as url,
        aiohttp.ClientSession(url, auto_decompress=unpacks) as session,
        session.get(RELEASES) as response,
    ):
        assert response.headers["Content-Encoding"] == "gzip"
        assert fewest <= len(await response.read()) <= most


async def test_redirects_loop_or_lead_elsewhere(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    world.faults.lay(RELEASES, faults.redirect(), times=5)
    with pytest.raises(aiohttp.TooManyRedirects):
        await client.get(RELEASES, max_redirects=5)
    world.faults.lay(RELEASES, faults.redirect("http://169.254.169.254/latest"))
    async with client.get(RELEASES, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "http://169.254.169.254/latest")


async def test_a_304_may_lie(client: aiohttp.ClientSession, world: FaultyGitHub) -> None:
    world.faults.lay(RELEASES, faults.false_not_modified)
    async with client.get(RELEASES) as response:
        assert (response.status, await response.read()) == (304, b"")


async def test_the_server_ends_while_readers_hang(world: FaultyGitHub, clock: ManualClock) -> None:
    reached = asyncio.Event()

    async def hang(request: web.Request, answer: Answer) -> web.StreamResponse:
        reached.set()
        return await faults.hang(request, answer)

    world.faults.lay("*", hang)
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        async with serve(world, clock) as url:
            reader = asyncio.create_task(session.get(url + RELEASES))
            await reached.wait()
        with pytest.raises(aiohttp.ClientError):
            await reader
