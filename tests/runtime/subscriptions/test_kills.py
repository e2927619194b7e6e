"""A process that ends in the middle of a fan-out, again and again: everybody is alerted once, whatever was cut off."""

import asyncio
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.subscriptions.subscription import Scope
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.store.database.db import open_store
from tests.demo.make import advisory, release
from tests.patience import PATIENCE
from tests.runtime.crashing_bot import lines_of, live
from tests.runtime.subscriptions.people import dm, subscribe_many
from tests.standins import forks
from tests.standins.clock import ManualClock
from tests.standins.failpoints import KILLED, VARIABLE
from tests.standins.github.server import FaultyGitHub, serve

DEATHS = (
    "before slice commit",
    "slice committed",
    "before slice commit:2",
    "sent:40",
    "before mark",
    "slice committed",
)


async def _dies(database: str, github: str, paper: Path, clock: ManualClock, failpoint: str) -> bool:
    process = await forks.start(
        "tests.runtime.crashing_bot:main",
        database,
        github,
        str(paper),
        clock.now.isoformat(),
        "3",
        env={**os.environ, VARIABLE: failpoint},
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(10 * PATIENCE):
        _, output = await process.communicate()
    assert process.returncode in (0, KILLED), output.decode()
    return process.returncode == KILLED


async def _killed_in_a_fan_out(folder: Path, people: int) -> None:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.1.0", 1), release("v1.2.0", 2)]
    database, paper, clock = f"sqlite:///{folder}/bot.db", folder / "rooms.jsonl", ManualClock()
    async with serve(FaultyGitHub(repositories=[ferry], quota_anonymous=100_000), clock) as github:
        await live(database, github, paper, clock.now, 4)
        async with open_store(database) as store:
            await subscribe_many(store, people, [Scope("version", "1.1.0"), Scope("line", "1.1")], clock.now)
        clock.advance(timedelta(minutes=10))
        flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        flaw.vulnerabilities = (Vulnerability(package="ferry", range="< 1.2.0", patched="1.2.0"),)
        ferry.advisories.append(flaw)
        deaths = 0
        for failpoint in DEATHS:
            deaths += await _dies(database, github, paper, clock, failpoint)
            clock.advance(timedelta(minutes=10))
        await live(database, github, paper, clock.now, 4)
    assert deaths >= 2, "some of them came while people were gone through"
    new = Counter(str(line["room"]) for line in lines_of(paper) if ":dm:" in str(line["room"]))
    assert new == dict.fromkeys((dm(number, "console") for number in range(people)), 1)


@pytest.mark.timeout(600)
async def test_some_hundreds_are_alerted_once_though_it_is_killed(tmp_path: Path) -> None:
    await _killed_in_a_fan_out(tmp_path, 900)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_five_thousand_are_alerted_once_though_it_is_killed(tmp_path: Path) -> None:
    await _killed_in_a_fan_out(tmp_path, 5_000)
