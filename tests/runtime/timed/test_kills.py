"""The process is ended between collecting, sending and marking of a digest, its correction and a reminder: nothing is lost or
repeated."""

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.demo.github.data import Repository, Vulnerability
from tests.demo.make import advisory, release
from tests.patience import PATIENCE
from tests.runtime.crashing_bot import lines_of
from tests.runtime.timed.clock_bot import ROOMS, live
from tests.standins import forks, postgres
from tests.standins.clock import ManualClock
from tests.standins.failpoints import KILLED, VARIABLE
from tests.standins.github.server import FaultyGitHub, serve
from tests.standins.postgres import on_stores

BEGIN = datetime(2031, 3, 3, 12, 0, tzinfo=UTC)
PAGE = "# Security\n\n| Version | Supported | Until |\n|---|---|---|\n| 1.0.x | yes | 2031-04-03 |\n"
NEW = {
    "Ferry – 2 new releases": 1,
    "Ferry – A mailbox name is not escaped": 1,
    "Support of Ferry 1.0.x ends in 30 days": 1,
}
AT_THE_HOUR = ("digest written", "digest committed", "reminders written", "claimed", "sent", "before mark", "recorded")
LATER = ("digest corrected", "before commit", "sent", "before mark")


async def _dies_at(point: str, *arguments: str) -> bool:
    """Live in a process of its own that ends at the point; whether it got there."""
    process = await forks.start(
        "tests.runtime.timed.clock_bot:main",
        *arguments,
        env={**os.environ, VARIABLE: point},
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        _, output = await process.communicate()
    assert process.returncode in (0, KILLED), output.decode()
    return process.returncode == KILLED


@pytest.mark.parametrize(("point", "store"), on_stores((*AT_THE_HOUR, "digest corrected"), "digest written"))
async def test_a_digest_is_posted_once(point: str, store: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", PAGE, BEGIN - timedelta(days=9))
    url = f"sqlite:///{tmp_path}/bot.db"
    if store == "postgres":
        url = await postgres.new_database(request.getfixturevalue("postgres_server"))
    clock, paper = ManualClock(BEGIN), tmp_path / "rooms.jsonl"
    async with serve(FaultyGitHub(repositories=[ferry], quota_anonymous=100_000), clock) as github:

        async def lives() -> None:
            await live(url, github, paper, clock.now, 4)

        async def dies() -> None:
            assert await _dies_at(point, url, github, str(paper), clock.now.isoformat(), "3"), (
                f"{point} was not reached"
            )
            clock.advance(timedelta(minutes=20))

        await lives()
        clock.advance(timedelta(minutes=10))
        for tag in ("v1.0.1", "v1.0.2"):
            ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))
        await lives()
        assert lines_of(paper) == []
        clock.now = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
        if point in AT_THE_HOUR:
            await dies()
        await lives()
        clock.advance(timedelta(hours=1))
        flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        flaw.vulnerabilities = (Vulnerability(package="ferry", range="< 1.0.2", patched="1.0.2"),)
        ferry.advisories.append(flaw)
        if point in LATER:
            await dies()
        await lives()
    lines = lines_of(paper)
    for at in ROOMS:
        here = [line for line in lines if line["room"] == at]
        assert Counter(str(line["title"]) for line in here if not line["edit"]) == NEW
        assert {str(line["title"]) for line in here if line["edit"]} == {"Ferry – 2 new releases"}
