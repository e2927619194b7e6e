"""The process is ended between what a registry said and what follows from it: the news is announced once, and edited to its end."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.patience import PATIENCE
from tests.runtime.crashing_bot import lines_of
from tests.runtime.images.images_bot import IMAGE, live
from tests.standins import forks
from tests.standins.clock import ManualClock
from tests.standins.failpoints import KILLED, OF_IMAGES, VARIABLE
from tests.standins.github.server import FaultyGitHub
from tests.standins.github.server import serve as serve_github
from tests.standins.registry.server import Registry
from tests.standins.registry.server import serve as serve_registry

BEGIN = datetime(2031, 3, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("point", OF_IMAGES)
async def test_a_death_between_an_image_and_its_news_loses_and_repeats_nothing(point: str, tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1)]
    clock, paper, registry = ManualClock(BEGIN), tmp_path / "rooms.jsonl", Registry()
    content = registry.repository(IMAGE)
    world = FaultyGitHub(repositories=[ferry], quota_anonymous=100_000)
    async with serve_github(world, clock) as github, serve_registry(registry) as host:
        arguments = (f"sqlite:///{tmp_path}/bot.db", github, host)

        async def lives() -> None:
            await live(*arguments, paper, clock.now, 3)
            clock.advance(timedelta(minutes=5))

        async def dies() -> None:
            process = await forks.start(
                "tests.runtime.images.images_bot:main",
                *arguments,
                str(paper),
                clock.now.isoformat(),
                "3",
                env={**os.environ, VARIABLE: point},
                stderr=asyncio.subprocess.PIPE,
            )
            async with asyncio.timeout(PATIENCE):
                _, output = await process.communicate()
            assert process.returncode == KILLED, output.decode()
            clock.advance(timedelta(minutes=5))

        await lives()
        ferry.releases.append(release("v1.1.0", 0, created_at=clock.now, published_at=clock.now))
        await lives()
        content.push("v1.1.0", ["linux/amd64"])
        await lives()
        assert lines_of(paper) == []
        content.push("v1.1.0", ["linux/amd64", "linux/arm64"])
        await dies()
        await lives()
    assert [(line["title"], line["edit"]) for line in lines_of(paper)] == [("Ferry 1.1.0", False)]
