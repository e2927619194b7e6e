"""A Discord server whose members subscribe: the stand-in over real sockets, and a bot that may be restarted at any time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.runtime.delivery.loop import Delivery
from chatbot.store.pauses import StoredPauses
from chatbot.store.subscriptions import subscriptions
from tests.chats.discord.conftest import HASTY, running
from tests.demo.make import advisory, release
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.clock import START, ManualClock
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.deeds import components
from tests.standins.discord.objects import user

POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 0.16.x | yes |\n| 0.15.x | yes |\n"
GHSA = "GHSA-2222-3333-4444"
ALICE, BEN = user("alice", identifier="4711"), user("ben", identifier="4712")
HOUR = timedelta(hours=1)


@dataclass
class Server:
    """A server with one channel, and the bot, which may be restarted at any time."""

    discord: DiscordStandIn
    folder: Path
    channel: str
    ferry: Repository
    clock: ManualClock = field(default_factory=ManualClock)
    harness: Harness = field(init=False)
    chat: DiscordChat = field(init=False)
    deliver: Callable[["Server"], Awaitable[None]] = field(default_factory=lambda: delivering)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        quiet = [room(f"discord:{self.channel}", WatchFilter())]
        self.harness = await self._running.enter_async_context(
            open_harness(self.ferry, self.clock, self.folder / "bot.db", quiet)
        )
        services = self.harness.services
        self.harness.world.origin = "https://github.example"  # the same after each restart
        self.chat = DiscordChat(
            token=lambda: self.discord.token,
            answerer=services.answers,
            clock=self.clock,
            api_url=self.discord.api_url,
            gateway_url=self.discord.gateway_url,
            options=HASTY,
            pauses=StoredPauses(services.store, "discord"),
        )
        services.answers.direct = {"discord": self.chat}
        services.fan_outs.members.chats = {"discord": self.chat}
        await self._running.enter_async_context(running(self.chat))

    async def stop(self) -> None:
        await self._running.aclose()
        self._running = AsyncExitStack()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def pass_by(self, time: timedelta = MINUTE) -> None:
        """Let time pass, read the sources, and send what is due: twice, for what must settle first."""
        for _ in range(2):
            self.clock.advance(time)
            await self.harness.poll()
            await self.harness.services.fan_outs.drain()
            await self.deliver(self)

    async def subscribe(self, who: Any = ALICE, **options: str) -> Any:
        asked = await self.discord.slash("subscribe", options, at=self.channel, asker=who)
        return await asked.answer()

    def dm(self, who: Any = ALICE) -> str:
        (channel,) = [
            each["id"]
            for each in self.discord.world.channels.values()
            if each["type"] == 1 and each["recipients"][0]["id"] == who["id"]
        ]
        return str(channel)

    def posts(self, who: Any = ALICE) -> list[Any]:
        return self.discord.world.posts(self.dm(who))

    def publish(self, tag: str) -> None:
        self.ferry.releases.append(release(tag, 0, created_at=self.clock.now, published_at=self.clock.now))

    async def break_out(self, **more: Any) -> None:
        """An advisory about 0.15 appears, with its fixes."""
        self.publish("v0.15.5")
        self.publish("v0.16.2")
        flaws = (
            Vulnerability(package="ferry", range=">= 0.15.0, < 0.15.5", patched="0.15.5"),
            Vulnerability(package="ferry", range=">= 0.16.0, < 0.16.2", patched="0.16.2"),
        )
        values = {"created_at": self.clock.now, "published_at": self.clock.now, "vulnerabilities": flaws} | more
        self.ferry.advisories.append(advisory(GHSA, 0, **values))
        await self.pass_by()
        await self.pass_by()


async def delivering(server: Server) -> None:
    """Send what is due."""
    await Delivery(chat=server.chat, store=server.harness.services.store, clock=server.clock).drain()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release(f"v{version}", n) for n, version in enumerate(("0.15.0", "0.15.3", "0.16.0", "0.16.1"))]
    ferry.commit("SECURITY.md", POLICY, START)
    async with DiscordStandIn() as discord:
        there = Server(discord, tmp_path, discord.room(name="releases"), ferry)
        await there.start()
        await there.pass_by()
        try:
            yield there
        finally:
            await there.stop()


def title(message: Any) -> str:
    return str(message["embeds"][0]["title"])


def words(message: Any) -> str:
    """All that is read of a message."""
    embed = message["embeds"][0]
    return " ".join(
        filter(
            None, (message["content"], embed.get("author", {}).get("name"), title(message), embed.get("description"))
        )
    )


def labels(message: Any) -> list[str]:
    return [each["label"] for each in components(message) if each["type"] == 2]


def menu_labels(message: Any) -> list[list[str]]:
    return [[option["label"] for option in each["options"]] for each in components(message) if each["type"] == 3]


def starting(message: Any, words_at_start: str) -> str:
    """The whole label of the button or option that begins so."""
    every = [*labels(message), *(label for menu in menu_labels(message) for label in menu)]
    (label,) = [each for each in every if each.startswith(words_at_start)]
    return label


async def own(server: Server, who: Any = ALICE) -> list[tuple[str, str]]:
    async with server.harness.services.store.reading() as tx:
        theirs = await subscriptions.of(tx, RoomAddress(f"discord:user:{who['id']}"))
    return [(each.scope.kind, each.scope.name) for each in theirs]
