"""What the bot says of its own health, and when it lets the outside know that all is well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatUnavailable, SourceUnavailable
from chatbot.runtime.ops.health import Health
from chatbot.runtime.supervisor import Supervisor
from chatbot.store import outbox
from chatbot.store.database.db import open_store
from tests.demo.make import release
from tests.runtime.disk import full
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Outside:
    """Who hears that all is well. `deaf`: it does not answer."""

    pings: int = 0
    deaf: bool = False
    stopped: dict[str, str] = field(default_factory=lambda: {"console": ""})

    async def ping(self) -> None:
        self.pings += 1
        if self.deaf:
            raise SourceUnavailable("no answer")

    def health(self, harness: Harness) -> Health:
        config, freshness = harness.services.config, harness.services.freshness
        return Health(
            store=harness.services.store,
            clock=harness.clock,
            projects=lambda: config.projects,
            stopped=lambda: self.stopped,
            polled=lambda: freshness.waiting,
            ping=self.ping,
        )


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Harness, Repository]]:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    async with open_harness(ferry, ManualClock(), folder / "bot.db", [room("console")], chat=FaultyChat()) as harness:
        await harness.run_for()
        yield harness, ferry


async def test_while_all_is_well_the_monitor_outside_gets_requests(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, _):
        outside = Outside(deaf=True)
        health = outside.health(harness)
        assert (await health.look()).wrong == []
        await health.beat()
        await health.beat()
        assert outside.pings == 2


async def test_a_source_that_nobody_reads_is_named_until_it_is_read_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, _):
        outside = Outside()
        health = outside.health(harness)
        harness.clock.advance(2 * HOUR)
        await health.beat()
        assert outside.pings == 0
        assert any("github-releases:ferry was last read 12" in sentence for sentence in (await health.look()).wrong)
        await harness.poll()
        await health.beat()
        assert outside.pings == 1


async def test_an_unwritten_poll_counts(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, _):
        harness.clock.advance(2 * HOUR)
        for watch in harness.services.pollers:
            harness.services.freshness.note_poll(ProjectId("ferry"), watch.source.name, harness.clock())
        assert (await Outside().health(harness).look()).wrong == []


async def test_what_is_due_and_not_sent_is_reported_and_what_only_waits_for_its_time_is_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, ferry):
        health = Outside().health(harness)
        harness.clock.advance(MINUTE)
        ferry.releases.append(release("v1.0.1", 0, created_at=harness.clock.now, published_at=harness.clock.now))
        harness.chat.failures = [ChatUnavailable("503", HOUR)]
        await harness.run_for()
        (chat,) = (await health.look()).chats
        assert (chat.wrong, chat.oldest_pending) == ("", timedelta())
        harness.clock.advance(HOUR - 2 * MINUTE)
        await harness.poll()
        assert (await health.look()).wrong == []
        harness.clock.advance(HOUR / 2)
        await harness.poll()
        (wrong,) = (await health.look()).wrong
        assert wrong == "console accepts no messages: the oldest has been waiting for 28 minutes"


async def test_days_of_failed_attempts_are_reported_though_each_is_tried_again_later(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, ferry):
        outside = Outside()
        health = outside.health(harness)
        harness.clock.advance(MINUTE)
        ferry.releases.append(release("v1.0.1", 0, created_at=harness.clock.now, published_at=harness.clock.now))
        harness.chat.failures = [ChatUnavailable("502") for _ in range(1000)]
        for _ in range(40):
            await harness.run_for()
        (wrong,) = (await health.look()).wrong
        assert "console accepts no messages" in wrong
        await health.beat()
        assert outside.pings == 0
        harness.chat.failures.clear()
        for _ in range(70):
            await harness.run_for()
        await health.beat()
        assert (outside.pings, harness.chat.titles("console")) == (1, ["Ferry 1.0.1"])


async def test_what_waits_behind_one_that_was_asked_to_wait_is_well(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, ferry):
        health = Outside().health(harness)
        harness.clock.advance(MINUTE)
        ferry.releases.append(release("v1.0.1", 0, created_at=harness.clock.now, published_at=harness.clock.now))
        harness.chat.failures = [ChatUnavailable("slow mode", HOUR)]
        await harness.run_for()
        ferry.releases.append(release("v1.0.2", 0, created_at=harness.clock.now, published_at=harness.clock.now))
        await harness.run_for()
        harness.clock.advance(HOUR / 2)
        await harness.poll()
        assert (await health.look()).wrong == []


async def test_a_long_backlog_that_moves_is_well(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, _):
        health = Outside().health(harness)
        planned_messages = [
            PlannedMessage(
                project=ProjectId("ferry"),
                subject=f"release/ferry/v{number}",
                kind="new",
                message=Message(title=str(number), tone=Tone.ROUTINE),
                lane=Lane.ROUTINE,
                revisions={RoomAddress("console"): 1},
            )
            for number in range(3)
        ]
        async with harness.services.store.writing() as tx:
            await outbox.add(tx, planned_messages, harness.clock())
        for _ in range(2):
            harness.clock.advance(HOUR / 2)
            async with harness.services.store.writing() as tx:
                (one,) = await outbox.claim(tx, "console", harness.clock(), 1)
                await outbox.record_sent(tx, [(one, "ref")], harness.clock())
            await harness.poll()
            assert (await health.look()).wrong == []
        harness.clock.advance(HOUR / 2)
        await harness.poll()
        (wrong,) = (await health.look()).wrong
        assert "accepts no messages: the oldest has been waiting for 30 minutes" in wrong


async def test_a_full_disk_is_reported_though_it_can_be_read(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, ferry):
        outside = Outside()
        health = outside.health(harness)
        with full(harness.services.store):
            notes = "Many words. " * 20_000
            ferry.releases.append(
                release("v1.0.1", 0, body=notes, created_at=harness.clock.now, published_at=harness.clock.now)
            )
            await harness.run_for()
            (wrong,) = (await health.look()).wrong
            assert "is full: free some space" in wrong
            await health.beat()
        await harness.run_for()
        await health.beat()
        assert outside.pings == 1


async def test_a_stopped_chat_says_what_to_fix(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, _):
        outside = Outside(stopped={"console": "the token was revoked: set another"})
        assert (await outside.health(harness).look()).wrong == [
            "console is stopped: the token was revoked: set another"
        ]


async def test_a_store_that_is_away_is_the_only_thing_reported(tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, _), open_store(f"sqlite:///{tmp_path}/other.db") as other:
        outside = Outside()
        health = outside.health(harness)
        health.store = other
        (tmp_path / "other.db").unlink()
        (tmp_path / "other.db").mkdir()
        await other.engine.dispose()
        state = await health.look()
        assert state.chats == ()
        (wrong,) = state.wrong
        assert "other.db cannot be opened" in wrong


@pytest.mark.parametrize("url", ["/well", ""])
async def test_the_configured_address_is_asked(url: str, tmp_path: Path) -> None:
    async with opened(tmp_path) as (harness, _):
        harness.services.config = replace(
            harness.services.config, deadman_url=url and f"{harness.services.config.api_url}{url}"
        )
        await Supervisor(harness.services, [harness.chat]).health().beat()
        assert len(harness.world.requests_for("/well")) == (1 if url else 0)
