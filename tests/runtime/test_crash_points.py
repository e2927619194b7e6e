"""The process is ended at every named point, on both stores: nothing is lost, nothing is said twice.

`make test` does so on SQLite, and on PostgreSQL where a transaction is open or a delivery is under way; `make soak` everywhere.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.subscriptions.subscription import Scope
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.store.database.db import open_store
from tests.demo.make import advisory, release
from tests.patience import PATIENCE
from tests.runtime.crashing_bot import ROOMS, lines_of, live
from tests.runtime.subscriptions.people import dm, subscribe
from tests.standins import forks, postgres
from tests.standins.clock import START, ManualClock
from tests.standins.failpoints import FAILPOINTS, KILLED, VARIABLE, failpoint_of
from tests.standins.github.server import FaultyGitHub, serve
from tests.standins.postgres import on_stores

MINUTE = timedelta(minutes=1)
TITLES = {
    "Ferry 1.0.1": 1,
    "Ferry 1.0.2": 1,
    "Ferry – A mailbox name is not escaped": 1,
}


@dataclass(slots=True)
class Life:
    """One bot through several lives: where it writes, and what surrounds it."""

    database: str
    github: str
    paper: Path
    clock: ManualClock

    async def dies_at(self, failpoint: str) -> bool:
        """Live in a process of its own that ends at the point; whether it got there."""
        process = await forks.start(
            "tests.runtime.crashing_bot:main",
            self.database,
            self.github,
            str(self.paper),
            self.clock().isoformat(),
            "3",
            env={**os.environ, VARIABLE: failpoint},
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            _, output = await process.communicate()
        assert process.returncode in (0, KILLED), output.decode()
        return process.returncode == KILLED

    async def lives(self) -> None:
        await live(self.database, self.github, self.paper, self.clock(), 4)


async def _through(life: Life, ferry: Repository, points: list[str]) -> None:
    """Baseline, two releases, an advisory that edits one of them; a death at each of the points, then a quiet life."""
    await life.lives()
    assert lines_of(life.paper) == []
    async with open_store(life.database) as store:
        await subscribe(store, 1, Scope("project"), life.clock.now, releases="now", chat="console")
        await subscribe(store, 2, Scope("version", "1.0.1"), life.clock.now, chat="console")
    life.clock.advance(10 * MINUTE)
    for tag in ("v1.0.1", "v1.0.2"):
        ferry.releases.append(release(tag, 0, created_at=life.clock.now, published_at=life.clock.now))
    for failpoint in points:
        assert await life.dies_at(failpoint), f"{failpoint} was not reached"
        life.clock.advance(10 * MINUTE)
    await life.lives()
    life.clock.advance(10 * MINUTE)
    flaw = advisory("GHSA-2222-2222-2222", 0, created_at=life.clock.now, published_at=life.clock.now)
    flaw.vulnerabilities = (Vulnerability(package="ferry", range="< 1.0.2", patched="1.0.2"),)
    ferry.advisories.append(flaw)
    for failpoint in points:
        assert await life.dies_at(failpoint), f"{failpoint} was not reached"
        life.clock.advance(10 * MINUTE)
    await life.lives()


def _check_paper(paper: Path) -> None:
    lines = lines_of(paper)
    for room in ROOMS:
        here = [line for line in lines if line["room"] == room]
        new = Counter(str(line["title"]) for line in here if not line["edit"])
        assert new == TITLES, f"{room}: {new}"
        (title,) = {str(line["title"]) for line in here if line["edit"]}
        assert title == "Ferry 1.0.2", "the fixing release was edited to its last revision"
    for number, alerts in ((1, 3), (2, 1)):
        titles = [str(line["title"]) for line in lines if line["room"] == dm(number, "console") and not line["edit"]]
        assert len(titles) == len(set(titles)) == alerts, titles


@pytest.mark.parametrize(("failpoint", "store"), on_stores(FAILPOINTS, "before commit", "sent", "before mark"))
async def test_a_death_at_a_point_loses_nothing_and_repeats_nothing(
    failpoint: str, store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    await _dies(store, [failpoint], request, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
@pytest.mark.parametrize("failpoint", ["claimed", "sent", "before mark", "recorded"])
async def test_many_deaths_at_a_point(
    failpoint: str, store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    await _dies(store, [failpoint, f"{failpoint}:1", failpoint], request, tmp_path)


async def _dies(store: str, points: list[str], request: pytest.FixtureRequest, tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    url = f"sqlite:///{tmp_path}/bot.db"
    if store == "postgres":
        url = await postgres.new_database(request.getfixturevalue("postgres_server"))
    clock = ManualClock()
    async with serve(FaultyGitHub(repositories=[ferry], quota_anonymous=100_000), clock) as github:
        await _through(Life(url, github, tmp_path / "rooms.jsonl", clock), ferry, points)
    _check_paper(tmp_path / "rooms.jsonl")


def test_an_unknown_point_is_refused() -> None:
    with pytest.raises(ValueError, match="none of: parsing, fetched"):
        failpoint_of({VARIABLE: "somewhere"})
