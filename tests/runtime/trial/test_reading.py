"""A repository is read with few requests by the bot's own sources; what was not read is said."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chatbot.demo.github.data import Release, Repository
from chatbot.ports import ProjectHidden, SourceRefused, SourceUnavailable
from chatbot.runtime.trial.published import Place, Published
from chatbot.runtime.trial.reading import read_repository
from chatbot.runtime.trial.sparing import MOST_REQUESTS
from chatbot.sources.http.status import Throttled
from tests.standins import tideline
from tests.standins.github import faults
from tests.standins.github.server import FaultyGitHub, serve

NOW = tideline.NOW


def clock() -> datetime:
    return NOW


async def reading(world: FaultyGitHub, name: str = "tideline-example/tideline", token: str = "") -> Published:
    words: list[str] = []
    async with serve(world, clock) as url:
        published = await read_repository(name, Place(api_url=url, web_url=url, token=token), clock, words.append)
    assert words[0] == f"Looking for {name}"
    return published


def requests(world: FaultyGitHub) -> Sequence[str]:
    return [request.path for request in world.requests]


async def test_a_usual_repository_takes_six_requests() -> None:
    world = FaultyGitHub(repositories=[tideline.repository()])
    published = await reading(world)
    assert (len(published.releases), len(published.advisories)) == (9, 3)  # nobody is shown withdrawn ones
    assert (published.requests, len(requests(world)), published.quota) == (6, 6, 54)
    assert (published.gaps, published.left_out, published.private_form) == ([], [], "on")
    assert published.read_at == NOW
    assert published.page is not None
    assert published.policy is not None
    assert published.policy.readable


async def earlier(world: FaultyGitHub, days: int) -> Published:
    """What is read for a replay of so many days."""
    async with serve(world, clock) as url:
        place = Place(api_url=url, web_url=url)
        return await read_repository(
            "tideline-example/tideline", place, clock, lambda _: None, lambda at: at - tideline.day(days)
        )


async def test_earlier_policy_pages_are_read_where_the_page_changed_since() -> None:
    world = FaultyGitHub(repositories=[tideline.repository()])
    published = await earlier(world, 365)
    dates = [page.page.committed_at for page, _ in published.pages]
    assert dates == [NOW - tideline.day(400), NOW - tideline.day(195)]
    assert "2.2.x" not in published.pages[0][0].page.text
    assert published.requests == 8
    assert len((await earlier(world, 100)).pages) == 1


async def test_a_page_that_changed_often_is_read_as_far_as_requests_last() -> None:
    of = tideline.repository()
    for number in range(25):
        of.commit("SECURITY.md", tideline.POLICY.replace("2.2", f"3.{number}"), NOW - tideline.day(60 - number))
    published = await earlier(FaultyGitHub(repositories=[of]), 365)
    assert published.requests <= MOST_REQUESTS
    assert len(published.pages) == 6
    assert published.gaps == ["Not read: 21 earlier states of the security policy. What changed then is not shown."]


async def test_a_repository_that_was_renamed_is_read_under_its_new_name() -> None:
    world = FaultyGitHub(repositories=[tideline.repository()], moved={"old/tides": "tideline-example/tideline"})
    assert (await reading(world, "old/tides")).project.repository == "tideline-example/tideline"


async def test_a_page_is_looked_for_everywhere_and_its_absence_is_no_failure() -> None:
    of = tideline.repository()
    of.files = {}
    published = await reading(FaultyGitHub(repositories=[of]))
    assert (published.page, published.policy, published.gaps) == (None, None, [])
    assert published.requests <= MOST_REQUESTS


async def test_a_long_list_is_cut_and_that_is_said() -> None:
    of = Repository(owner="a", name="b")
    for number in range(1200):
        at = NOW - timedelta(hours=number + 1)
        of.releases.append(Release(tag=f"v1.{number}.0", created_at=at, published_at=at))
    published = await reading(FaultyGitHub(repositories=[of]), "a/b")
    assert published.requests <= MOST_REQUESTS
    assert 300 <= len(published.releases) < 1200
    (gap,) = published.gaps
    assert gap.startswith(f"Only the newest {len(published.releases)} releases were read")


async def test_an_item_that_cannot_be_read_is_left_out_alone() -> None:
    of = tideline.repository()
    of.releases.append(Release(tag="not a tag", created_at=NOW - timedelta(days=1), published_at=NOW))
    published = await reading(FaultyGitHub(repositories=[of]))
    assert len(published.releases) == 9
    assert published.left_out == ["tideline-example/tideline: a release without a usable tag"]


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_advisories_that_are_refused_are_a_gap_and_no_good_news(status: int) -> None:
    world = FaultyGitHub(repositories=[tideline.repository()])
    world.faults.lay("*/security-advisories", faults.status(status))
    published = await reading(world)
    assert published.advisories == []
    assert published.sources["advisories"].read_at is None
    (gap,) = published.gaps
    assert gap.startswith("The security advisories could not be read: nothing below says that there are none (")


async def test_there_is_nothing_to_see_under_the_name() -> None:
    of = replace(tideline.repository(), private=True)
    for name in ("tideline-example/tideline", "no/body"):
        with pytest.raises(ProjectHidden):
            await reading(FaultyGitHub(repositories=[of]), name)


async def test_a_quota_that_is_used_up_says_how_long() -> None:
    world = FaultyGitHub(repositories=[tideline.repository()], quota_anonymous=2)
    with pytest.raises(SourceUnavailable) as away:
        await reading(world)
    assert away.value.retry_after is not None
    world = FaultyGitHub(repositories=[tideline.repository()], quota_anonymous=0)
    with pytest.raises(Throttled):
        await reading(world)


async def test_a_token_that_is_wrong_is_refused() -> None:
    with pytest.raises(SourceRefused, match="401"):
        await reading(FaultyGitHub(repositories=[tideline.repository()]), token="wrong")


async def test_no_network_is_no_answer() -> None:
    place = Place(api_url="http://127.0.0.1:9", web_url="http://127.0.0.1:9")
    with pytest.raises(SourceUnavailable, match="the connection was refused"):
        await read_repository("a/b", place, clock, lambda _: None)


def test_nothing_is_left_running() -> None:
    async def whole() -> int:
        await reading(FaultyGitHub(repositories=[tideline.repository()]))
        return len(asyncio.all_tasks())

    assert asyncio.run(whole()) == 1
