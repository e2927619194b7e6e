"""The quota that all sources of GitHub share: kept by the server's own numbers, with a reserve for confirmations."""

import asyncio
from datetime import timedelta

import pytest

from chatbot.demo.github import faults
from chatbot.ports import SourceUnavailable
from chatbot.sources.github.api import repository_path
from chatbot.sources.http.client import Wanted
from tests.patience import PATIENCE
from tests.sources.loopback import START, open_road, release

PATH = "/repos/harbour/ferry/releases"


async def test_the_quota_is_what_the_server_says() -> None:
    async with open_road() as road:
        assert road.api.quota is None
        api = road.api
        await api.get(PATH)
        assert api.quota is not None
        assert (api.quota.limit, api.quota.left) == (60, 59)
        assert api.quota.resets_at == START + timedelta(hours=1)


async def test_a_304_is_free_with_a_token_only() -> None:
    for token, left in (("", 58), ("owner", 4999)):
        async with open_road(token=token) as road:
            api = road.api
            assert api.has_token == bool(token)
            first = await api.get(PATH)
            assert (await api.get(PATH, etag=first.etag)).status == 304
            assert api.quota is not None
            assert api.quota.left == left


async def test_ordinary_looks_stop_at_the_reserve_and_confirmations_at_the_end() -> None:
    async with open_road() as road:
        road.world.quota_anonymous = 10
        api = road.api
        for _ in range(5):
            await api.get(PATH)
        with pytest.raises(SourceUnavailable, match=r"10 requests an hour are used up; set github\.token") as caught:
            await api.get(PATH)
        assert caught.value.retry_after == timedelta(hours=1)
        for _ in range(5):
            await api.get(PATH, urgent=True)
        before = road.asked()
        with pytest.raises(SourceUnavailable):
            await api.get(PATH, urgent=True)
        assert road.asked() == before
        road.clock.tick(timedelta(hours=1))
        assert (await api.get(PATH)).status == 200


async def test_when_the_server_asks_for_silence_nothing_else_is_asked() -> None:
    async with open_road() as road:
        road.world.faults.lay("*", faults.status(429, {"Retry-After": "30"}), times=1)
        api = road.api
        with pytest.raises(SourceUnavailable):
            await api.get(PATH)
        with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1 asked us to wait") as caught:
            await api.get("/repos/harbour/ferry", urgent=True)
        assert caught.value.retry_after == timedelta(seconds=30)
        assert road.asked() == 1
        road.monotonic.tick(timedelta(seconds=30))
        assert (await api.get(PATH)).status == 200


async def test_our_clock_that_is_set_back_does_not_lengthen_the_hour() -> None:
    async with open_road() as road:
        road.world.quota_anonymous = 10
        api = road.api
        for _ in range(5):
            await api.get(PATH)
        road.clock.tick(timedelta(minutes=-1))
        with pytest.raises(SourceUnavailable, match="are used up"):
            await api.get(PATH)
        road.clock.tick(timedelta(days=-1))
        assert (await api.get(PATH)).status == 200


async def test_a_used_up_quota_found_at_the_start_is_waited_out() -> None:
    async with open_road() as road:
        road.world.quota_anonymous = 0
        with pytest.raises(SourceUnavailable) as caught:
            await road.api.get(PATH)
        assert caught.value.retry_after == timedelta(hours=1)


async def test_at_most_four_are_asked_at_once() -> None:
    async with open_road() as road:
        road.world.faults.lay(PATH, faults.hang, times=4)
        api = road.api
        looks = [asyncio.create_task(api.get(PATH)) for _ in range(12)]
        async with asyncio.timeout(PATIENCE):
            while road.asked(PATH) < 4:
                await road.fetcher.get(f"{road.url}/kev.json", Wanted())
        await road.fetcher.get(f"{road.url}/kev.json", Wanted())
        assert road.asked(PATH) == 4
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)


async def test_pages_that_lead_in_a_circle_end() -> None:
    async with open_road() as road:
        road.ferry.releases += [release(f"v{number}", number) for number in range(3)]
        api = road.api
        link = {"Link": f'<{road.url}{PATH}?page=2>; rel="next"'}
        road.world.faults.lay("*", faults.status(200, link))
        first = await api.get(PATH)
        with pytest.raises(SourceUnavailable, match="in a circle"):
            _ = [page async for page in api.pages(first)]


@pytest.mark.parametrize(
    ("repository", "path"),
    [
        ("harbour/ferry", "/repos/harbour/ferry"),
        ("harbour/.github", "/repos/harbour/.github"),
        ("a b/c?d#e", "/repos/a%20b/c%3Fd%23e"),
        ("harbour/x/../y", "/repos/harbour/x%2F..%2Fy"),
    ],
)
def test_a_repository_cannot_lead_elsewhere(repository: str, path: str) -> None:
    assert repository_path(repository) == path
