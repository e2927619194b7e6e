"""`chatbot run` as a process of its own, against a loopback GitHub, a Discord stand-in and a real Synapse."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.demo.github.data import Release, Repository
from tests.patience import PATIENCE
from tests.runtime.canaries import leaks
from tests.runtime.room_contents import title_of
from tests.standins import forks
from tests.standins.discord import DiscordStandIn
from tests.standins.github.server import FaultyGitHub, serve
from tests.standins.synapse import Synapse, User


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class BotHarness:
    """All that stands around the bot, and the bot's process itself."""

    folder: Path
    repository: Repository
    world: FaultyGitHub
    discord: DiscordStandIn
    channel: str
    homeserver: Synapse
    reader: User
    room: str
    config: Path
    log: Path
    bot: str = ""
    process: forks.Process | None = None
    ends: list[int] = field(default_factory=list)

    async def start(self, **environment: str) -> None:
        with self.log.open("ab") as log:
            words = ("run", "--config", str(self.config))
            self.process = await forks.start(
                forks.CHATBOT, *words, stdout=log, stderr=log, env={**os.environ, **environment}
            )

    async def end(self, number: signal.Signals) -> int:
        """Send the signal and wait for the end; the exit status."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            self.ends.append(await self.process.wait())
        return self.ends[-1]

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something outside shows that it happened."""
        waiter = asyncio.Event()
        try:
            async with asyncio.timeout(PATIENCE):
                while not await asyncio.to_thread(condition):
                    status = None if self.process is None else self.process.returncode
                    assert status is None, f"it ended by itself ({status}):\n{self.log.read_text()[-4000:]}"
                    try:
                        async with asyncio.timeout(0.1):
                            await waiter.wait()
                    except TimeoutError:
                        continue
        except TimeoutError:
            raise AssertionError(
                f"waited in vain until {what}; the log ends:\n{self.log.read_text()[-4000:]}"
            ) from None

    async def baseline(self) -> None:
        """Wait until a started bot has read everything, and both accounts are there."""
        polls = len(self.world.requests_for("/releases"))
        await self.until(lambda: len(self.world.requests_for("/releases")) >= polls + 2, "the releases were read twice")

    def publish(self, *tags: str) -> None:
        for tag in tags:
            self.repository.releases.append(
                Release(tag=tag, name=tag, body=f"What {tag} repairs.", created_at=now(), published_at=now())
            )

    def in_discord(self) -> list[str]:
        """The titles of the bot's messages in the channel, oldest first."""
        return [str(message["embeds"][0]["title"]) for message in self.discord.world.posts(self.channel)]

    def in_matrix(self) -> list[str]:
        """The titles of the bot's messages in the room, oldest first, edits left out."""
        events = [event for event in self.reader.history(self.room) if event["type"] == "m.room.message"]
        bodies = [event["content"] for event in events if event["sender"] != self.reader.id]
        return [title_of(str(body["body"])) for body in bodies if "m.new_content" not in body]

    async def until_shown(self, titles: Sequence[str]) -> None:
        """Wait until both rooms show these, and nothing else."""
        for place in (self.in_discord, self.in_matrix):
            await self.until(lambda place=place: len(place()) >= len(titles), f"{place.__name__} shows {titles}")  # type: ignore[misc]  # bound now
            lines = place()
            assert len(lines) == len(titles), lines
            for title, part in zip(sorted(lines), sorted(titles), strict=True):
                assert part in title


CONFIG = """
database = "sqlite:///{folder}/bot.db"

[github]
api_url = "{github}"
web_url = "{github}"
token = "test-token-of-the-reader"
poll_seconds = 1
settle_seconds = 1

[discord]
token = "{discord_token}"
api_url = "{discord_api}"
gateway_url = "{discord_gateway}"

[matrix]
homeserver = "{homeserver}"
user_id = "{bot}"
password = "{password}"
store_path = "{folder}/matrix-store"
allow_invites_from = ["hs.test"]

[web]
listen = ""

[[projects]]
id = "ferry"
name = "Ferry"
repository = "harbour/ferry"

[[rooms]]
address = "discord:{channel}"
projects = ["ferry"]

[[rooms]]
address = "matrix:{room}"
projects = ["ferry"]
"""


@asynccontextmanager
async def open_bot(folder: Path, homeserver: Synapse) -> AsyncIterator[BotHarness]:
    """Everything but the bot's process, which the test starts and ends; one still running at the end is killed."""
    repository = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    before = now() - timedelta(hours=1)  # not news, however fast the bot starts
    repository.releases = [Release(tag="v1.0.0", name="1.0.0", body="First.", created_at=before, published_at=before)]
    repository.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", now())
    world = FaultyGitHub(repositories=[repository], tokens={"test-token-of-the-reader": frozenset()}, quota_token=10**6)
    bot, reader = homeserver.register("bot"), homeserver.register("reader")
    room = reader.create_room(invite=[bot.id])
    async with serve(world, now) as github, DiscordStandIn() as discord:
        channel = discord.room()
        config = folder / "config.toml"
        config.write_text(
            CONFIG.format(
                folder=folder,
                github=github,
                discord_token=discord.token,
                discord_api=discord.api_url,
                discord_gateway=discord.gateway_url,
                homeserver=homeserver.url,
                bot=bot.id,
                password=bot.password,
                channel=channel,
                room=room,
            )
        )
        config.chmod(0o600)
        there = BotHarness(
            folder, repository, world, discord, channel, homeserver, reader, room, config, folder / "bot.log", bot.id
        )
        try:
            yield there
            secrets = ["test-token-of-the-reader", discord.token, bot.password]
            assert leaks(folder, secrets, apart_from={"config.toml", "matrix-store"}) == []
        finally:
            if there.process is not None and there.process.returncode is None:
                await there.end(signal.SIGKILL)
