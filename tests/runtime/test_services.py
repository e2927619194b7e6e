"""The whole pipeline: from what GitHub publishes to what a room shows."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Tone
from chatbot.core.model.watches import WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import ChatRefused, ChatUnavailable, MessageRejected
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock

CONSOLE = room("console")


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    of.commit(
        "SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n| < 1.1 | no |\n", START
    )
    return of


def published(ferry: Repository, clock: ManualClock, tag: str, **more: object) -> None:
    ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now, **more))


async def test_what_was_there_before_is_known_and_never_announced(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.rooms == {}
        answer = await harness.services.answers.answer(
            CommandRequest(command="latest", asker=RoomAddress("console:user"), asked_at=clock.now)
        )
        assert "1.1.0" in answer.title


async def test_a_new_release_is_announced_once_in_each_room(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    rooms = [CONSOLE, room("console:quiet", WatchFilter(events=frozenset({"security"})))]
    async with open_harness(ferry, clock, tmp_path / "bot.db", rooms) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        published(ferry, clock, "v1.1.1")
        await harness.poll()
        await harness.deliver()
        assert harness.chat.rooms == {}, "it is read once more before it is announced"
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 1.1.1"]
        assert harness.chat.titles("console:quiet") == []
        assert harness.chat.pings == []


async def test_a_restart_posts_nothing_twice_and_loses_nothing(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat()
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], chat=chat) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        published(ferry, clock, "v1.1.1")
        await harness.run_for()
    clock.advance(timedelta(hours=3))
    published(ferry, clock, "v1.1.2")  # while the bot is down
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], chat=chat) as harness:
        await harness.run_for()
        await harness.run_for()
    assert chat.titles("console") == ["Ferry 1.1.1", "Ferry 1.1.2"]


async def test_a_late_advisory_edits_the_release_and_pings_once(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        published(ferry, clock, "v1.1.1")
        await harness.run_for()
        clock.advance(timedelta(days=4))
        flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        flaw.vulnerabilities = (type(flaw.vulnerabilities[0])(package="ferry", range="< 1.1.1", patched="1.1.1"),)
        ferry.advisories.append(flaw)
        await harness.run_for()
        await harness.run_for()
        assert len(harness.chat.rooms["console"]) == 2
        earlier, news = harness.chat.rooms["console"]
        assert (earlier.message.title, earlier.message.label) == ("Ferry 1.1.1", "Security release · High")
        assert earlier.edits == 1
        assert news.message.tone is Tone.SECURITY
        assert harness.chat.pings == [("console", news.announcement)]


@pytest.mark.parametrize(
    "failures",
    [
        [ChatUnavailable("502", timedelta(minutes=1))],
        [ChatUnavailable("dropped", doubtful=True)],
        [ChatUnavailable("1"), ChatUnavailable("2"), ChatUnavailable("3")],
        [ChatRefused("the bot may not write here: give it Send Messages")],
    ],
)
async def test_an_outage_delays_the_message_and_loses_nothing(
    failures: list[Exception], ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        published(ferry, clock, "v1.1.1")
        harness.chat.failures = list(failures)
        await harness.run_for()
        for _ in range(6):
            clock.advance(timedelta(minutes=20))
            await harness.deliver()
        assert harness.chat.titles("console") == ["Ferry 1.1.1"]


async def test_a_message_that_arrived_in_spite_of_the_error_is_not_repeated(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        published(ferry, clock, "v1.1.1")
        harness.chat.late_failures = [ChatUnavailable("the connection broke", doubtful=True)]
        await harness.run_for()
        clock.advance(timedelta(hours=1))
        await harness.deliver()
        assert harness.chat.titles("console") == ["Ferry 1.1.1"]


async def test_one_poisoned_message_does_not_block_its_room(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        published(ferry, clock, "v1.1.1")
        harness.chat.failures = [MessageRejected("the embed is malformed")]
        await harness.run_for()
        published(ferry, clock, "v1.1.2")
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 1.1.2"]


def struck(harness: Harness) -> bool:
    return harness.chat.rooms["console"][0].message.struck


async def test_a_removed_release_is_struck_through_only_when_twice_not_found(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        published(ferry, clock, "v1.1.1")
        await harness.run_for()
        removed = ferry.releases.pop()
        clock.advance(timedelta(days=1))  # every page is read daily
        await harness.poll()
        clock.advance(MINUTE)
        await harness.poll()
        await harness.deliver()
        assert not struck(harness)
        clock.advance(timedelta(minutes=11))
        await harness.poll()
        await harness.run_for()
        assert struck(harness)
        ferry.releases.append(removed)
        await harness.run_for()
        await harness.run_for()
        assert not struck(harness)
        news, reply = harness.chat.rooms["console"]
        assert reply.reply_to == news.reference
        assert reply.message.title == "Ferry 1.1.1 is published again"


async def test_a_changed_policy_is_announced_in_sentences_and_reformatting_is_not(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        ferry.commit(
            "SECURITY.md", "# Security\n\n| Version | Supported |\n|:-|:-|\n|1.1.x|Yes|\n| < 1.1|No|\n", clock.now
        )
        await harness.run_for()
        assert harness.chat.rooms == {}
        clock.advance(MINUTE)
        ferry.commit(
            "SECURITY.md",
            "# Security\n\n| Version | Supported |\n|---|---|\n| 1.2.x | yes |\n| 1.1.x | no |\n| < 1.1 | no |\n",
            clock.now,
        )
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry – security policy changed"]
        body = repr(harness.chat.rooms["console"][0].message.body)
        assert "1.2" in body
        assert "1.1" in body


async def test_an_unreadable_page_leaves_every_question_open(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        ferry.commit("SECURITY.md", "\x00\x01 not words", clock.now)
        await harness.run_for()
        ask = CommandRequest(
            command="supported", arguments={"version": "1.1.0"}, asker=RoomAddress("console:user"), asked_at=clock.now
        )
        answer = await harness.services.answers.answer(ask)
        assert answer.title == "I can't tell whether Ferry 1.1.0 is supported"
        assert "cannot be read" in repr(answer.small)
        assert harness.chat.rooms == {}


async def test_the_catalogue_of_exploited_cves_escalates_what_was_posted_and_pings_once(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], catalogue=True) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        ferry.advisories.append(advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        await harness.run_for()
        assert len(harness.chat.pings) == 1
        clock.advance(timedelta(days=2))
        harness.world.kev = ["CVE-2031-0001"]
        await harness.run_for()
        await harness.run_for()
        news, reply = harness.chat.rooms["console"]
        assert "Known exploited" in news.message.label
        assert reply.reply_to == news.reference
        assert len(harness.chat.pings) == 2


async def test_a_package_of_the_project_brings_its_own_advisories(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    project = replace(FERRY, packages=("npm/tide",))
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=project) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        flaw = advisory("GHSA-7777-7777-7777", 0, created_at=clock.now, published_at=clock.now, summary="Tide leaks")
        flaw.vulnerabilities = (Vulnerability(package="tide", ecosystem="npm", range="< 2.0.0", patched="2.0.0"),)
        harness.world.advisories.append(flaw)
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry – Tide leaks"]
