"""A storm over the whole bot: releases, advisories, edits, kills, stops and outages in an order that a seed decides.

What happened is read from the Discord stand-in's and from Synapse's own records, never from the bot's log.
"""

import asyncio
import json
import random
import re
import signal
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from chatbot.demo import github_faults
from chatbot.demo.github import serve
from chatbot.demo.github_data import Advisory, GitHub, Release, Repository, Vulnerability
from tests.runtime.process import CONFIG, now
from tests.runtime.spawn import spawn
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.synapse import Synapse, User

POSTS = r"POST /channels/\d+/messages$"
EDITS = r"PATCH /channels/\d+/messages/\d+$"
FAULTS = (
    lambda times: Fault(kind="status", where=POSTS, status=503, times=times),
    lambda times: Fault(kind="status_after", where=POSTS, status=502, times=times),
    lambda times: Fault(kind="drop", where=POSTS, times=times),
    lambda times: Fault(kind="drop_after", where=POSTS, times=times),
    lambda times: Fault(kind="limit", where=POSTS, retry_after=0.3, times=times),
    lambda times: Fault(kind="limit_global", where=POSTS, retry_after=0.3, times=times),
    lambda times: Fault(kind="status_after", where=EDITS, status=502, times=times),
)
Shown = list[tuple[str, tuple[str, str]]]  # what a room shows: an announcement's mark, its first line and all its words


@dataclass(slots=True)
class Storm:
    """All that stands around the bots. `releases` and `flaws` are the marks of what must be shown, `fixed` releases must be
    called security releases at the end, `edited` are the words that a release's notes must show."""

    rng: random.Random
    folder: Path
    config: Path
    repository: Repository
    discord: DiscordStandIn
    channels: list[str]
    homeserver: Synapse
    reader: User
    rooms: list[str]
    world: GitHub
    bots: list[Process]
    database: str
    releases: list[str] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    edited: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    story: list[str] = field(default_factory=list)

    # ---- what may happen

    async def blow(self, kills: int) -> None:
        """Let things happen until so many bots were killed."""
        deeds: list[tuple[Callable[[], Any], int]] = [
            (self.release, 3),
            (self._advisory, 1),
            (self._edit, 1),
            (self._fault, 3),
            (self._kill, 4),
            (self._stop, 1),
            (self._outage, 1),
        ]
        if self.database:
            deeds.append((self._cut, 1))
        while self.kills < kills:
            (deed,) = self.rng.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
            self.story.append(deed.__name__)
            await deed()
            await pass_by(self.rng.uniform(0.05, 1.2))

    async def release(self) -> None:
        if len(self.releases) - len(self.in_all_channels()) >= 4:  # more at once would be said in one summary
            return
        mark = f"1.0.{101 + len(self.releases)}"
        self.releases.append(mark)
        release = Release(tag=f"v{mark}", name=mark, body="Repairs.", created_at=now(), published_at=now())
        self.repository.releases.append(release)

    async def _advisory(self) -> None:
        if not self.releases or self.releases[-1] in self.fixed:
            return
        mark, fixes = f"Flaw number {101 + len(self.flaws)}", self.releases[-1]
        self.flaws.append(mark)
        self.fixed.append(fixes)
        code = "23456789CFGHJMPQRVWX"[len(self.flaws) % 20] * 4
        self.repository.advisories.append(
            Advisory(
                ghsa=f"GHSA-{code.lower()}-{len(self.flaws) % 8 + 2:04d}-2222".replace("0", "2"),
                summary=mark,
                severity="high",
                created_at=now(),
                published_at=now(),
                vulnerabilities=(Vulnerability(package="ferry", range=f"= 1.0.{len(self.flaws)}", patched=fixes),),
            )
        )

    async def _edit(self) -> None:
        if not self.releases:
            return
        mark = self.rng.choice(self.releases[-3:])
        words = f"Said better, {len(self.story)} deeds later."
        self.edited[mark] = words
        release = next(each for each in self.repository.releases if each.tag == f"v{mark}")
        release.body, release.updated_at = words, now()

    async def _fault(self) -> None:
        if self._trouble() < 10:  # while nobody sends they would pile up to an outage of an hour
            self.discord.plant(self.rng.choice(FAULTS)(self.rng.randint(1, 4)))

    def _trouble(self) -> int:
        return sum(fault.times for fault in self.discord._faults._planted)

    async def _kill(self) -> None:
        number = self.rng.randrange(len(self.bots))
        bot = self.bots[number]
        bot.send_signal(signal.SIGKILL)
        await bot.wait()
        self.kills += 1
        await pass_by(self.rng.uniform(0.0, 0.8))
        self.bots[number] = await spawn(self.config, self.folder / f"bot{number}.log")

    async def _stop(self) -> None:
        bot = self.rng.choice(self.bots)
        bot.send_signal(signal.SIGSTOP)
        await pass_by(self.rng.uniform(0.2, 2.0))
        bot.send_signal(signal.SIGCONT)

    async def _outage(self) -> None:
        """Both chats and GitHub are away for a while: one refuses, the others do not answer."""
        if self._trouble() < 10:
            self.discord.plant(Fault(kind="status", where=POSTS, status=503, times=self.rng.randint(5, 15)))
        self.world.faults.lay("*/releases*", github_faults.status(502), times=self.rng.randint(1, 5))
        if (server := self.homeserver._process) is not None:
            server.send_signal(signal.SIGSTOP)
            await pass_by(self.rng.uniform(0.5, 3.0))
            server.send_signal(signal.SIGCONT)

    async def _cut(self) -> None:
        """Every connection to the database ends, as when it is restarted."""
        connection = await asyncpg.connect(self.database)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        finally:
            await connection.close()

    # ---- what the rooms show

    def in_all_channels(self) -> set[str]:
        """The marks that every Discord channel shows."""
        return set.intersection(*({*dict(self.in_discord(room))} for room in self.channels))

    def in_discord(self, channel: str) -> Shown:
        """The bot's messages of a channel as they stand now, the oldest first."""
        said = self.discord.world.said(channel)
        return [(mark_of(str(each["embeds"][0]["title"])), _embed(each["embeds"][0])) for each in said]

    def in_matrix(self, room: str) -> Shown:
        """The bot's messages of a room with their last words, the oldest first."""
        events = [each for each in self.reader.history(room, 1000) if each["type"] == "m.room.message"]
        first: dict[str, dict[str, Any]] = {}
        for event in events:
            content = event["content"]
            relation = content.get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace":
                first[relation["event_id"]] = content["m.new_content"]
            elif event["sender"] != self.reader.id:
                first[event["event_id"]] = content
        bodies = [str(content["body"]) for content in first.values()]
        return [(mark_of(body.splitlines()[0]), (body.splitlines()[0], body)) for body in bodies]

    def places(self) -> dict[str, Callable[[], Shown]]:
        discord = {f"discord {room}": partial(self.in_discord, room) for room in self.channels}
        matrix = {f"matrix {room}": partial(self.in_matrix, room) for room in self.rooms}
        return {**discord, **matrix}

    def wrong(self) -> list[str]:
        """What any room shows too often, not at all, in the wrong order or in old words."""
        found: list[str] = []
        for name, look in self.places().items():
            shown = look()
            marks = Counter(mark for mark, _ in shown)
            wanted = (*self.releases, *self.flaws)
            found += [f"{name} shows {mark} {marks[mark]} times" for mark in wanted if marks[mark] != 1]
            found += [f"{name} shows {mark}" for mark in marks if mark not in wanted]
            routine = [mark for mark in self.releases if mark not in self.fixed]  # others may have overtaken them
            order = [mark for mark, _ in shown if mark in routine]
            if order != [mark for mark in routine if mark in marks]:
                found.append(f"{name} shows its releases in the order {order}")
            words = dict(shown)
            found += [
                f"{name}: {it} is no security release" for it in self.fixed if "security" not in words.get(it, ("",))[0]
            ]
            found += [
                f"{name}: {it} shows old words"
                for it, last in self.edited.items()
                if last not in words.get(it, ("", ""))[1]
            ]
        return found

    async def calm(self, within: float) -> None:
        """Wait until every room shows all, then until the sources were read thrice more: what comes twice comes by then."""
        try:
            async with asyncio.timeout(within):
                while await asyncio.to_thread(self.wrong):
                    await pass_by(0.3)
                looks = len(self.world.asked("/releases")) + 3
                while len(self.world.asked("/releases")) < looks:
                    await pass_by(0.3)
        except TimeoutError:
            wrong = self.wrong()
            raise AssertionError(f"{self.kills} kills, {len(self.story)} deeds; then: {wrong}") from None
        assert self.wrong() == []


def mark_of(title: str) -> str:
    """The release or the flaw that a first line is about."""
    found = re.search(r"1\.0\.\d{3}|Flaw number \d+", title)
    return found[0] if found else title


def _embed(embed: dict[str, Any]) -> tuple[str, str]:
    return str(embed["title"]), json.dumps(embed)


async def pass_by(seconds: float) -> None:
    """Let real time pass: the storm's own waits, drawn from its seed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


@asynccontextmanager
async def storm(
    seed: int, folder: Path, homeserver: Synapse, *, database: str = "", replicas: int = 1, rooms: int = 5
) -> AsyncIterator[Storm]:
    """Bots that have read everything and said nothing, in as many Discord channels as Matrix rooms."""
    repository = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    repository.releases = [Release(tag="v1.0.0", name="1.0.0", body="First.", created_at=now(), published_at=now())]
    repository.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", now())
    world = GitHub(repositories=[repository], tokens={"test-token-of-the-reader": frozenset()}, quota_token=10**6)
    bot, reader = homeserver.register("bot"), homeserver.register("reader")
    places = [reader.create_room(invite=[bot.id]) for _ in range(rooms)]
    async with serve(world, now) as github, DiscordStandIn() as discord:
        channels = [discord.room(name=f"news-{number}") for number in range(rooms)]
        config = folder / "config.toml"
        values = {"github": github, "discord_token": discord.token, "discord_api": discord.api_url}
        values |= {"discord_gateway": discord.gateway_url, "homeserver": homeserver.url, "bot": bot.id}
        words = CONFIG.format(folder=folder, password=bot.password, channel=channels[0], room=places[0], **values)
        for at in [f"discord:{each}" for each in channels[1:]] + [f"matrix:{each}" for each in places[1:]]:
            words += f'\n[[rooms]]\nat = "{at}"\nprojects = ["ferry"]\n'
        if database:
            words = words.replace(f"sqlite:///{folder}/bot.db", database)
        config.write_text(words)
        config.chmod(0o600)
        bots = [await spawn(config, folder / f"bot{number}.log") for number in range(replicas)]
        there = Storm(
            random.Random(seed),
            folder,
            config,
            repository,
            discord,
            channels,
            homeserver,
            reader,
            places,
            world,
            bots,
            database,
        )
        try:
            await there.calm(60)
            while not set(places) <= set(await asyncio.to_thread(bot.joined_rooms)):
                await pass_by(0.2)
            yield there
        finally:
            for process in there.bots:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
