"""Old releases that are published late come as one message; a project that counts again is followed, and its maintainers told."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.runtime.harness import EVERYTHING, FERRY, open_harness, room
from tests.standins.clock import ManualClock

CONSOLE, OPS = room("console", EVERYTHING), RoomAddress("console:ops")
YEARS = timedelta(days=900)


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v5.0.0", 1), release("v5.1.0", 2)]
    return of


async def test_old_releases_that_come_one_by_one_are_one_message(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        for number in range(8):
            clock.advance(timedelta(hours=1))
            ferry.releases.append(release(f"v1.0.{number}", 0, created_at=clock.now - YEARS, published_at=clock.now))
            await harness.run_for()
        ferry.releases.append(release("v5.1.1", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry – 8 versions published late", "Ferry 5.1.1"]
        assert harness.chat.rooms["console"][0].edits == 7
        assert not harness.chat.pings


async def test_the_maintainers_are_notified_once_that_counting_began_again(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    ferry.releases = [release("2030.11.0", 1), release("2030.12.3", 2)]
    project = replace(FERRY, maintainers_room=OPS)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=project) as harness:
        await harness.run_for()
        for tag in ("3.0.0", "3.1.0"):
            clock.advance(timedelta(days=3))
            ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))
            await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 3.0.0", "Ferry 3.1.0"]
        assert not any(
            "Not the newest" in each.label for posted in harness.chat.rooms["console"] for each in posted.message.fields
        )
        assert harness.chat.titles(OPS) == ["Ferry counts its versions again"]
        words = repr(harness.chat.rooms[OPS][0].message)
        assert "2030.12.3" in words
        assert "3.0.0" in words
