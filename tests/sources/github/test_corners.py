"""Corners of GitHub's answers that are rare: each ends in a sentence, none in a crash."""

import json

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.ports import Source, SourceRefused, SourceUnavailable
from chatbot.sources.github import api as github_api
from chatbot.sources.github.advisories import GithubAdvisories
from chatbot.sources.github.atom import GithubAtom
from chatbot.sources.github.database import GithubDatabase
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.github.releases import GithubReleases
from chatbot.sources.http.client import Conditions, open_fetcher
from chatbot.sources.osv.source import OsvPackages
from tests.sources.harness import PROJECT, never, open_harness, release
from tests.sources.http.test_client import fixed
from tests.sources.web_server import open_web_server
from tests.standins.clock import ManualClock
from tests.standins.github import faults


def answering(value: object) -> faults.Fault:
    return faults.body(json.dumps(value).encode())


async def test_each_source_has_a_stable_name() -> None:
    async with open_harness() as harness:
        api, clock = harness.api, harness.clock
        sources: list[Source] = [
            GithubReleases(PROJECT, api, clock=clock, reader=harness.reader),
            GithubAdvisories(PROJECT, api, clock=clock, reader=harness.reader),
            GithubPolicy(PROJECT, api, clock=clock, reader=harness.reader),
            GithubAtom(PROJECT, harness.fetcher, web_url=harness.url, reader=harness.reader),
            GithubDatabase(PROJECT, api, clock=clock, reader=harness.reader),
            OsvPackages(PROJECT, harness.fetcher, osv_url=harness.url, clock=clock, reader=harness.reader),
        ]
    assert [source.name for source in sources] == [
        "github-releases:ferry",
        "github-advisories:ferry",
        "github-policy:ferry",
        "github-atom:ferry",
        "github-database-advisories:ferry",
        "osv:ferry",
    ]


async def test_what_stands_unreadable_at_its_own_address_is_not_taken_for_removed() -> None:
    async with open_harness() as harness:
        harness.world.faults.lay(
            "*/releases/tags/*", answering({"tag_name": "v1", "draft": False, "published_at": None})
        )
        with pytest.raises(SourceRefused, match="no time of publication"):
            await GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).look("v1")
        bad = {"ghsa_id": "GHSA-aaaa-bbbb-0001", "state": "published", "published_at": "soon"}
        harness.world.faults.lay("*advisories/*", answering(bad))
        with pytest.raises(SourceRefused, match="no readable time"):
            await GithubAdvisories(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).look(
                "GHSA-aaaa-bbbb-0001"
            )
        with pytest.raises(SourceRefused, match="no readable time"):
            await GithubDatabase(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).look(
                "GHSA-aaaa-bbbb-0001"
            )


async def test_a_following_page_that_vanishes_fails_the_poll() -> None:
    async with open_harness() as harness:
        harness.ferry.releases += [release(f"v1.0.{number}", number / 1000) for number in range(150)]
        harness.world.faults.lay("/repositories/*", faults.status(404))
        with pytest.raises(SourceUnavailable, match="404 for a following page"):
            await GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader).poll({})


async def test_pages_without_an_end_are_given_up() -> None:
    async with open_harness(token="owner") as harness:
        harness.ferry.releases += [
            release(f"v1.0.{number}", number / 1000) for number in range(github_api.MAX_PAGES + 5)
        ]
        api = harness.api
        first = await api.get("/repos/harbour/ferry/releases?per_page=1")
        with pytest.raises(SourceUnavailable, match="more than 400 pages"):
            _ = [page async for page in api.pages(first)]


async def test_a_packing_that_nobody_asked_for_is_refused() -> None:
    async with (
        open_web_server(fixed(200, {"Content-Encoding": "br"}, b"x")) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        with pytest.raises(SourceUnavailable, match="did not ask for"):
            await fetcher.get(stand.url, Conditions())


async def test_an_absurd_reset_is_no_quota() -> None:
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 12}
    async with (
        open_web_server(fixed(200, headers, b"x")) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        fetched = await fetcher.get(stand.url, Conditions())
    assert fetched.quota is None


async def test_a_database_that_is_not_there_is_refused_with_the_fix() -> None:
    async with open_harness() as harness:
        harness.world.faults.lay("/advisories", faults.status(404))
        project = Project(id=ProjectId("ferry"), name="", repository="harbour/ferry", packages=("npm/x",))
        with pytest.raises(SourceRefused, match=r"remove projects\.packages"):
            await GithubDatabase(project, harness.api, clock=harness.clock, reader=harness.reader).poll({})


async def test_a_draft_in_the_database_leaves_no_trace() -> None:
    async with open_harness() as harness:
        items = [{"ghsa_id": "GHSA-aaaa-bbbb-0006", "state": "draft"}, 17]
        harness.world.faults.lay("/advisories", answering(items))
        project = Project(id=ProjectId("ferry"), name="", repository="harbour/ferry", packages=("npm/x",))
        batch = await GithubDatabase(project, harness.api, clock=harness.clock, reader=harness.reader).poll({})
    assert (batch.observed, batch.present, len(batch.unreadable)) == ((), frozenset(), 1)
    assert "0006" not in repr(batch)
