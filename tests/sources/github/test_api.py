"""The quota that all sources of GitHub share: kept by the server's own numbers, with a reserve for confirmations."""

import asyncio
from datetime import timedelta

import pytest

from chatbot.ports import SourceUnavailable
from chatbot.sources.github.api import repository_path
from chatbot.sources.http.client import Conditions
from tests.patience import PATIENCE
from tests.sources.harness import open_harness, release
from tests.standins.clock import START
from tests.standins.github import faults

PATH = "/repos/harbour/ferry/releases"


async def test_the_quota_is_what_the_server_says() -> None:
    async with open_harness() as harness:
        assert harness.api.quota is None
        api = harness.api
        await api.get(PATH)
        assert api.quota is not None
        assert (api.quota.limit, api.quota.remaining) == (60, 59)
        assert api.quota.resets_at == START + timedelta(hours=1)


async def test_a_304_is_free_with_a_token_only() -> None:
    for token, remaining in (("", 58), ("owner", 4999)):
        async with open_harness(token=token) as harness:
            api = harness.api
            assert api.has_token == bool(token)
            first = await api.get(PATH)
            assert (await api.get(PATH, etag=first.etag)).status == 304
            assert api.quota is not None
            assert api.quota.remaining == remaining


async def test_ordinary_polls_stop_at_the_reserve_and_confirmations_at_the_end() -> None:
    async with open_harness() as harness:
        harness.world.quota_anonymous = 10
        api = harness.api
        for _ in range(5):
            await api.get(PATH)
        with pytest.raises(SourceUnavailable, match=r"10 requests an hour are used up; set github\.token") as caught:
            await api.get(PATH)
        assert caught.value.retry_after == timedelta(hours=1)
        for _ in range(5):
            await api.get(PATH, urgent=True)
        before = harness.request_count()
        with pytest.raises(SourceUnavailable):
            await api.get(PATH, urgent=True)
        assert harness.request_count() == before
        harness.clock.advance(timedelta(hours=1))
        assert (await api.get(PATH)).status == 200


async def test_when_the_server_asks_for_silence_nothing_else_is_asked() -> None:
    async with open_harness() as harness:
        harness.world.faults.lay("*", faults.status(429, {"Retry-After": "30"}), times=1)
        api = harness.api
        with pytest.raises(SourceUnavailable):
            await api.get(PATH)
        with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1 asked us to wait") as caught:
            await api.get("/repos/harbour/ferry", urgent=True)
        assert caught.value.retry_after == timedelta(seconds=30)
        assert harness.request_count() == 1
        harness.monotonic.advance(timedelta(seconds=30))
        assert (await api.get(PATH)).status == 200


async def test_our_clock_that_is_set_back_does_not_lengthen_the_hour() -> None:
    async with open_harness() as harness:
        harness.world.quota_anonymous = 10
        api = harness.api
        for _ in range(5):
            await api.get(PATH)
        harness.clock.advance(timedelta(minutes=-1))
        with pytest.raises(SourceUnavailable, match="are used up"):
            await api.get(PATH)
        harness.clock.advance(timedelta(days=-1))
        assert (await api.get(PATH)).status == 200


async def test_a_used_up_quota_found_at_the_start_is_waited_out() -> None:
    async with open_harness() as harness:
        harness.world.quota_anonymous = 0
        with pytest.raises(SourceUnavailable) as caught:
            await harness.api.get(PATH)
        assert caught.value.retry_after == timedelta(hours=1)


async def test_at_most_four_are_asked_at_once() -> None:
    async with open_harness() as harness:
        harness.world.faults.lay(PATH, faults.hang, times=4)
        api = harness.api
        looks = [asyncio.create_task(api.get(PATH)) for _ in range(12)]
        async with asyncio.timeout(PATIENCE):
            while harness.request_count(PATH) < 4:
                await harness.fetcher.get(f"{harness.url}/kev.json", Conditions())
        await harness.fetcher.get(f"{harness.url}/kev.json", Conditions())
        assert harness.request_count(PATH) == 4
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)


async def test_pages_that_lead_in_a_circle_end() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v{number}", number) for number in range(3)]
        api = harness.api
        link = {"Link": f'<{harness.url}{PATH}?page=2>; rel="next"'}
        harness.world.faults.lay("*", faults.status(200, link))
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
