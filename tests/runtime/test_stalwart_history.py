"""The pipeline on real material: Stalwart's recorded tags, notes, policy pages and advisories, revealed moment by moment."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project, WatchFilter
from tests.demo import stalwart
from tests.runtime.harness import MINUTE, Harness, open_beside, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

pytestmark = pytest.mark.skipif(not stalwart.HERE, reason=stalwart.WHY_NOT)

STALWART = Project(id=ProjectId("mail"), name="Mail", repository="stalwartlabs/stalwart")
KNOWN_BEFORE = 60  # releases that were out when the bot came
CONSOLE = room("console", WatchFilter(), [ProjectId("mail")])


async def _live_on(harness: Harness, clock: ManualClock, after: int) -> list[str]:
    """Let history happen release by release, and return the tags in the order of their publication."""
    repository = harness.world.repositories[0]
    tags: list[str] = []
    for each in sorted(stalwart.releases(), key=lambda each: each.published_at)[after:]:
        clock.now = max(clock.now, each.published_at)
        tags += stalwart.reveal(repository, clock.now)
        await harness.run_for(MINUTE)
    return tags


async def test_every_release_after_the_baseline_is_announced_once_in_order(clock: ManualClock, tmp_path: Path) -> None:
    repository = stalwart.repository()
    history = sorted(stalwart.releases(), key=lambda each: each.published_at)
    clock.now = history[KNOWN_BEFORE - 1].published_at + timedelta(seconds=30)
    stalwart.reveal(repository, clock.now)
    expected = {each.tag: each for each in history}
    async with open_harness(repository, clock, tmp_path / "bot.db", [CONSOLE], project=STALWART) as harness:
        await harness.run_for()
        assert harness.chat.rooms == {}
        tags = await _live_on(harness, clock, KNOWN_BEFORE)
        clock.advance(timedelta(days=2))
        stalwart.reveal(repository, clock.now)
        await harness.run_for()
        posts = harness.chat.rooms["console"]
        releases = [post for post in posts if post.message.url.partition("/releases/tag/")[1]]
        assert [post.message.url.rpartition("/")[2] for post in releases] == tags
        for post in releases:
            each = expected[post.message.url.rpartition("/")[2]]
            assert post.message.title == f"Mail {each.version}"
            kind = "Security release" if each.ghsa else f"{each.kind.capitalize()} release"
            assert post.message.label.partition(" · ")[0].removeprefix("Urgent ").capitalize() == kind
        advisories = [post for post in posts if "/security/advisories/" in post.message.url]
        began = history[KNOWN_BEFORE - 1].published_at + MINUTE
        revealed = [each.ghsa for each in stalwart.advisories() if each.published_at and each.published_at > began]
        assert sorted(post.message.url.rpartition("/")[2] for post in advisories) == sorted(revealed)
        policies = [post for post in posts if "policy changed" in post.message.title]
        assert len(policies) == len({post.announcement for post in policies})


async def test_two_pipelines_that_poll_at_the_same_time_announce_once(clock: ManualClock, tmp_path: Path) -> None:
    repository = stalwart.repository()
    history = sorted(stalwart.releases(), key=lambda each: each.published_at)
    clock.now = history[-2].published_at + timedelta(seconds=30)
    stalwart.reveal(repository, clock.now)
    chat = FaultyChat()
    async with open_harness(repository, clock, tmp_path / "bot.db", [CONSOLE], project=STALWART, chat=chat) as harness:
        await harness.run_for()
        clock.now = max(clock.now, history[-1].published_at)
        stalwart.reveal(repository, clock.now)
        clock.advance(MINUTE)
        async with open_beside(harness) as other:
            for _ in range(3):
                clock.advance(MINUTE)
                looks = [watch.look() for services in (harness, other) for watch in services.services.pollers]
                await asyncio.gather(*looks)
                await asyncio.gather(harness.deliver(), other.deliver())
        titles = [f"Mail {history[-1].version}", "Mail – security policy changed"]
        assert sorted(chat.titles("console")) == titles
        assert len(set(chat.attempts)) == len(titles)
