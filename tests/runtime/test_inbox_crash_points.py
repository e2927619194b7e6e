"""The process is ended at every named point of a question's way, on both stores: it is answered, and answered once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.announce.messages import short_hash
from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.patience import PATIENCE
from tests.runtime import crashing_inbox
from tests.runtime.crashing_bot import lines_of
from tests.runtime.crashing_inbox import ASKER, FAILPOINTS, PLACES
from tests.standins import forks, postgres
from tests.standins.clock import START, ManualClock
from tests.standins.failpoints import FAILPOINTS as EVERYWHERE
from tests.standins.failpoints import KILLED, go_on
from tests.standins.github.server import FaultyGitHub, serve
from tests.standins.postgres import on_stores

MINUTE = timedelta(minutes=1)
ON_THE_WAY = ("claimed", "sent", "before mark", "recorded")  # the bot's own points that a question passes
DEATHS = 40


@dataclass(slots=True)
class Talk:
    """A bot through several lives, the people who ask it, and what they must be answered: keys, with room and title."""

    database: str
    github: str
    folder: Path
    clock: ManualClock
    expected: dict[str, tuple[str, str]] = field(default_factory=dict)
    count: int = 0

    def ask(self) -> None:
        """Three questions: one in each room, and one whose answer is for the asker alone."""
        for command, place, title in (
            ("supported", PLACES[0], "1.0.x gets security fixes"),
            ("latest", PLACES[1], "1.0.0"),
            ("report", PLACES[0], "How to report a vulnerability in Ferry"),
        ):
            self.count += 1
            event = f"${self.count}"
            arguments = {"version": "1.0"} if command == "supported" else {}
            crashing_inbox.ask(self.folder / "asked.jsonl", event, command, self.clock(), place, **arguments)
            private = command == "report"
            self.expected[short_hash("answer", event)] = (ASKER if private else f"matrix:{place}", title)
            if private:
                self.expected[short_hash("note", event)] = (f"matrix:{place}", "in a DM")

    async def dies_at(self, failpoint: str, times: int = 1) -> bool:
        """Live in a process of its own that ends at the point; whether it got there."""
        words = [self.database, self.github, str(self.folder), self.clock().isoformat(), failpoint, str(times)]
        process = await forks.start("tests.runtime.crashing_inbox:main", *words, stderr=asyncio.subprocess.PIPE)
        async with asyncio.timeout(PATIENCE):
            _, output = await process.communicate()
        assert process.returncode in (0, KILLED), output.decode()
        self.clock.advance(MINUTE)
        return process.returncode == KILLED

    async def lives(self, *, look: bool = False) -> None:
        await crashing_inbox.live(self.database, self.github, self.folder, self.clock(), go_on, look=look)
        self.clock.advance(MINUTE)

    def all_answered_once(self) -> None:
        lines = lines_of(self.folder / "rooms.jsonl")
        assert Counter(str(line["key"]) for line in lines) == dict.fromkeys(self.expected, 1)
        for line in lines:
            room, title = self.expected[str(line["key"])]
            assert line["room"] == room
            assert title in str(line["title"])


@asynccontextmanager
async def opened_talk(store: str, request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Talk]:
    """A bot that knows its project."""
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    url = f"sqlite:///{folder}/bot.db"
    if store == "postgres":
        url = await postgres.new_database(request.getfixturevalue("postgres_server"))
    clock = ManualClock()
    async with serve(FaultyGitHub(repositories=[ferry], quota_anonymous=100_000), clock) as github:
        talk = Talk(url, github, folder, clock)
        await talk.lives(look=True)
        yield talk


@pytest.mark.parametrize(
    ("failpoint", "store"), on_stores(FAILPOINTS, "before taking in", "before enqueueing", "sent", "before mark")
)
async def test_a_death_at_a_point_leaves_no_question_open_and_answers_none_twice(
    failpoint: str, store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with opened_talk(store, request, tmp_path) as talk:
        talk.ask()
        assert await talk.dies_at(failpoint), f"{failpoint} was not reached"
        talk.ask()
        await talk.lives()
        await talk.lives()
    talk.all_answered_once()


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_many_deaths_at_random_points(
    seed: int, store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    chance, died = random.Random(seed), Counter[str]()
    async with opened_talk(store, request, tmp_path) as talk:
        for _ in range(DEATHS):
            if chance.random() < 0.8:
                talk.ask()
            failpoint = chance.choice(FAILPOINTS)
            died[failpoint] += await talk.dies_at(failpoint, chance.randint(1, 2))
        await talk.lives()
    print(f"seed {seed} on {store}: {talk.count} questions, {len(talk.expected)} messages; died {dict(died)}")  # noqa: T201 - what the soak is run for
    talk.all_answered_once()


def test_every_point_of_the_bot_that_a_question_passes_is_among_them() -> None:
    of_news = {"parsing", "fetched", "before commit", "committed"}  # what GitHub brings
    of_news |= {"before slice commit", "slice committed"}  # and what subscribers get of it
    assert set(EVERYWHERE) - of_news == set(ON_THE_WAY) < set(FAILPOINTS)
