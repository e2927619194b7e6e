"""One advisory, however many sources and ids it comes through; and none that is not published, whatever the token could see."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import WatchFilter
from chatbot.core.queries.commands import COMMANDS, CommandRequest
from chatbot.demo.github.data import JSON, Repository, Vulnerability
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import open_services
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.clock import START, ManualClock

CONSOLE = room("console", WatchFilter(mention=Mention("role", "7")))
PROJECT = replace(FERRY, packages=("crates.io/ferry",))
GHSA, CVE, RUSTSEC = "GHSA-2222-2222-2222", "CVE-2031-0001", "RUSTSEC-2031-0007"
FLAW = Vulnerability(package="ferry", ecosystem="rust", range="< 1.2.0", patched="1.2.0")
DRAFTS = {"GHSA-5555-5555-5555": "draft", "GHSA-6666-6666-6666": "triage", "GHSA-7777-7777-7777": "closed"}


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry")
    of.releases = [release("v1.1.0", 1), release("v1.2.0", 2)]
    return of


def _osv(harness: Harness) -> JSON:
    at = harness.clock.now.isoformat().replace("+00:00", "Z")
    events = [{"introduced": "0.0.0-0"}, {"fixed": "1.2.0"}]
    package = {"name": "ferry", "ecosystem": "crates.io"}
    return {
        "id": RUSTSEC,
        "aliases": [CVE, GHSA],
        "published": at,
        "modified": at,
        "summary": "A mailbox name is not escaped",
        "affected": [{"package": package, "ranges": [{"type": "SEMVER", "events": events}]}],
    }


def _comes_through(harness: Harness, source: str) -> None:
    at, ferry = harness.clock.now, harness.world.repositories[0]
    flaw = advisory(GHSA, 0, created_at=at, published_at=at, vulnerabilities=(FLAW,))
    match source:
        case "repository":
            ferry.advisories.append(flaw)
        case "global database":
            harness.world.advisories.append(replace(flaw, repository="harbour/ferry"))
        case "OSV":
            harness.world.osv.append(_osv(harness))


@pytest.mark.parametrize("apart", [timedelta(), timedelta(days=2)], ids=["at once", "days apart"])
@pytest.mark.parametrize("order", list(itertools.permutations(["repository", "global database", "OSV"])))
async def test_three_sources_and_three_ids_are_one_advisory(
    order: Sequence[str], apart: timedelta, ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=PROJECT) as harness:
        await harness.run_for()
        for source in order:
            clock.advance(MINUTE + apart)
            _comes_through(harness, source)
            if apart:
                await harness.run_for()
                await harness.run_for()
        await harness.run_for()
        await harness.run_for()
        news = [post for post in harness.chat.rooms["console"] if not post.reply_to]
        assert [post.message.title for post in news] == ["Ferry – A mailbox name is not escaped"]
        assert all(name in repr(news[0].message.small) for name in (GHSA, CVE, RUSTSEC))
        assert len(harness.chat.pings) == 1
        for name in (GHSA, CVE, RUSTSEC):
            request = CommandRequest(
                command="advisory", arguments={"id": name}, asker=RoomAddress("discord:user:1"), asked_at=clock.now
            )
            assert (await harness.services.answers.answer(request)).title == news[0].message.title


async def test_an_advisory_that_one_source_loses_still_stands(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=PROJECT) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        _comes_through(harness, "repository")
        _comes_through(harness, "OSV")
        await harness.run_for()
        harness.world.osv.clear()
        for wait in (timedelta(days=1), timedelta(minutes=11), timedelta(minutes=11), MINUTE):
            clock.advance(wait)
            await harness.poll()
            await harness.run_for()
        (news,) = harness.chat.rooms["console"]
        assert not news.message.struck
        assert len(harness.chat.pings) == 1


async def test_what_is_not_published_leaves_no_trace_even_for_a_token_that_sees_it(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    ferry.advisories = [
        advisory(name, 1, state=state, cve="CVE-2031-5555", summary="An embargoed flaw", published_at=None)
        for name, state in DRAFTS.items()
    ]
    ferry.releases.append(release("v9.9.9", 3, published_at=None))
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        harness.world.tokens = {"insider": frozenset({"harbour/ferry"})}
        async with open_services(replace(harness.services.config, token=lambda: "insider"), clock) as services:
            for _ in range(3):
                await services.look_once()
                clock.advance(MINUTE)
            ferry.advisories[0].summary = "An embargoed flaw, reworded"
            await services.look_once()
            await Delivery(
                chat=harness.chat, store=services.store, clock=clock, failpoint=services.config.failpoint
            ).drain()
            traces = ("embargo", "5555", "6666", "7777", "9.9.9")
            for command in COMMANDS:
                for arguments in ({}, {"id": "GHSA-5555-5555-5555"}, {"version": "1.1.0"}):
                    request = CommandRequest(
                        command=command.name, arguments=arguments, asker=RoomAddress("discord:user:1"), asked_at=START
                    )
                    answer = repr(await services.answers.answer(request)).replace("GHSA-5555-5555-5555", "")
                    assert not [trace for trace in traces if trace in answer], command.name
        assert harness.chat.rooms == {}
        assert any("insider" in each.headers.get("Authorization", "") for each in harness.world.requests)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())  # noqa: ASYNC240 - the store is closed by now
    assert b"embargo" not in stored
    assert b"v9.9.9" not in stored
    assert not [name for name in DRAFTS if name.encode() in stored]
    assert b"v1.1.0" in stored
