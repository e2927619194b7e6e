"""`chatbot run` for many Discord channels: started, killed and begun again; what it said is read from the stand-in's records."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from chatbot.demo.github.data import Advisory, Release, Repository, Vulnerability
from tests.cli.process import environment
from tests.patience import PATIENCE
from tests.runtime.bot_process import now
from tests.runtime.room_contents import ExpectedContents, RoomContents, mark_of, wrong
from tests.standins import forks
from tests.standins.discord import DiscordStandIn
from tests.standins.github.server import FaultyGitHub, serve

LETTERS = "23456789cfghjmpqrvwx"  # those of an advisory's id
CONFIG = """
database = "sqlite:///{folder}/bot.db"

[github]
api_url = "{github}"
web_url = "{github}"
token = "test-token-of-the-reader"
poll_seconds = 1
settle_seconds = 1

[discord]
token = "{discord.token}"
api_url = "{discord.api_url}"
gateway_url = "{discord.gateway_url}"

[web]
listen = ""

[[projects]]
id = "ferry"
name = "Ferry"
repository = "harbour/ferry"
"""


@dataclass(slots=True)
class ManyChannels:
    """All that stands around the bot, and its process. `wanted` is what every channel must show in the end."""

    folder: Path
    world: FaultyGitHub
    discord: DiscordStandIn
    channels: list[str]
    config: Path
    expected: ExpectedContents = field(default_factory=ExpectedContents)
    process: forks.Process | None = None

    @property
    def repository(self) -> Repository:
        return self.world.repositories[0]

    @property
    def log(self) -> Path:
        return self.folder / "bot.log"

    async def start(self) -> None:
        with self.log.open("ab") as log:
            words = ("run", "--config", str(self.config))
            self.process = await forks.start(forks.CHATBOT, *words, stdout=log, stderr=log, env=environment())

    async def end(self, how: signal.Signals) -> int:
        """Send the signal and wait for the end; the exit status."""
        assert self.process is not None
        assert self.process.returncode is None, f"it ended by itself ({self.process.returncode}): {self._last_words()}"
        self.process.send_signal(how)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def begin(self) -> None:
        """Start for the first time: return when all sources were read, and the channels are known."""
        await self.start()
        listings = ("/repos/harbour/ferry/releases", "/security-advisories")
        await self.until(
            lambda: all(len(self.world.requests_for(each)) >= 2 for each in listings), "the baseline was read"
        )
        await self.until(lambda: bool(self.discord.gateway.sessions), "Discord is connected")

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something outside shows that it happened."""
        nothing = asyncio.Event()
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self._assert_alive()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(0.02):
                            await nothing.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain until {what}: {self.wrong()[:5]}; {self._last_words()}") from None

    def _assert_alive(self) -> None:
        """Whoever waits for a bot that has ended waits in vain."""
        status = None if self.process is None else self.process.returncode
        assert status is None, f"it ended by itself ({status}): {self._last_words()}"

    # ---- news

    def release(self, advisory: str = "") -> None:
        """Publish the next release; with an `advisory`'s summary, that too, which it fixes."""
        mark = f"1.0.{101 + len(self.expected.releases)}"
        self.expected.releases.append(mark)
        self.repository.releases.append(
            Release(tag=f"v{mark}", name=mark, body="Repairs.", created_at=now(), published_at=now())
        )
        if advisory:
            self.expected.fixed.append(mark)
            self._advisory(advisory, mark)

    def _advisory(self, summary: str, patched: str) -> None:
        many = len(self.expected.flaws)
        name = f"GHSA-{LETTERS[many % 20] * 4}-{LETTERS[many // 20] * 4}-2222"
        self.expected.flaws[summary] = name
        flawed = Vulnerability(package="ferry", range=f"= 1.0.{many}", patched=patched)
        self.repository.advisories.append(
            Advisory(
                ghsa=name,
                summary=summary,
                severity="high",
                created_at=now(),
                published_at=now(),
                vulnerabilities=(flawed,),
            )
        )

    # ---- what the stand-in recorded

    def message_requests(self, method: str = "") -> int:
        """How many requests were made to the channels' messages: to say something, or to look what was said."""
        return sum(
            len(self.discord.requests_to(each, "/messages")) for each in ([method] if method else ["GET", "POST"])
        )

    def in_channel(self, channel: str) -> RoomContents:
        """The bot's messages of a channel as they stand now, the oldest first."""
        embeds = [message["embeds"][0] for message in self.discord.world.posts(channel)]
        return [(mark_of(each["title"]), (each["title"], json.dumps(each, ensure_ascii=False))) for each in embeds]

    def wrong(self) -> list[str]:
        """What any channel shows too often, not at all, in the wrong order or in old words."""
        return [f"{each} {what}" for each in self.channels for what in wrong(self.in_channel(each), self.expected)]

    def message_count(self) -> int:
        """How many messages there are in all channels."""
        return sum(len(self.discord.world.posts(channel)) for channel in self.channels)

    def all_posted(self) -> bool:
        expected = len(self.expected.releases) + len(self.expected.flaws)
        return self.message_count() >= expected * len(self.channels) and not self.wrong()

    async def until_shown(self) -> None:
        """Wait until every channel shows all, then until the sources were read thrice more: what comes twice comes by then."""
        await self.until(self.all_posted, "every channel shows all")
        looks = len(self.world.requests_for("/repos/harbour/ferry/releases")) + 3
        await self.until(
            lambda: len(self.world.requests_for("/repos/harbour/ferry/releases")) >= looks,
            "the releases were read again",
        )
        assert self.wrong() == []

    def _last_words(self) -> str:
        return f"the log ends:\n{self.log.read_text()[-4000:]}"


@asynccontextmanager
async def open_many_channels(folder: Path, channels: int, *, latency: float = 0.0) -> AsyncIterator[ManyChannels]:
    """Everything but the bot's process, which the test starts and ends; one still running at the end is killed."""
    repository = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    before = now() - timedelta(hours=1)  # not news, however fast the bot starts
    repository.releases = [Release(tag="v1.0.0", name="1.0.0", body="First.", created_at=before, published_at=before)]
    repository.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", now())
    world = FaultyGitHub(repositories=[repository], tokens={"test-token-of-the-reader": frozenset()}, quota_token=10**6)
    async with serve(world, now) as github, DiscordStandIn(latency=latency) as discord:
        places = [discord.room(name=f"news-{number}") for number in range(channels)]
        words = CONFIG.format(folder=folder, github=github, discord=discord)
        words += "".join(f'\n[[rooms]]\naddress = "discord:{each}"\nprojects = ["ferry"]\n' for each in places)
        config = folder / "config.toml"
        config.write_text(words)
        config.chmod(0o600)
        there = ManyChannels(folder, world, discord, places, config)
        try:
            yield there
        finally:
            if there.process is not None and there.process.returncode is None:
                there.process.kill()
                await there.process.wait()
