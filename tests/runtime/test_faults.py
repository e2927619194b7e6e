"""Faults of the machine under the whole pipeline: clocks that jump, disks that are full, files that are torn."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chatbot.core.delivery import State
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatUnavailable
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.store.database.db import open_store
from chatbot.store.outbox import deliveries
from tests.demo.make import release
from tests.runtime.disk import full
from tests.runtime.harness import FERRY, MINUTE, SETTLE, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock
from tests.standins.github.server import FaultyGitHub, serve

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def numbers(chat: FaultyChat) -> list[str]:
    return [title.split()[1] for title in chat.titles("console")]


# ---- clocks ---------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Skewed:
    """Our own clock: GitHub's, and what it is wrong by."""

    true: ManualClock
    wrong_by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return self.true() + self.wrong_by


@asynccontextmanager
async def skewed(ferry_with_policy: Repository, clock: Skewed, folder: Path) -> AsyncIterator[Services]:
    async with serve(FaultyGitHub(repositories=[ferry_with_policy], quota_anonymous=100_000), clock.true) as url:
        config = ServicesConfig(
            database=f"sqlite:///{folder}/bot.db",
            projects=(FERRY,),
            rooms=(room("console"),),
            api_url=url,
            web_url=url,
            token=None,
            poll_seconds=60,
            settle=SETTLE,
            per_second=1e6,
        )
        async with open_services(config, clock) as services:
            yield services


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, -DAY, timedelta(seconds=1), -timedelta(seconds=1)])
async def test_a_clock_that_jumps_and_comes_back_loses_nothing_and_repeats_nothing(
    jump: timedelta, ferry_with_policy: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    ours, chat = Skewed(clock), FaultyChat()

    async def pass_by(services: Services) -> None:
        for _ in range(2):
            clock.advance(MINUTE)
            await services.look_once()
            await sending.drain()

    def publish(tag: str) -> None:
        ferry_with_policy.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))

    async with skewed(ferry_with_policy, ours, tmp_path) as services:
        sending = Delivery(chat=chat, store=services.store, clock=ours, failpoint=services.config.failpoint)
        await pass_by(services)
        publish("v1.0.1")
        clock.advance(MINUTE)
        await services.look_once()
        ours.wrong_by = jump  # between the first look and the second
        await pass_by(services)
        publish("v1.0.2")
        await pass_by(services)
        chat.failures = [ChatUnavailable("502")]
        publish("v1.0.3")
        await pass_by(services)
        ours.wrong_by = timedelta()
        publish("v1.0.4")
        for _ in range(2):  # nothing waits for the hours that a clock had given which ran ahead
            await pass_by(services)
    assert sorted(numbers(chat)) == ["1.0.1", "1.0.2", "1.0.3", "1.0.4"], "each once, and soon"


# ---- disks ----------------------------------------------------------------------------------------------------------------


async def test_a_full_disk_marks_nothing_as_seen_and_fixes_by_itself(
    ferry_with_policy: Repository, clock: ManualClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_harness(ferry_with_policy, clock, tmp_path / "bot.db", [room("console")]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        notes = "What it repairs. " * 5000
        for tag in ("v1.0.1", "v1.0.2"):
            ferry_with_policy.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now, body=notes))
        with full(harness.services.store):
            for _ in range(3):
                clock.advance(MINUTE)
                await harness.poll()
        assert harness.chat.rooms == {}
        assert "is full: free some space" in capsys.readouterr().out
        await harness.run_for()
        assert numbers(harness.chat) == ["1.0.1", "1.0.2"]


async def test_a_torn_log_of_the_database_costs_at_most_what_was_not_written(
    ferry_with_policy: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """As after a power cut: whatever is left of the write-ahead log, the store opens whole, at an earlier moment."""
    copies = tmp_path / "copies"
    copies.mkdir()
    async with open_harness(ferry_with_policy, clock, tmp_path / "bot.db", [room("console")]) as harness:
        await harness.run_for()
        for tag in ("v1.0.1", "v1.0.2", "v1.0.3"):
            clock.advance(MINUTE)
            ferry_with_policy.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))
            await harness.run_for()
        for part in ("bot.db", "bot.db-wal"):
            shutil.copyfile(tmp_path / part, copies / part)
    whole = (copies / "bot.db-wal").read_bytes()
    base = (copies / "bot.db").read_bytes()
    counts: list[int] = []
    for cut in [*range(0, len(whole), max(512, len(whole) // 40 // 512 * 512)), len(whole)]:
        (copies / "bot.db").write_bytes(base)
        (copies / "bot.db-wal").write_bytes(whole[:cut])
        (copies / "bot.db-shm").unlink(missing_ok=True)
        async with open_store(f"sqlite:///{copies}/bot.db") as store, store.reading() as tx:
            counts.append(len(await deliveries.listing(tx, list(State))))
    assert counts == sorted(counts)
    assert counts[-1] == 3
