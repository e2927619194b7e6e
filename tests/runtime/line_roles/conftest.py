"""The server of these tests: two supported lines, a bot that may manage roles, and two members."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatbot.demo.github.data import Repository
from tests.chats.discord.conftest import make_chat, running
from tests.demo.make import release
from tests.runtime.harness import open_harness
from tests.runtime.line_roles.port import ADA, BEN, PAGE, Port, with_roles
from tests.standins.clock import START, ManualClock
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.roles import MANAGE_ROLES


@pytest.fixture
def repository() -> Repository:
    of = Repository(owner="harbour", name="ferry")
    of.releases = [release("v1.3.0", 1), release("v1.4.0", 2), release("v1.4.1", 3), release("v2.1.0", 4)]
    of.commit("SECURITY.md", PAGE.format("yes"), START)
    return of


@pytest.fixture
async def discord() -> AsyncIterator[DiscordStandIn]:
    async with DiscordStandIn() as standin:
        yield standin


@pytest.fixture
async def port(discord: DiscordStandIn, repository: Repository, tmp_path: Path) -> AsyncIterator[Port]:
    channel = discord.room()
    guild = str(discord.world.channels[channel]["guild_id"])
    discord.world.empower(guild, MANAGE_ROLES)
    for person in (ADA, BEN):
        discord.world.join(guild, person)
    rooms = [with_roles(channel)]
    async with open_harness(repository, ManualClock(), tmp_path / "store.db", rooms) as harness:
        answers = harness.services.answers
        chat = make_chat(discord, answers)  # type: ignore[arg-type]  # who answers in a running bot
        answers.roles, answers.direct = {"discord": chat.roles}, {"discord": chat}
        async with running(chat):
            harness.chat = chat  # type: ignore[assignment]  # a chat all the same
            await harness.run_for()
            yield Port(discord, harness, chat, repository, guild, channel)
