"""Killed at random, again and again: every question answered once, every announcement said once, all of it readable."""

import asyncio
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.chats.matrix.bot import away
from tests.chats.matrix.peer import ENCRYPTED, Peer, peer
from tests.chats.matrix.soak_bot import TABLES
from tests.standins.synapse import Synapse, User

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:nio", "ignore::DeprecationWarning:aiohttp")
LONGEST = 240.0
STEPS = ("ready", "received", "taken", "answered", "announced", "idle")


@dataclass
class Killer:
    """Starts the bot and kills it when it has made a random number of steps, `kills` times; then lets it end its work."""

    command: list[str]
    chance: random.Random
    kills: int
    killed: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    stepped: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(*self.command, stdout=asyncio.subprocess.PIPE)
            assert process.stdout is not None
            life = self.chance.randint(1, 7) if self.killed < self.kills else None
            try:
                while line := await process.stdout.readline():
                    what = line.decode().strip()
                    if what not in STEPS:  # the log
                        continue
                    self.steps[what] += 1
                    self.stepped.set()
                    if life is not None:  # an idle bot makes no steps any more
                        life = 0 if what == "idle" else life - 1
                    if life == 0:
                        process.kill()
                        self.killed += 1
                        break
            finally:
                if process.returncode is None:
                    process.kill()
                await process.communicate()  # ends the pipe too
            assert life == 0, f"the bot ended by itself: {process.returncode}"


@asynccontextmanager
async def background(work: Any) -> AsyncIterator[asyncio.Task[None]]:
    """Run beside the test, and end with it; an error in it is the test's."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()


async def soak(server: Synapse, folder: Path, *, kills: int, each: int, chance: random.Random) -> Killer:
    alice, user = server.register("alice"), server.register("bot")
    plain = await away(lambda: alice.create_room(invite=[user.id]))
    secret = await away(lambda: alice.create_room(invite=[user.id], initial_state=[ENCRYPTED]))
    titles = prepare(folder, [plain, secret], each)
    arguments = [server.url, user.id, user.password, str(folder)]
    killer = Killer([sys.executable, "-m", "tests.chats.matrix.soak_bot", *arguments], chance, kills)
    async with peer(alice, folder / "alice") as other, background(killer.run()) as killing:
        for room in (plain, secret):
            await away(
                alice.wait_for, room, lambda e: e.get("state_key") == user.id and e["content"]["membership"] == "join"
            )
        await other.sync()
        for number in range(each):
            await away(alice.send_text, plain, f"!supported {number}")
            await other.send_text(secret, f"!supported {number}")
            await progress(killer)
        try:
            async with asyncio.timeout(LONGEST):
                answers = await all_of(other, user, 4 * each, killer, killing)
        except TimeoutError:
            pytest.fail(
                f"not all was said: {killer.killed} kills, {killer.steps}, unread {other.sealed}, read {len(other.events)}"
            )
    assert answers == Counter(titles + [(r, f"supported version={n}") for r in (plain, secret) for n in range(each)])
    assert other.sealed == []
    return killer


async def progress(killer: Killer) -> None:
    """Wait for the bot's next step, or a moment if it has nothing to do."""
    killer.stepped.clear()
    with suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await killer.stepped.wait()


def prepare(folder: Path, rooms: list[str], each: int) -> list[tuple[str, str]]:
    """An outbox with announcements for each room."""
    database = sqlite3.connect(folder / "soak.db")
    database.executescript(TABLES)
    titles = [(room, f"news {number}") for number in range(each) for room in rooms]
    rows = [(f"news{index}", room, title) for index, (room, title) in enumerate(titles)]
    database.executemany("INSERT INTO outbox VALUES (?, ?, ?, NULL, 0)", rows)
    database.commit()
    database.close()
    return titles


async def all_of(
    other: Peer, bot: User, number: int, killer: Killer, killing: asyncio.Task[None]
) -> Counter[tuple[str, str]]:
    """What the bot said, as soon as it is enough and the last kill is over; what came too often is in it too."""
    while not killing.done():
        bodies = [(room, str(event["content"]["body"])) for room, event in other.events if event["sender"] == bot.id]
        counts = Counter(
            (room, words.split(" ", 1)[1].removeprefix("answer: ").split(" [")[0]) for room, words in bodies
        )
        if counts.total() >= number and killer.killed >= killer.kills and killer.steps["idle"]:
            return counts
        await other.sync(1000)
    killing.result()
    raise AssertionError("the killer ends by an error only")


async def test_short(homeserver: Synapse, tmp_path: Path) -> None:
    killer = await soak(homeserver, tmp_path, kills=6, each=6, chance=random.Random(6))
    assert killer.steps["ready"] >= 4


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_long(homeserver: Synapse, tmp_path: Path, seed: int) -> None:
    killer = await soak(homeserver, tmp_path, kills=24, each=30, chance=random.Random(seed))
    assert killer.steps["ready"] >= 12
