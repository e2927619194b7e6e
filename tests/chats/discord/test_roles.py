"""Roles of servers: looked up as they are, made without permissions, given and taken; each refusal is a sentence."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatbot.chats.discord.servers.roles import Roles
from chatbot.core.line_roles.server_roles import ServerRole, ServerRoles
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused, ChatUnavailable
from tests.chats.discord.conftest import Answers, make_chat, running
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import user
from tests.standins.discord.roles import MANAGE_ROLES, MOST

NAME = "windlass 2.1"
SEE, SEND, EMBED, HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 16
ADA = user("ada")
PERSON = RoomAddress(f"discord:user:{ADA['id']}")


@pytest.fixture
def room(discord: DiscordStandIn) -> RoomAddress:
    return RoomAddress(f"discord:{discord.room()}")


@pytest.fixture
def guild(discord: DiscordStandIn, room: RoomAddress) -> str:
    """A server in which the bot may manage roles, with Ada in it."""
    guild = str(discord.world.channels[room.place]["guild_id"])
    discord.world.empower(guild, MANAGE_ROLES)
    discord.world.join(guild, ADA)
    return guild


@pytest.fixture
async def roles(discord: DiscordStandIn, answers: Answers, guild: str) -> AsyncIterator[Roles]:
    assert guild in discord.world.guilds
    chat = make_chat(discord, answers)
    async with running(chat):
        yield chat.roles


def server(guild: str) -> str:
    return f"discord:{guild}"


async def test_a_role_is_made_without_permissions_given_and_taken(
    discord: DiscordStandIn, roles: Roles, room: RoomAddress, guild: str
) -> None:
    there = await roles.server_of(room)
    assert there == server(guild)
    assert await roles.with_name(there, NAME) == []
    role = await roles.make(there, NAME)
    (stored,) = [each for each in discord.world.guilds[guild]["roles"] if each["id"] == role]
    assert (stored["name"], stored["permissions"], stored["mentionable"], stored["hoist"]) == (NAME, "0", False, False)
    assert await roles.with_name(there, NAME) == [ServerRole(id=role, name=NAME)]
    assert role in await roles.ids(there)
    for _ in range(2):
        await roles.give(there, role, PERSON)
        assert discord.world.roles_of(guild, ADA) == [NAME]
    for _ in range(2):
        await roles.take(there, role, PERSON)
        assert discord.world.roles_of(guild, ADA) == []
    await roles.delete(there, role)
    await roles.delete(there, role)
    assert await roles.look(there, role) is None
    await roles.take(there, role, PERSON)
    assert isinstance(roles, ServerRoles)


async def test_a_thread_belongs_to_the_server_of_its_channel(
    discord: DiscordStandIn, roles: Roles, room: RoomAddress, guild: str
) -> None:
    thread = discord.world.add_thread(room.place, "talk")
    assert await roles.server_of(RoomAddress(f"discord:{thread['id']}")) == server(guild)


async def test_a_dm_belongs_to_no_server(discord: DiscordStandIn, roles: Roles) -> None:
    with pytest.raises(ChatRefused, match="no server"):
        await roles.server_of(RoomAddress(f"discord:{discord.direct(ADA)}"))


@pytest.mark.parametrize(
    ("of_role", "power"),
    [
        ({}, ""),
        ({"permissions": 1 << 40}, "it has permissions"),
        ({"managed": True}, "another bot or an integration manages it"),
        ({"mentionable": True}, ""),
    ],
)
async def test_a_role_that_can_do_anything_is_given_to_nobody(
    discord: DiscordStandIn, roles: Roles, guild: str, of_role: dict[str, Any], power: str
) -> None:
    role = discord.world.add_role(guild, NAME, **of_role)
    assert await roles.look(server(guild), role) == ServerRole(
        id=role, name=NAME, power=power, mentionable=bool(of_role.get("mentionable"))
    )
    if power:
        with pytest.raises(ChatRefused, match=power):
            await roles.give(server(guild), role, PERSON)
        assert discord.world.roles_of(guild, ADA) == []


async def test_a_channel_that_gives_a_role_rights_keeps_it_from_being_given(
    discord: DiscordStandIn, roles: Roles, room: RoomAddress, guild: str
) -> None:
    role = discord.world.add_role(guild, NAME)
    await roles.give(server(guild), role, PERSON)
    overwrites = discord.world.channels[room.place]["permission_overwrites"]
    overwrites.append({"id": role, "type": 0, "allow": str(SEE), "deny": "0"})
    with pytest.raises(ChatRefused, match="the channel “general” has permissions of its own for it"):
        await roles.give(server(guild), role, PERSON)


async def test_the_role_of_everybody_is_given_to_nobody(roles: Roles, guild: str) -> None:
    with pytest.raises(ChatRefused, match="everybody has it"):
        await roles.give(server(guild), guild, PERSON)


async def test_a_role_above_ours_cannot_be_given(discord: DiscordStandIn, roles: Roles, guild: str) -> None:
    role = discord.world.add_role(guild, NAME, position=60)
    assert await roles.look(server(guild), role) == ServerRole(id=role, name=NAME, out_of_reach=True)
    with pytest.raises(ChatRefused, match="above my own"):
        await roles.give(server(guild), role, PERSON)


async def test_a_role_that_was_deleted_is_reported(roles: Roles, guild: str) -> None:
    with pytest.raises(ChatRefused, match="was deleted"):
        await roles.give(server(guild), "5", PERSON)


async def test_without_manage_roles_the_missing_right_is_named(
    discord: DiscordStandIn, roles: Roles, guild: str
) -> None:
    for role in discord.world.guilds[guild]["roles"]:
        role["permissions"] = "0"
    with pytest.raises(ChatRefused, match=r"Manage Roles .*50013"):
        await roles.make(server(guild), NAME)


async def test_a_full_server_is_reported(discord: DiscordStandIn, roles: Roles, guild: str) -> None:
    while len(discord.world.guilds[guild]["roles"]) < MOST:
        discord.world.add_role(guild, "one more")
    with pytest.raises(ChatRefused, match=r"as many roles as Discord allows \(250\).*30005"):
        await roles.make(server(guild), NAME)


async def test_a_person_who_left_the_server_gets_no_role(discord: DiscordStandIn, roles: Roles, guild: str) -> None:
    role = discord.world.add_role(guild, NAME)
    discord.world.leave(guild, ADA)
    with pytest.raises(ChatRefused, match="does not find you"):
        await roles.give(server(guild), role, PERSON)
    await roles.take(server(guild), role, PERSON)


async def test_an_outage_is_for_another_time(discord: DiscordStandIn, roles: Roles, guild: str) -> None:
    discord.plant(Fault(kind="status", where="GET /guilds", status=503))
    with pytest.raises(ChatUnavailable):
        await roles.with_name(server(guild), NAME)
