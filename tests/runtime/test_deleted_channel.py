"""A Discord channel is deleted: its room is refused, the others go on, and it is asked ever more rarely, hourly at most."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.delivery import State
from chatbot.core.model.ids import RoomAddress
from chatbot.demo.github.data import Repository
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.delivery.refusal_retry import RefusalRetry
from chatbot.store.outbox import deliveries
from tests.chats.discord.conftest import HASTY, running
from tests.demo.make import release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.clock import START, ManualClock
from tests.standins.discord import DiscordStandIn

HOUR = timedelta(hours=1)
SHORTEST = 0.75 * HOUR  # an hour with its jitter
LONGEST = 1.25 * HOUR
NEWS = 6 * HOUR  # between two releases


@dataclass(slots=True)
class Days:
    """The bot in two channels, one of which will be gone, and in its maintainers' channel."""

    harness: Harness
    discord: DiscordStandIn
    delivery: Delivery
    ferry: Repository
    gone: str
    stays: str
    ops: str
    asked: list[datetime] = field(default_factory=list)  # when the deleted channel was asked, by the test's clock
    said: list[str] = field(default_factory=list)

    async def deliver(self) -> None:
        before = len(self._requests())
        await self.delivery.drain()
        self.asked += [self.harness.clock.now for _ in self._requests()[before:]]

    async def publish(self) -> None:
        """The next release, known and settled."""
        clock, mark = self.harness.clock, f"1.0.{len(self.said) + 1}"
        self.said.append(f"Ferry {mark}")
        self.ferry.releases.append(release(f"v{mark}", 0, created_at=clock.now, published_at=clock.now))
        for _ in range(2):
            await self.pass_by(MINUTE)
            await self.harness.poll()
        await self.deliver()

    async def pass_by(self, time: timedelta) -> None:
        """Minute by minute, with a look at the outbox in each."""
        for _ in range(round(time / MINUTE)):
            self.harness.clock.advance(MINUTE)
            await self.deliver()

    def titles(self, channel: str) -> list[str]:
        return [str(message["embeds"][0]["title"]) for message in self.discord.world.posts(channel)]

    async def states(self) -> set[State]:
        """Those of all that is not at its end in the deleted channel."""
        async with self.harness.services.store.reading() as tx:
            listed = await deliveries.listing(tx, [each for each in State if each is not State.SENT])
        return {each.state for each in listed if each.room == f"discord:{self.gone}"}

    def _requests(self) -> list[str]:
        return [each.path for each in self.discord.requests if each.path.startswith(f"/channels/{self.gone}")]


@asynccontextmanager
async def days(folder: Path) -> AsyncIterator[Days]:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    async with DiscordStandIn() as discord:
        removed, stays, ops = (discord.room(name=name) for name in ("gone", "stays", "ops"))
        project = replace(FERRY, maintainers_room=RoomAddress(f"discord:{ops}"))
        rooms = [room(f"discord:{removed}"), room(f"discord:{stays}")]
        async with open_harness(ferry, ManualClock(), folder / "bot.db", rooms, project=project) as harness:
            services = harness.services
            chat = DiscordChat(
                token=lambda: discord.token,
                answerer=services.answers,
                clock=harness.clock,
                api_url=discord.api_url,
                gateway_url=discord.gateway_url,
                options=HASTY,
                changed=partial(
                    RefusalRetry(services.store, harness.clock, lambda: [each.address for each in rooms]).tried,
                    "discord",
                ),
            )
            delivery = Delivery(
                chat=chat,
                store=services.store,
                clock=harness.clock,
                maintainers_room=services.maintainers_room,
                recovery=services.room_recovery(),
            )
            async with running(chat):
                there = Days(harness, discord, delivery, ferry, removed, stays, ops)
                await harness.poll()
                yield there


@pytest.mark.parametrize("announced", [True, False])
async def test_a_deleted_channel_is_asked_ever_more_rarely(announced: bool, tmp_path: Path) -> None:
    """`told`: the gateway says that the channel was deleted; else it happened while the bot was away."""
    async with days(tmp_path) as there:
        await there.publish()
        assert there.titles(there.gone) == there.titles(there.stays) == there.said
        deleted = there.discord.world.channels.pop(there.gone)
        if announced:
            await there.discord.gateway.dispatch("CHANNEL_DELETE", deleted)
        there.asked.clear()

        for _ in range(timedelta(days=2) // NEWS):
            await there.publish()
            assert there.titles(there.stays) == there.said, "the others go on, each message once"
            assert await there.states() == {State.REFUSED}
            await there.pass_by(NEWS)

        gaps = [later - sooner for sooner, later in pairwise(there.asked)]
        assert gaps[0] < timedelta(minutes=3), "at first it may be a passing trouble"
        at_first = [gap for gap in gaps[:7] if gap < SHORTEST]
        assert at_first == sorted(at_first)
        assert all(gap >= SHORTEST for gap in gaps[len(at_first) :]), "hourly at most"
        assert all(gap <= LONGEST + MINUTE for gap in gaps)
        assert there.harness.clock.now - there.asked[-1] <= LONGEST + MINUTE, "it is never given up"
        (notice,) = [post for post in there.discord.world.posts(there.ops) if "refuses" in post["embeds"][0]["title"]]
        assert "A room refuses the bot's messages" in notice["embeds"][0]["title"]
        assert "correct it, or remove the room" in str(notice["embeds"][0])
