"""In whatever order things happen, over the whole pipeline and a real store: the rooms end the same, and nobody is called twice."""

import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.message import Mention
from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.runtime.services import open_services
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.clock import START, ManualClock

CALLED = Mention("role", "7")
ALARMS = "console:alarms"
ROOMS = [
    room("console:open", WatchFilter(mention=CALLED)),
    room("console:alarms", WatchFilter(events=frozenset({"security"}), mention=CALLED)),
    room("console:early", WatchFilter(prereleases=True)),
]
PROJECT = replace(FERRY, packages=("npm/ferry",))
AT = START + timedelta(hours=1)  # when all of it is published; what varies is when it is seen
FIXED = (Vulnerability(package="ferry", ecosystem="npm", range="< 1.2.1", patched="1.2.1"),)
RAISED, TAKEN_BACK = "GHSA-2222-2222-2222", "GHSA-3333-3333-3333"


@dataclass(slots=True)
class Story:
    """The chains of what happens; each is told in its own order, and the chains in any."""

    harness: Harness
    restart: Callable[[], Awaitable[None]]

    @property
    def ferry(self) -> Repository:
        return self.harness.world.repositories[0]

    def release(self) -> Iterator[None]:
        """A release, and its notes, which later name the advisory."""
        self.ferry.releases.append(release("v1.2.1", 0, created_at=AT, published_at=AT))
        yield
        self.ferry.release("v1.2.1").body = f"Fixes {RAISED}."
        yield

    def promotion(self) -> Iterator[None]:
        """A prerelease that becomes a full release."""
        self.ferry.releases.append(release("v1.3.0", 0, created_at=AT, published_at=AT, prerelease=True))
        yield
        self.ferry.release("v1.3.0").prerelease = False
        yield

    def raised(self) -> Iterator[None]:
        """An advisory whose severity goes up."""
        at, flaw = AT + MINUTE, advisory(RAISED, 0, severity="medium", scores=(), vulnerabilities=FIXED)
        flaw.created_at = flaw.published_at = at
        self.ferry.advisories.append(flaw)
        yield
        flaw.severity, flaw.updated_at = "high", at + MINUTE
        yield

    def withdrawal(self) -> Iterator[None]:
        """Another advisory, which is taken back."""
        at, flaw = AT + MINUTE, advisory(TAKEN_BACK, 0, cve="", summary="An anchor drops")
        flaw.created_at = flaw.published_at = at
        self.ferry.advisories.append(flaw)
        yield
        flaw.state, flaw.withdrawn_at, flaw.updated_at = "withdrawn", at + MINUTE, at + MINUTE
        yield

    def another_source(self) -> Iterator[None]:
        """The first advisory, as the global database has it."""
        twin = advisory(RAISED, 0, severity="high", scores=(), vulnerabilities=FIXED, repository="harbour/ferry")
        twin.created_at = twin.published_at = AT + MINUTE
        twin.updated_at = AT + 2 * MINUTE
        self.harness.world.advisories.append(twin)
        yield

    async def publish(self, order: Sequence[str], chance: random.Random) -> None:
        chains = {name: getattr(self, name)() for name in set(order) - {"restart"}}
        for name in order:
            if name == "restart":
                await self.restart()
            else:
                next(chains[name])
            self.harness.clock.advance(MINUTE)
            await self.harness.poll()
            if name == "withdrawal" or chance.random() < 0.5:  # what was never said is not taken back either
                await self.harness.run_for()

    async def end(self) -> None:
        """Time for two looks at what is missing, and for all that is due."""
        for wait in (timedelta(days=1), timedelta(minutes=11), MINUTE, MINUTE):
            self.harness.clock.advance(wait)
            await self.harness.poll()
            await self.harness.run_for()


CHAINS = (
    ["release"] * 2 + ["promotion"] * 2 + ["raised"] * 2 + ["withdrawal"] * 2 + ["another_source"] + ["restart"] * 2
)


async def _ends_with(order: Sequence[str], chance: random.Random, folder: Path) -> tuple[Harness, dict[str, list[str]]]:
    """Live through it, and return each room's announcements (replies left out) as they stand in the end. A room for security
    alone has a post of the fixing release where that came before its advisory; else the advisory names it."""
    clock = ManualClock()
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1), release("v1.2.0", 2)]
    async with (
        AsyncExitStack() as roads,
        open_harness(ferry, clock, folder / "bot.db", ROOMS, project=PROJECT) as harness,
    ):

        async def restart() -> None:
            """The process ends: another one begins with what is stored."""
            harness.services = await roads.enter_async_context(open_services(harness.services.config, clock))

        await harness.run_for()
        clock.now = AT + 10 * MINUTE
        story = Story(harness, restart)
        await story.publish(order, chance)
        await story.end()
        contents = {
            at: sorted(
                repr(replace(post.message, mentions=())).replace(harness.services.config.api_url, "")
                for post in posts
                if not post.reply_to and not (at == ALARMS and "1.2.1 – " in post.message.title)
            )
            for at, posts in harness.chat.rooms.items()
        }
        return harness, contents


_EXPECTED: dict[str, list[str]] = {}


async def _expected(folder: Path) -> dict[str, list[str]]:
    """What rooms show in the end when everything comes in its order: the same for all."""
    if not _EXPECTED:
        _, posts = await _ends_with(CHAINS, random.Random(0), folder)
        _EXPECTED.update(posts)
    return _EXPECTED


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_ends_the_same(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    order = list(CHAINS)
    chance.shuffle(order)
    (tmp_path / "told").mkdir()
    (tmp_path / "shuffled").mkdir()
    contents = await _expected(tmp_path / "told")
    harness, shuffled = await _ends_with(order, chance, tmp_path / "shuffled")
    assert shuffled == contents, order
    assert {at: len(posts) for at, posts in contents.items()} == {
        "console:open": 4,
        "console:alarms": 2,
        "console:early": 4,
    }
    struck = [
        post for posts in harness.chat.rooms.values() for post in posts if post.message.struck and not post.reply_to
    ]
    assert len(struck) == len(ROOMS), "the one that was taken back, in each room"
    calls = sorted(at for at, _ in harness.chat.pings)
    assert calls == ["console:alarms", "console:alarms", "console:open", "console:open"], order
