"""After a long absence: many routine releases become one message, which is kept true; security is never summarised away."""

from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import ChatRefused
from tests.demo.make import advisory, release
from tests.runtime.harness import EVERYTHING, MINUTE, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

CONSOLE = room("console", EVERYTHING)


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    return of


async def _away(ferry: Repository, clock: ManualClock, database: Path, chat: FaultyChat, *tags: str) -> None:
    """Let the bot learn what there is, and let these be published while it is gone."""
    async with open_harness(ferry, clock, database, [CONSOLE], chat=chat) as harness:
        await harness.run_for()
    for tag in tags:
        clock.advance(timedelta(days=1))
        ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))
    clock.advance(timedelta(days=1))


async def test_five_are_announced_singly(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    chat, tags = FaultyChat(), [f"v1.1.{number}" for number in range(1, 6)]
    await _away(ferry, clock, tmp_path / "bot.db", chat, *tags)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], chat=chat) as harness:
        await harness.run_for()
    assert chat.titles("console") == [f"Ferry 1.1.{number}" for number in range(1, 6)]


async def test_more_are_one_message_that_is_kept_true(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    chat, tags = FaultyChat(), [f"v1.1.{number}" for number in range(1, 8)]
    await _away(ferry, clock, tmp_path / "bot.db", chat, *tags)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], chat=chat) as harness:
        await harness.run_for()
        await harness.run_for()
        (title,) = chat.titles("console")
        assert title.startswith("Ferry – 7 new releases while I was away (")
        assert chat.rooms["console"][0].edits == 0
        clock.advance(timedelta(days=2))
        flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        flaw.vulnerabilities = (Vulnerability(package="ferry", range="< 1.1.4", patched="1.1.4"),)
        ferry.advisories.append(flaw)
        await harness.run_for()
        await harness.run_for()
        listing, news = chat.rooms["console"]
        assert listing.edits == 1
        assert "fixes GHSA-2222-2222-2222 (high)" in repr(listing.message.body)
        assert news.message.tone == "security"
        assert len(chat.pings) == 1
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], chat=chat) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for(MINUTE)
        assert chat.titles("console")[2:] == ["Ferry 1.2.0"]


async def test_security_is_never_summarised_away(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    chat, tags = FaultyChat(), [f"v1.1.{number}" for number in range(1, 8)]
    await _away(ferry, clock, tmp_path / "bot.db", chat, *tags)
    flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
    flaw.vulnerabilities = (Vulnerability(package="ferry", range="< 1.1.4", patched="1.1.4"),)
    ferry.advisories.append(flaw)
    clock.advance(MINUTE)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], chat=chat) as harness:
        await harness.services.pollers[1].look()  # the advisories are read first
        await harness.run_for()
        await harness.run_for()
    titles = chat.titles("console")
    assert [title for title in titles if title.startswith("Ferry – 6 new releases while I was away (")]
    assert dict(zip(titles, chat.labels("console"), strict=True))["Ferry 1.1.4"] == "Security release · High"
    assert len(titles) == 3


async def test_a_room_that_is_back_gets_security_in_full_and_the_rest_as_one(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        harness.chat.failures = [ChatRefused("the bot may not write here: give it Send Messages") for _ in range(60)]
        for number in range(1, 10):
            clock.advance(timedelta(hours=2))
            ferry.releases.append(release(f"v1.1.{number}", 0, created_at=clock.now, published_at=clock.now))
            await harness.run_for()
        flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        ferry.advisories.append(flaw)
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.rooms == {}
        harness.chat.failures = []
        for _ in range(4):
            clock.advance(timedelta(hours=2))
            await harness.deliver()
        titles = harness.chat.titles("console")
        assert titles[0] == "Ferry – A mailbox name is not escaped", "the most urgent tries the room"
        assert titles[1:] == ["Ferry – 9 new releases"]
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == titles
