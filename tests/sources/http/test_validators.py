"""Validators that lie: an ETag that stays though something was published, and one that changes though nothing was."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from aiohttp import web

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.demo.github import data
from chatbot.demo.github.answer import Answer
from chatbot.demo.github.server import to_response
from chatbot.ports import Batch, Source
from chatbot.sources.github.advisories import GithubAdvisories
from chatbot.sources.github.atom import GithubAtom
from chatbot.sources.github.database import GithubDatabase
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.github.releases import GithubReleases
from chatbot.sources.kev.source import KnownExploited
from chatbot.sources.support_policy.source import PolicyAddress
from tests.sources.evil_xml import ATOM, HEAD
from tests.sources.harness import PROJECT, SourceHarness, never, open_harness, release
from tests.sources.web_server import Answers, open_web_server
from tests.standins.clock import START

PACKAGE = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry", packages=("npm/ferry",))


@dataclass
class Luck:
    """A chance in the test's hands."""

    value: float = 0.99

    def __call__(self) -> float:
        return self.value


async def lying(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Nothing has changed, for everyone who names a validator."""
    if {"If-None-Match", "If-Modified-Since"} & request.headers.keys():
        return to_response(replace(answer, status=304, body=b""))
    return to_response(answer)


def advisory(number: int) -> data.Advisory:
    return data.Advisory(
        ghsa=f"GHSA-aaaa-bbbb-{number:04d}",
        summary="A mailbox name is not escaped",
        severity="high",
        created_at=START,
        published_at=START,
        updated_at=START + timedelta(hours=number),
        vulnerabilities=(data.Vulnerability(package="ferry", ecosystem="npm", range="< 1.2.0", patched="1.2.0"),),
    )


def atom(harness: SourceHarness) -> Source:
    return GithubAtom(PROJECT, harness.fetcher, web_url=harness.url, reader=harness.reader)


def releases(harness: SourceHarness) -> Source:
    return GithubReleases(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)


def advisories(harness: SourceHarness) -> Source:
    return GithubAdvisories(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)


def database(harness: SourceHarness) -> Source:
    return GithubDatabase(PACKAGE, harness.api, clock=harness.clock, reader=harness.reader)


def policy(harness: SourceHarness) -> Source:
    return GithubPolicy(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)


def publish(harness: SourceHarness, number: int) -> None:
    """Something new at every source."""
    harness.ferry.releases.append(release(f"v1.0.{number}", number))
    harness.ferry.advisories.append(advisory(number))
    harness.world.advisories.append(advisory(number))
    harness.ferry.commit(
        "SECURITY.md", f"# Security\n\nWrite to us, version {number}.\n", START + timedelta(hours=number)
    )


def brought(batch: Batch) -> str:
    """The news of a batch, in one word each."""
    facts = [
        fact.tag if isinstance(fact, Release) else fact.id if isinstance(fact, Advisory) else fact.text.split()[-1]
        for fact in batch.observed
    ]
    return " ".join([*facts, *batch.signal])


@pytest.mark.parametrize(
    ("make", "news"),
    [
        (atom, "v1.0.2"),
        (releases, "v1.0.2"),
        (advisories, "GHSA-aaaa-bbbb-0002"),
        (database, "GHSA-aaaa-bbbb-0002"),
        (policy, "2."),
    ],
)
async def test_what_an_etag_hides_is_brought_by_the_poll_without_one(
    make: Callable[[SourceHarness], Source], news: str
) -> None:
    luck = Luck()
    async with open_harness(chance=luck) as harness:
        publish(harness, 1)
        source = make(harness)
        cursor = (await source.poll({})).cursor
        publish(harness, 2)
        harness.world.faults.lay("*", lying)
        for chance in (0.99, 0.5, 0.01):  # one look in a hundred asks without validators, not more
            luck.value = chance
            batch = await source.poll(cursor)
            assert (batch.unchanged, brought(batch)) == (True, "")
            cursor = batch.cursor
        luck.value = 0.0099
        batch = await source.poll(cursor)
        assert not batch.unchanged
        assert news in brought(batch).split()
        assert (await source.poll(batch.cursor)).unchanged, "it is brought once"


async def test_what_the_catalogues_etag_hides_is_brought_by_the_poll_without_one() -> None:
    luck = Luck()
    async with open_harness(chance=luck) as harness:
        harness.world.kev.append("CVE-2031-0001")
        one = KnownExploited(harness.fetcher, f"{harness.url}/kev.json", reader=harness.reader)
        await one.read()
        harness.world.kev.append("CVE-2031-0002")
        harness.world.faults.lay("*", lying)
        assert set((await one.read()).added) == {"CVE-2031-0001"}
        luck.value = 0.0099
        assert set((await one.read()).added) == {"CVE-2031-0001", "CVE-2031-0002"}


@pytest.mark.parametrize("make", [releases, advisories, database, policy])
async def test_another_token_makes_another_etag_and_no_news(make: Callable[[SourceHarness], Source]) -> None:
    async with open_harness() as harness:
        harness.world.tokens |= {"former": frozenset(), "renewed": frozenset()}
        publish(harness, 1)
        harness.token = "former"
        source = make(harness)
        first = await source.poll({})
        assert not first.unchanged
        harness.token = "renewed"
        again = await source.poll(first.cursor)
        assert (again.unchanged, brought(again)) == (True, "")
        assert harness.world.requests[-1].status == 200
        assert (await source.poll(again.cursor)).unchanged
        assert harness.world.requests[-1].status == 304, "the new ETag is the one to ask with"


def restless(body: bytes) -> Answers:
    """The same body for ever, each time under another ETag."""
    answers = iter(range(1000))

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers={"ETag": f'"{next(answers)}"'})

    return answer


@pytest.mark.parametrize("source_kind", ["atom", "policy"])
async def test_a_restless_etag_is_no_news(source_kind: str) -> None:
    feed = HEAD + ATOM + b"<entry><id>tag:github.com,2008:Repository/1/v1</id><title>1</title></entry></feed>"
    body = feed if source_kind == "atom" else b"# Security\n\nWrite to us.\n"
    async with open_web_server(restless(body)) as stand, open_harness(chance=never) as harness:
        page = replace(PROJECT, policy=stand.url)
        source: Source = (
            GithubAtom(PROJECT, harness.fetcher, web_url=stand.url, reader=harness.reader)
            if source_kind == "atom"
            else PolicyAddress(page, harness.fetcher)
        )
        cursor = (await source.poll({})).cursor
        for _ in range(2):
            batch = await source.poll(cursor)
            assert (batch.unchanged, brought(batch)) == (True, "")
            cursor = batch.cursor
    assert [request.headers.get("If-None-Match") for request in stand.requests] == [None, '"0"', '"1"']
