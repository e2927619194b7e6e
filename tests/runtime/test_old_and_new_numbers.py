"""Old releases that are published late come as one message; a project that counts again is followed, and its maintainers told."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.demo.github.data import Repository
from tests.demo.conftest import Hands, release
from tests.runtime.walk import EVERYTHING, FERRY, room, walking

CONSOLE, OPS = room("console", EVERYTHING), "console:ops"
YEARS = timedelta(days=900)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v5.0.0", 1), release("v5.1.0", 2)]
    return of


async def test_old_releases_that_come_one_by_one_are_one_message(
    ferry: Repository, clock: Hands, tmp_path: Path
) -> None:
    async with walking(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as walk:
        await walk.pass_by()
        for number in range(8):
            clock.tick(timedelta(hours=1))
            ferry.releases.append(release(f"v1.0.{number}", 0, created_at=clock.now - YEARS, published_at=clock.now))
            await walk.pass_by()
        ferry.releases.append(release("v5.1.1", 0, created_at=clock.now, published_at=clock.now))
        await walk.pass_by()
        assert walk.chat.titles("console") == ["Ferry – 8 versions published late", "Ferry 5.1.1 – patch release"]
        assert walk.chat.rooms["console"][0].edits == 7
        assert not walk.chat.pings


async def test_the_maintainers_are_told_once_that_counting_began_again(
    ferry: Repository, clock: Hands, tmp_path: Path
) -> None:
    ferry.releases = [release("2030.11.0", 1), release("2030.12.3", 2)]
    project = replace(FERRY, maintainers_room=OPS)
    async with walking(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=project) as walk:
        await walk.pass_by()
        for tag in ("3.0.0", "3.1.0"):
            clock.tick(timedelta(days=3))
            ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))
            await walk.pass_by()
        assert walk.chat.titles("console") == ["Ferry 3.0.0 – major release", "Ferry 3.1.0 – minor release"]
        assert not any(
            "Not the newest" in each.label for posted in walk.chat.rooms["console"] for each in posted.message.fields
        )
        assert walk.chat.titles(OPS) == ["Ferry counts its versions again"]
        words = repr(walk.chat.rooms[OPS][0].message)
        assert "2030.12.3" in words
        assert "3.0.0" in words
