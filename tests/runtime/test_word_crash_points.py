"""The process is ended at every named point while maintainers speak and people are alerted, on both stores: each word counts once,
what is kept back stays so, and nobody is told twice.

`make test` does so where a word is written down, and where a post was sent; `make soak` everywhere.
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.subscriptions.subscription import Scope
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.store.database.db import open_store
from chatbot.store.maintainers import words
from tests.demo.make import advisory, release
from tests.patience import PATIENCE
from tests.runtime.crashing_bot import FERRY, ROOMS, Spoken, lines_of, live
from tests.runtime.subscriptions.people import dm, subscribe
from tests.standins import forks, postgres
from tests.standins.clock import START, ManualClock
from tests.standins.failpoints import BY_WORD, KILLED, VARIABLE
from tests.standins.github.server import FaultyGitHub, serve

HELD, TAKEN_BACK = "GHSA-2222-2222-2222", "GHSA-3333-3333-3333"
POINTS = (*BY_WORD, "before slice commit", "slice committed", "claimed", "sent", "before mark", "recorded")
DUE = (START + timedelta(days=30)).isoformat(timespec="minutes")
FIRST: tuple[Spoken, ...] = (
    {"action": "hold", "subject": f"advisory/ferry/{HELD}", "id": HELD},
    {"action": "retract", "subject": f"advisory/ferry/{TAKEN_BACK}", "id": TAKEN_BACK, "reason": "It is not ours"},
    {"action": "note", "subject": "release/ferry/v1.0.2", "id": "v1.0.2", "text": "Stop the ferry first"},
    {"action": "schedule", "subject": "1.1.0", "version": "1.1.0", "time": DUE, "severity": "high", "anyway": "yes"},
)
THEN: tuple[Spoken, ...] = (
    {"action": "now", "subject": f"advisory/ferry/{HELD}", "id": HELD},
    {"action": "bad", "subject": "release/ferry/v1.0.1", "id": "v1.0.1", "reason": "It loses mail"},
    {"action": "cancel", "subject": "1.1.0", "version": "1.1.0"},
)
IN_ROOMS = {
    "Ferry 1.0.1": 1,
    "Ferry 1.0.2": 1,
    "Ferry 1.1.0 is planned": 1,
}
IN_THE_END = {
    **IN_ROOMS,
    "Ferry – A mailbox name is not escaped": 1,
    "Do not use Ferry 1.0.1": 1,
    "Ferry 1.1.0 is not planned any more": 1,
}


@dataclass(slots=True)
class Life:
    """One bot through several lives: where it writes, and what surrounds it."""

    database: str
    github: str
    paper: Path
    clock: ManualClock = field(default_factory=ManualClock)

    async def dies_at(self, failpoint: str, spoken: Sequence[Spoken]) -> None:
        at, words_said = self.clock().isoformat(), json.dumps(spoken)
        process = await forks.start(
            "tests.runtime.crashing_bot:main",
            *(self.database, self.github, str(self.paper), at, "3", words_said),
            env={**os.environ, VARIABLE: failpoint},
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            _, output = await process.communicate()
        assert process.returncode == KILLED, f"{failpoint} was not reached: {output.decode()}"
        self.clock.advance(timedelta(minutes=10))

    async def lives(self, spoken: Sequence[Spoken] = ()) -> None:
        await live(self.database, self.github, self.paper, self.clock(), 3, spoken=spoken)
        self.clock.advance(timedelta(minutes=10))

    def new(self, room: str) -> Counter[str]:
        """How often each title was posted there."""
        lines = lines_of(self.paper)
        return Counter(str(line["title"]) for line in lines if line["room"] == room and not line["edit"])

    def struck(self, room: str) -> set[str]:
        """What is crossed out there in the end."""
        last = {str(line["reference"]): line for line in lines_of(self.paper) if line["room"] == room}
        return {str(line["title"]) for line in last.values() if line["struck"]}


def alerts_of(titles: Counter[str]) -> int:
    """How many of these are about the advisory."""
    return sum(many for title, many in titles.items() if "affected" in title or "mailbox" in title)


async def _through(life: Life, ferry: Repository, failpoint: str) -> None:
    await life.lives()
    async with open_store(life.database) as store:
        await subscribe(store, 1, Scope("project"), life.clock.now, releases="now", chat="console")
        for scope in (Scope("project"), Scope("version", "1.0.0"), Scope("line", "1.0")):
            await subscribe(store, 2, scope, life.clock.now, chat="console")
    at = life.clock.now
    for tag in ("v1.0.1", "v1.0.2"):
        ferry.releases.append(release(tag, 0, created_at=at, published_at=at))
    for name, fix in ((HELD, "1.0.1"), (TAKEN_BACK, "1.0.2")):
        flaw = advisory(name, 0, cve=f"CVE-2031-{fix.replace('.', '')}0", created_at=at, published_at=at)
        flaw.vulnerabilities = (Vulnerability(package="ferry", range=f"< {fix}", patched=fix),)
        ferry.advisories.append(flaw)
    for spoken in (FIRST, (*FIRST, *THEN)):
        await life.dies_at(failpoint, spoken)
        await life.lives(spoken)
        if spoken is FIRST:
            assert {room: life.new(room) for room in ROOMS} == dict.fromkeys(ROOMS, IN_ROOMS)
            assert [alerts_of(life.new(dm(number, "console"))) for number in (1, 2)] == [0, 0]


ALWAYS = {("change planned", "sqlite"), ("change committed", "postgres"), ("sent", "sqlite")}


@pytest.mark.parametrize(
    ("failpoint", "store"),
    [
        pytest.param(point, store, marks=() if (point, store) in ALWAYS else pytest.mark.soak)
        for point in POINTS
        for store in ("sqlite", "postgres")
    ],
)
async def test_a_death_among_words_lets_each_count_once(
    failpoint: str, store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    url = f"sqlite:///{tmp_path}/bot.db"
    if store == "postgres":
        url = await postgres.new_database(request.getfixturevalue("postgres_server"))
    clock = ManualClock()
    async with serve(FaultyGitHub(repositories=[ferry], quota_anonymous=100_000), clock) as github:
        life = Life(url, github, tmp_path / "rooms.jsonl", clock)
        await _through(life, ferry, failpoint)
    for room in ROOMS:
        assert life.new(room) == IN_THE_END, room
        assert life.struck(room) == {"Ferry 1.0.1", "Ferry 1.1.0 is planned"}
    for number in (1, 2):
        alerts = life.new(dm(number, "console"))
        assert alerts.total() == len(alerts), f"person {number} is told twice: {alerts}"
        assert alerts_of(alerts) == 1
    async with open_store(url) as store_again, store_again.reading() as tx:
        log = [(word.action, word.subject) for word in await words.words(tx, FERRY.id)]
    assert sorted(log) == sorted((word["action"], word["subject"]) for word in (*FIRST, *THEN))
