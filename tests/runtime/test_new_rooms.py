"""A room listens from the start or the reload on that configured it: whenever its source answers, and through any restart."""

import json
import signal
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.watches import Room
from chatbot.demo.github.data import Repository
from tests.demo.make import advisory, release
from tests.runtime.bot_process import open_bot
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock
from tests.standins.github.faults import status
from tests.standins.synapse import Synapse

OLD, NEW = room("console"), room("console:new")
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Story:
    """A repository, a clock and a chat that outlive the bot."""

    ferry: Repository
    clock: ManualClock
    folder: Path
    chat: FaultyChat

    def start(self, *rooms: Room, newest: bool = False) -> AbstractAsyncContextManager[Harness]:
        database = self.folder / "bot.db"
        return open_harness(self.ferry, self.clock, database, rooms, chat=self.chat, introduce_newest=newest)

    def publish(self, tag: str) -> None:
        self.ferry.releases.append(release(tag, 0, created_at=self.clock.now, published_at=self.clock.now))

    def warn(self, ghsa: str) -> None:
        self.ferry.advisories.append(advisory(ghsa, 0, created_at=self.clock.now, published_at=self.clock.now))

    def titles(self, at: str = "console:new") -> list[str]:
        return self.chat.titles(at)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n", START)
    return Story(ferry, ManualClock(), tmp_path, FaultyChat())


async def reload(harness: Harness, *rooms: Room) -> None:
    """As SIGHUP does it."""
    harness.services.change(replace(harness.services.config, rooms=rooms))
    await harness.services.listen()


def unreachable(harness: Harness) -> None:
    harness.world.faults.lay("*", status(502))


async def test_a_room_added_by_a_restart_gets_the_first_news_after_it(story: Story) -> None:
    async with story.start(OLD) as harness:
        await harness.run_for()
    story.clock.advance(HOUR)
    story.publish("v1.1.1")  # while the bot is down: the new room was not configured yet
    story.clock.advance(HOUR)
    async with story.start(OLD, NEW) as harness:
        await harness.services.listen()
        story.clock.advance(MINUTE)
        story.publish("v1.1.2")  # between the start and the first look
        story.clock.advance(MINUTE)
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 1.1.2"]
    assert story.titles("console") == ["Ferry 1.1.1", "Ferry 1.1.2"]


@pytest.mark.parametrize("polls", [0, 1, 15])
async def test_a_room_added_by_a_reload_gets_the_first_news_after_it(story: Story, polls: int) -> None:
    async with story.start(OLD) as harness:
        await harness.run_for()
        await reload(harness, OLD, NEW)
        for _ in range(polls):
            story.clock.advance(MINUTE)
            await harness.poll()
        story.clock.advance(MINUTE)
        story.publish("v1.1.1")
        story.warn("GHSA-2222-2222-2222")
        story.clock.advance(timedelta(minutes=5))
        await harness.run_for()
        await harness.run_for()
    assert len(story.titles()) == 2


async def test_news_before_the_reload_stays_unsaid_in_the_new_room(story: Story) -> None:
    async with story.start(OLD) as harness:
        await harness.run_for()
        story.publish("v1.1.1")
        story.clock.advance(MINUTE)
        await reload(harness, OLD, NEW)
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == []
    assert story.titles("console") == ["Ferry 1.1.1"]


async def test_a_room_added_while_its_source_is_down_gets_what_comes_meanwhile(story: Story) -> None:
    async with story.start(OLD) as harness:
        await harness.run_for()
        unreachable(harness)
        story.clock.advance(HOUR)
        await reload(harness, OLD, NEW)
        await harness.poll()
        story.clock.advance(HOUR)
        story.publish("v1.1.1")
    story.clock.advance(HOUR)
    async with story.start(OLD, NEW) as harness:  # it was ended before the source came back
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 1.1.1"]


@pytest.mark.parametrize("restarted", [False, True])
async def test_news_while_a_source_is_down_at_the_very_first_start_is_announced(
    story: Story, *, restarted: bool
) -> None:
    async with story.start(NEW) as harness:
        unreachable(harness)
        await harness.services.listen()
        await harness.poll()
        story.clock.advance(HOUR)
        story.publish("v1.1.1")
        story.warn("GHSA-2222-2222-2222")
        story.clock.advance(HOUR)
        if not restarted:
            harness.world.faults.clear()
            await harness.run_for()
            await harness.run_for()
    if restarted:
        async with story.start(NEW) as harness:
            await harness.run_for()
            await harness.run_for()
    assert len(story.titles()) == 2


async def test_a_clock_that_was_wrong_at_the_first_start_brings_up_no_history(story: Story) -> None:
    right = story.clock.now
    story.clock.now = right - timedelta(days=20_000)
    async with story.start(NEW) as harness:
        unreachable(harness)
        await harness.services.listen()
        await harness.poll()
        story.clock.now = right
        harness.world.faults.clear()
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == []


async def test_a_room_that_was_taken_out_comes_back_silent(story: Story) -> None:
    async with story.start(OLD, NEW) as harness:
        await harness.run_for()
        await reload(harness, OLD)
        story.clock.advance(HOUR)
        story.publish("v1.1.1")
        await harness.run_for()
        story.clock.advance(HOUR)
        await reload(harness, OLD, NEW)
        story.ferry.releases[-1].body = "Fixes, in other words."
        story.clock.advance(MINUTE)
        await harness.run_for()
        story.publish("v1.1.2")
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 1.1.2"]


async def test_a_project_that_was_taken_out_comes_back_silent(story: Story) -> None:
    async with story.start(NEW) as harness:
        await harness.run_for()
        whole = harness.services.config
        harness.services.change(replace(whole, projects=(), rooms=()))
        await harness.services.listen()
        story.clock.advance(HOUR)
        story.publish("v1.1.1")
        story.clock.advance(HOUR)
        harness.services.change(whole)
        await harness.services.listen()
        await harness.run_for()
        story.publish("v1.1.2")
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 1.1.2"]


async def test_packages_added_later_bring_up_no_old_advisories(story: Story) -> None:
    async with story.start(NEW) as harness:
        await harness.run_for()
        flaw = advisory("GHSA-7777-7777-7777", 0, created_at=story.clock.now, published_at=story.clock.now)
        flaw.vulnerabilities = (replace(flaw.vulnerabilities[0], package="tide", ecosystem="npm"),)
        harness.world.advisories.append(flaw)
        story.clock.advance(HOUR)
        project = replace(FERRY, packages=("npm/tide",))
        harness.services.change(replace(harness.services.config, projects=(project,)))
        await harness.services.listen()
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == []


@pytest.mark.parametrize("how", ["first start", "restart", "reload"])
async def test_a_new_room_is_shown_the_newest_release_once(story: Story, how: str) -> None:
    rooms = [NEW] if how == "first start" else [OLD]
    async with story.start(*rooms, newest=how == "first start") as harness:
        await harness.services.listen()
        await harness.run_for()
        if how == "reload":
            harness.services.ingestor.planner.newcomers.introduce = True
            await reload(harness, OLD, NEW)
            await harness.deliver()
            assert story.titles() == ["Ferry 1.1.0"], "at once: it was read often enough"
    async with story.start(*rooms, NEW, newest=True) as harness:
        await harness.services.listen()
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 1.1.0"]
    assert story.titles("console") == []
    assert story.chat.pings == []


async def test_the_newest_release_is_shown_though_the_bot_ended_before_it_was_read_again(story: Story) -> None:
    async with story.start(NEW, newest=True) as harness:
        await harness.services.listen()
        await harness.poll()  # it waits to be read once more
    async with story.start(NEW, newest=True) as harness:
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 1.1.0"]


async def test_where_nothing_was_released_yet_the_first_release_is_ordinary_news(story: Story) -> None:
    story.ferry.releases.clear()
    async with story.start(NEW, newest=True) as harness:
        await harness.services.listen()
        await harness.run_for()
        story.publish("v0.1.0")
        await harness.run_for()
        await harness.run_for()
        story.publish("v0.2.0")
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 0.1.0", "Ferry 0.2.0"]


async def test_a_room_of_the_real_bot_watches_from_a_hangup_on(homeserver: Synapse, tmp_path: Path) -> None:
    """With polls that are longer than all the rest takes: whatever comes first is read first after the reload."""
    async with open_bot(tmp_path, homeserver) as there:
        there.config.write_text(there.config.read_text().replace("poll_seconds = 1", "poll_seconds = 3"))
        await there.start()
        await there.baseline()
        channel = there.discord.room()
        added = f'\n[[rooms]]\naddress = "discord:{channel}"\nprojects = ["ferry"]\n'
        there.config.write_text(there.config.read_text() + added)
        assert there.process is not None
        there.process.send_signal(signal.SIGHUP)
        await there.until(lambda: "configuration reloaded" in there.log.read_text(), "it was reloaded")
        there.publish("v1.0.1")
        await there.until(lambda: len(there.discord.world.posts(channel)) == 1, "the new room is told")
        await there.until(lambda: "rooms checked" in there.log.read_text(), "the rooms were checked")
        entries = [json.loads(line) for line in there.log.read_text().splitlines()]
        (reloaded,) = (line for line in entries if line["event"] == "configuration reloaded")
        assert reloaded["rooms_added"] == [f"discord:{channel}"]
        events = {line["event"] for line in entries}
        assert {"connected to Discord", "logged in to Matrix", "project read", "running"} <= events
        assert any(event.startswith("first start: ") for event in events)
        await there.end(signal.SIGTERM)
        later = there.discord.room()
        there.config.write_text(there.config.read_text() + added.replace(channel, later))
        polls = len(there.world.requests_for("/releases"))
        await there.start()
        await there.until(lambda: len(there.world.requests_for("/releases")) > polls, "it looks")
        there.publish("v1.0.2")
        await there.until(lambda: len(there.discord.world.posts(later)) == 1, "the newest room is told")
