"""A planned release is an event of each Discord server that was told of it: made once whatever happens, moved, ended, or refused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, plain
from chatbot.demo.github.data import Repository
from chatbot.runtime.timed.events import ServerEventKeeper
from tests.chats.discord.conftest import make_chat, running
from tests.demo.make import release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.runtime.maintainers.test_announce import HOUR, MIRA, OPS, say
from tests.standins.clock import START, ManualClock
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.events import ACTIVE, CANCELED, COMPLETED, CREATE_EVENTS, SCHEDULED


class Crash(Exception):
    """The bot was killed."""


def crash(_: str) -> None:
    raise Crash


@dataclass
class Quay:
    """A server with two channels that watch a project, and the pipeline that writes there."""

    discord: DiscordStandIn
    harness: Harness
    chat: DiscordChat
    repository: Repository
    guild: str

    def keeper(self) -> ServerEventKeeper:
        services = self.harness.services
        page = "https://github.com/harbour/ferry"
        return ServerEventKeeper(
            services.ingestor.planner, lambda: services.config.projects, {"discord": self.chat.events}, lambda _: page
        )

    async def look(self) -> None:
        await self.keeper().step(self.harness.clock())

    async def plan(self, hours: float, version: str = "1.2.0", severity: str = "high") -> Message:
        at = (self.harness.clock() + timedelta(hours=hours)).isoformat(timespec="minutes")
        what = {"version": version, "time": at, "severity": severity, "anyway": "yes"}
        answer = await say(self.harness, "announce schedule", **what)
        await self.harness.deliver()
        return answer

    @property
    def events(self) -> list[dict[str, Any]]:
        return list(self.discord.world.events.get(self.guild, {}).values())

    def begins(self) -> list[tuple[timedelta, int]]:
        """When each event begins, from now, and its status."""
        return [
            (datetime.fromisoformat(each["scheduled_start_time"]) - self.harness.clock(), each["status"])
            for each in self.events
        ]


@pytest.fixture
async def quay(tmp_path: Path) -> AsyncIterator[Quay]:
    repository = Repository(owner="harbour", name="ferry")
    repository.releases = [release("v1.1.0", 2)]
    repository.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    project = replace(FERRY, maintainers=(MIRA,), maintainers_room=OPS)
    async with DiscordStandIn() as discord:
        channel = discord.room()
        guild = str(discord.world.channels[channel]["guild_id"])
        rooms = [room(f"discord:{channel}"), room(f"discord:{discord.world.add_channel(guild, name='news')}")]
        async with open_harness(repository, ManualClock(), tmp_path / "bot.db", rooms, project=project) as harness:
            chat = make_chat(discord, harness.services.answers)  # type: ignore[arg-type]  # who answers in a running bot
            async with running(chat):
                harness.chat = chat  # type: ignore[assignment]  # a chat all the same
                await harness.run_for()
                yield Quay(discord, harness, chat, repository, guild)


async def test_a_planned_release_is_one_event_that_moves_and_ends_with_it(quay: Quay) -> None:
    quay.discord.world.empower(quay.guild, CREATE_EVENTS)
    await quay.plan(48)
    for _ in range(3):
        await quay.look()
    (event,) = quay.events
    assert event["name"] == "Ferry 1.2.0: security release"
    assert event["description"].startswith("It fixes a problem of high severity.")
    assert quay.begins() == [(48 * HOUR, SCHEDULED)]
    await quay.plan(72, severity="critical")
    await quay.look()
    assert quay.begins() == [(72 * HOUR, SCHEDULED)]
    assert "critical severity" in event["description"]
    await say(quay.harness, "announce cancel", version="1.2.0")
    await quay.look()
    assert [each["status"] for each in quay.events] == [CANCELED]
    await quay.plan(24)
    await quay.look()
    await quay.look()
    assert quay.begins()[1:] == [(24 * HOUR, SCHEDULED)]
    quay.repository.releases.append(
        release("v1.2.0", 0, created_at=quay.harness.clock.now, published_at=quay.harness.clock.now)
    )
    await quay.harness.run_for()
    await quay.look()
    assert [each["status"] for each in quay.events] == [CANCELED, COMPLETED]
    quay.harness.clock.advance(50 * HOUR)
    await quay.look()
    assert len(quay.events) == 2


@pytest.mark.parametrize("crashes", [1, 3])
async def test_it_is_made_once_whenever_the_bot_is_killed(quay: Quay, crashes: int) -> None:
    quay.discord.world.empower(quay.guild, CREATE_EVENTS)
    await quay.plan(48)
    planner = quay.harness.services.ingestor.planner
    for _ in range(crashes):
        planner.failpoint = crash
        with pytest.raises(Crash):
            await quay.look()
    planner.failpoint = lambda _name: None
    await quay.look()
    assert quay.begins() == [(48 * HOUR, SCHEDULED)]


async def test_where_it_is_refused_the_post_stands_alone_and_the_log_says_why(quay: Quay) -> None:
    await quay.plan(48)
    await quay.look()
    assert quay.events == []
    log = await say(quay.harness, "announce log")
    assert [plain(line).split(":")[0] for line in log.small] == ["No event for 1.2.0 in a server"]
    assert "Create Events" in plain(log.small[0])
    posts = [
        post for room in quay.harness.services.config.rooms for post in quay.discord.world.posts(room.address.place)
    ]
    assert [post["embeds"][0]["title"] for post in posts] == ["Ferry 1.2.0 is planned"] * 2
    quay.discord.world.empower(quay.guild, CREATE_EVENTS)
    await quay.look()
    assert quay.events == []  # not at once: Discord counts refusals
    quay.harness.clock.advance(HOUR)
    await quay.look()
    assert len(quay.events) == 1
    assert (await say(quay.harness, "announce log")).small == ()


async def test_one_that_has_begun_ends_when_it_is_moved_and_one_that_was_deleted_stays_so(quay: Quay) -> None:
    quay.discord.world.empower(quay.guild, CREATE_EVENTS)
    await quay.plan(2)
    await quay.look()
    quay.events[0]["status"] = ACTIVE  # as Discord does at its time
    quay.harness.clock.advance(3 * HOUR)
    await quay.plan(24)
    await quay.look()
    assert [status for _, status in quay.begins()] == [COMPLETED, SCHEDULED]
    quay.discord.world.events[quay.guild].popitem()
    await quay.plan(30)
    for _ in range(2):
        await quay.look()
        quay.harness.clock.advance(2 * HOUR)
    assert [status for _, status in quay.begins()] == [COMPLETED]
    assert "somebody deleted the event" in plain((await say(quay.harness, "announce log")).small[0])


async def test_a_project_that_is_not_public_gets_none(quay: Quay) -> None:
    """Everybody on a server sees its events, also who may not see the channel."""
    quay.discord.world.empower(quay.guild, CREATE_EVENTS)
    services = quay.harness.services
    services.config = replace(services.config, projects=(replace(services.config.projects[0], public=False),))
    await quay.plan(48)
    await quay.look()
    assert quay.events == []


async def test_other_servers_and_other_projects_get_none(quay: Quay) -> None:
    quay.discord.world.empower(quay.guild, CREATE_EVENTS)
    elsewhere = quay.discord.world.add_guild("elsewhere")
    quay.discord.world.empower(elsewhere, CREATE_EVENTS)
    assert RoomAddress(OPS).chat == "console"
    await quay.plan(48)
    await quay.look()
    assert list(quay.discord.world.events) == [quay.guild]
