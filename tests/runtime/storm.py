"""A storm over the whole bot: news, kills, stops, outages and lies of the platforms in an order that a seed decides."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg

from chatbot.cli.failure import Status
from chatbot.demo.github.data import Advisory, Release, Repository, Vulnerability
from tests.patience import PATIENCE
from tests.runtime.bot_process import CONFIG, now
from tests.runtime.room_contents import ExpectedContents, Rooms
from tests.runtime.skewed_bot import spawn
from tests.runtime.storm_people import Alerted, Maintainer, subscribe_all
from tests.standins import forks, postgres
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import user
from tests.standins.faults import Faults
from tests.standins.github import faults
from tests.standins.github.server import FaultyGitHub, serve
from tests.standins.proxy import FaultyProxy
from tests.standins.synapse import Synapse

DISCORD = (r"POST /channels/\d+/messages$", r"PATCH /channels/\d+/messages/\d+$")
MATRIX = (r"PUT /_matrix/client/v3/rooms/[^/]+/send/",)
FAULTS: tuple[Callable[[str, int], Fault], ...] = (
    lambda where, times: Fault(kind="status", where=where, status=503, times=times),
    lambda where, times: Fault(kind="status_after", where=where, status=502, times=times),
    lambda where, times: Fault(kind="drop", where=where, times=times),
    lambda where, times: Fault(kind="drop_after", where=where, times=times),
    lambda where, times: Fault(kind="limit", where=where, retry_after=0.3, times=times),
    lambda where, times: Fault(kind="limit_global", where=where, retry_after=0.3, times=times),
)
JUMPS = (-86_400, -3_600, -600, 600, 3_600, 86_400)  # seconds
LONG = 28.0  # seconds: longer than a lease
PEOPLE = 3  # on Discord, besides one on Matrix
MOST_TROUBLE = 12  # requests of one chat that are still to fail: while nobody sends they would pile up


@dataclass(slots=True)
class Storm:
    """All that stands around the bots. `server` is the database server, if there is one."""

    rng: random.Random
    folder: Path
    config: Path
    world: FaultyGitHub
    discord: DiscordStandIn
    matrix: FaultyProxy
    homeserver: Synapse
    rooms: Rooms
    maintainer: Maintainer
    alerted: Alerted
    server: Any
    database: str
    has_people: bool
    bots: list[forks.Process] = field(default_factory=list)
    expected: ExpectedContents = field(default_factory=ExpectedContents)
    kills: int = 0
    story: list[str] = field(default_factory=list)

    @property
    def repository(self) -> Repository:
        return self.world.repositories[0]

    async def blow(self, kills: int) -> None:
        """Let things happen until so many bots were killed."""
        deeds: list[tuple[Callable[[], Any], float]] = [
            (self.release, 3),
            (self._advisory, 1),
            (self._worsen, 0.5),
            (self._edit, 1),
            (self._trouble, 4),
            (self._kill, 4),
            (self._stop, 1),
            (self._outage, 1),
            (self._gateway, 0.5),
            (self._jump, 1),
            (self._end_homeserver, 0.3),
        ]
        if self.has_people:
            deeds += [(self._hold, 0.7), (self._retract, 0.4), (self._speak, 2)]
        if self.database:
            deeds += [(self._cut, 1), (self._end_database, 0.6)]
        if len(self.bots) > 1:
            deeds.append((self._sleep, 0.3))
        while self.kills < kills:
            await self.tend()
            (deed,) = self.rng.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
            self._tell(deed.__name__)
            async with asyncio.timeout(PATIENCE):
                await deed()
            await pass_by(self.rng.uniform(0.05, 2.0))

    def _tell(self, deed: str) -> None:
        self.story.append(deed)
        with (self.folder / "story.log").open("a") as story:
            story.write(f"{now():%H:%M:%S.%f} {deed}\n")

    # ---- news

    async def first_news(self) -> None:
        """What even a short storm is about: a release, the flaw that it fixes, and that the maintainers hold that for a while."""
        await self.release()
        await self._advisory()
        if self.has_people:
            await self._hold()

    async def release(self) -> None:
        expected = self.expected
        if len(expected.releases) - len(self.rooms.in_all_channels() & set(expected.releases)) >= 4:
            return  # more at once would be said in one summary
        mark = f"1.0.{101 + len(expected.releases)}"
        expected.releases.append(mark)
        release = Release(tag=f"v{mark}", name=mark, body="Repairs.", created_at=now(), published_at=now())
        self.repository.releases.append(release)

    async def _advisory(self) -> None:
        expected = self.expected
        if not expected.releases or expected.releases[-1] in expected.fixed:
            return
        mark, fixes = f"Flaw number {101 + len(expected.flaws)}", expected.releases[-1]
        letters = "23456789cfghjmpqrvwx"
        name = f"GHSA-{letters[len(expected.flaws) % 20] * 4}-{letters[len(expected.flaws) // 20] * 4}-2222"
        expected.flaws[mark] = name
        expected.fixed.append(fixes)
        self.repository.advisories.append(
            Advisory(
                ghsa=name,
                summary=mark,
                severity="high",
                created_at=now(),
                published_at=now(),
                vulnerabilities=(Vulnerability(package="ferry", range=f"< {fixes}", patched=fixes),),
            )
        )

    async def _worsen(self) -> None:
        marks = [mark for mark in self.expected.flaws if mark not in self.expected.worsened]
        if marks:
            mark = self.rng.choice(marks)
            self.expected.worsened.append(mark)
            advisory = self.repository.advisory(self.expected.flaws[mark])
            advisory.severity, advisory.updated_at = "critical", now()

    async def _edit(self) -> None:
        if self.expected.releases:
            mark = self.rng.choice(self.expected.releases[-3:])
            words = f"Said better, {len(self.story)} deeds later."
            self.expected.edited[mark] = words
            release = self.repository.release(f"v{mark}")
            release.body, release.updated_at = words, now()

    # ---- what maintainers say

    def _names(self) -> dict[str, str]:
        """What is announced and nobody has spoken about: the mark, and what maintainers call it."""
        names = {mark: f"v{mark}" for mark in self.expected.releases} | self.expected.flaws
        return {
            mark: name for mark, name in names.items() if mark not in self.expected.held_back + self.expected.retracted
        }

    async def _hold(self) -> None:
        """The last news is held, and announced by word later."""
        for mark, name in [*self._names().items()][-1:]:
            self.expected.held_back.append(mark)
            self.maintainer.to_say += [("hold", name), ("now", name)]
            await self._speak()

    async def _retract(self) -> None:
        names = self._names()
        if names:
            mark = self.rng.choice([*names])
            self.expected.retracted.append(mark)
            self.maintainer.to_say.append(("retract", names[mark]))
            await self._speak()

    async def _speak(self) -> None:
        await self.maintainer.speak()

    # ---- the platforms

    async def _trouble(self) -> None:
        places: list[tuple[Faults, tuple[str, ...]]] = [(self.discord.faults, DISCORD), (self.matrix.faults, MATRIX)]
        faults, wheres = self.rng.choice(places)
        fault = self.rng.choice(FAULTS)(self.rng.choice(wheres), self.rng.randint(1, 4))
        if faults.left < MOST_TROUBLE:
            faults.plant(fault)

    async def _outage(self) -> None:
        """Both chats and GitHub are away for a while: one refuses, the others do not answer."""
        many = self.rng.randint(5, MOST_TROUBLE)
        if self.discord.faults.left < MOST_TROUBLE:
            self.discord.plant(Fault(kind="status", where=DISCORD[0], status=503, times=many))
        self.world.faults.lay("*/releases*", faults.status(502), times=self.rng.randint(1, 5))
        if (server := self.homeserver._process) is not None:
            server.send_signal(signal.SIGSTOP)
            await pass_by(self.rng.uniform(0.5, 3.0))
            server.send_signal(signal.SIGCONT)

    async def _gateway(self) -> None:
        await self.discord.gateway.drop(self.rng.choice([None, 4000, 4009]))

    async def _end_homeserver(self) -> None:
        """Killed and started again on the spot; the stand-ins hold their breath meanwhile."""
        self.homeserver.stop(kill=True)
        self.homeserver.start()

    # ---- the bots and their machines

    async def _kill(self) -> None:
        number = self.rng.randrange(len(self.bots))
        bot = self.bots[number]
        if bot.returncode is None:
            bot.send_signal(signal.SIGKILL)
            await bot.wait()
            self.kills += 1
        await pass_by(self.rng.uniform(0.0, 0.8))
        self.bots[number] = await self.start(number)

    async def start(self, number: int) -> forks.Process:
        skew = self._skew(number)
        if not skew.exists():
            skew.write_text("0")
        return await spawn(self.config, self.folder / f"bot{number}.log", skew)

    async def tend(self) -> None:
        """As whoever runs bots does: one that found no database when it began is begun again. None ends otherwise."""
        for number, bot in enumerate(self.bots):
            if bot.returncode == Status.OUTSIDE:
                self._tell("begun again")
                self.bots[number] = await self.start(number)
            elif bot.returncode is not None:
                log = (self.folder / f"bot{number}.log").read_text()
                raise AssertionError(f"bot {number} ended by itself ({bot.returncode}): {log[-3000:]}")

    def _skew(self, number: int) -> Path:
        return self.folder / f"skew{number}"

    async def _stop(self) -> None:
        await self._stopped(self.rng.uniform(0.2, 2.0))

    async def _sleep(self) -> None:
        """Longer than a lease lasts: another one takes over meanwhile."""
        await self._stopped(LONG)

    async def _stopped(self, seconds: float) -> None:
        bot = self.rng.choice(self.bots)
        if bot.returncode is None:
            bot.send_signal(signal.SIGSTOP)
            await pass_by(seconds)
            bot.send_signal(signal.SIGCONT)

    async def _jump(self) -> None:
        """A clock is wrong from now on, or right again."""
        skew = self._skew(self.rng.randrange(len(self.bots)))
        skew.write_text(str(self.rng.choice(JUMPS)) if skew.read_text() == "0" else "0")

    async def _cut(self) -> None:
        """Every connection to the database ends."""
        with suppress(OSError, asyncpg.PostgresError):
            connection = await asyncpg.connect(self.database)
            try:
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            finally:
                await connection.close()

    async def _end_database(self) -> None:
        """The database server is killed or shut down, and comes back after a while."""
        await asyncio.to_thread(
            postgres.end, self.server, self.rng.choice([signal.SIGKILL, signal.SIGQUIT, signal.SIGINT])
        )
        await pass_by(self.rng.uniform(0.1, 2.0))
        await asyncio.to_thread(postgres.start, self.server)

    # ---- afterwards

    async def calm(self, within: float) -> None:
        """Nothing goes wrong any more. Wait until every room shows all, then until the sources were read thrice more: what
        comes twice comes by then."""
        for each in (self.discord.faults, self.matrix.faults, self.world.faults):
            each.clear()
        for number in range(len(self.bots)):
            self._skew(number).write_text("0")
        try:
            async with asyncio.timeout(within):
                while await self.maintainer.speak() or await self.wrong():
                    await self.tend()
                    await pass_by(0.3)
                looks = len(self.world.requests_for("/releases")) + 3
                while len(self.world.requests_for("/releases")) < looks:
                    await pass_by(0.3)
        except TimeoutError:
            wrong = await self.wrong()
            raise AssertionError(f"{self.kills} kills, {Counter(self.story)}; then: {wrong}") from None
        assert await self.wrong() == []

    async def wrong(self) -> list[str]:
        """What is wrong in any room or DM, or in the audit log."""
        there = await asyncio.to_thread(self.rooms.wrong, self.expected)
        if self.has_people:
            there += await asyncio.to_thread(self.alerted.wrong, self.expected)
        return there + await self.maintainer.wrong()


async def pass_by(seconds: float) -> None:
    """Let real time pass: the storm's own waits, drawn from its seed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


@asynccontextmanager
async def storm(
    seed: int,
    folder: Path,
    homeserver: Synapse,
    *,
    server: Any = None,
    replicas: int = 1,
    rooms: int = 5,
    has_people: bool,
) -> AsyncIterator[Storm]:
    """Bots that have read everything and said nothing, in as many Discord channels as Matrix rooms; on PostgreSQL where there
    is a `server`. With `has_people` maintainers speak and subscribers are alerted."""
    repository = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    before = now() - timedelta(hours=1)  # not news, however fast the bot starts
    repository.releases = [Release(tag="v1.0.0", name="1.0.0", body="First.", created_at=before, published_at=before)]
    repository.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", now())
    world = FaultyGitHub(repositories=[repository], tokens={"test-token-of-the-reader": frozenset()}, quota_token=10**6)
    bot, reader = homeserver.register("bot"), homeserver.register("reader")
    places = [reader.create_room(invite=[bot.id]) for _ in range(rooms)]
    database = await postgres.new_database(server) if server is not None else ""
    async with AsyncExitStack() as closing:
        github = await closing.enter_async_context(serve(world, now))
        discord = await closing.enter_async_context(DiscordStandIn())
        matrix = await closing.enter_async_context(FaultyProxy(homeserver.url))
        channels = [discord.room(name=f"news-{number}") for number in range(rooms)]
        config = folder / "config.toml"
        values = {"github": github, "discord_token": discord.token, "discord_api": discord.api_url}
        values |= {"discord_gateway": discord.gateway_url, "homeserver": matrix.url, "bot": bot.id}
        words = CONFIG.format(folder=folder, password=bot.password, channel=channels[0], room=places[0], **values)
        for at in [f"discord:{each}" for each in channels[1:]] + [f"matrix:{each}" for each in places[1:]]:
            words += f'\n[[rooms]]\naddress = "{at}"\nprojects = ["ferry"]\n'
        maintainer = Maintainer(discord, discord.room(name="maintainers"), database or f"{folder}/bot.db")
        words = words.replace('repository = "harbour/ferry"\n', f'repository = "harbour/ferry"\n{maintainer.settings}')
        config.write_text(words.replace(f"sqlite:///{folder}/bot.db", database) if database else words)
        config.chmod(0o600)
        contents = Rooms(discord, channels, reader, places)
        dms = [discord.direct(user(f"person-{number}")) for number in range(PEOPLE if has_people else 0)]
        direct = [reader.create_room(invite=[bot.id], is_direct=True)] if has_people else []
        alerted = Alerted(discord, reader, dms, direct)
        await subscribe_all(database, folder, alerted, reader.id)
        rng, more = random.Random(seed), (maintainer, alerted, server, database, has_people)
        there = Storm(rng, folder, config, world, discord, matrix, homeserver, contents, *more)
        try:
            there.bots = [await there.start(number) for number in range(replicas)]
            await there.calm(PATIENCE)
            while not {*places, *alerted.rooms} <= set(await asyncio.to_thread(bot.joined_rooms)):
                await pass_by(0.2)
            yield there
        finally:
            for process in there.bots:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
