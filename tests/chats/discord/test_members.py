"""Whether somebody still belongs to a room's server and sees the room: asked of Discord, without any privileged intent."""

from datetime import timedelta

import pytest

from chatbot.chats.discord.people.members import FRESH
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatUnavailable
from tests.chats.discord.test_greeting import PERSON, greeting
from tests.standins.clock import ManualClock
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import user

ALICE = user("alice", identifier="4711")
SEE = 1 << 10


def hide(discord: DiscordStandIn, channel: str, from_whom: str, kind: int) -> None:
    """Deny a role or a member to see a channel, as it is there when the bot connects."""
    overwrite = {"id": from_whom, "type": kind, "allow": "0", "deny": str(SEE)}
    discord.world.channels[channel]["permission_overwrites"].append(overwrite)


def guild_of(discord: DiscordStandIn) -> str:
    return next(iter(discord.world.guilds))


async def test_a_member_shares_the_room_until_they_leave(discord: DiscordStandIn) -> None:
    clock, guild = ManualClock(), guild_of(discord)
    room = RoomAddress(f"discord:{discord.room()}")
    async with greeting(discord, clock) as chat:
        assert not await chat.shares(PERSON, room)
        discord.world.join(guild, ALICE)
        clock.advance(FRESH)
        assert await chat.shares(PERSON, room)
        discord.world.leave(guild, ALICE)
        before = len(discord.requests)
        assert await chat.shares(PERSON, room), "a little later it is not asked again"
        assert len(discord.requests) == before
        clock.advance(FRESH + timedelta(seconds=1))
        assert not await chat.shares(PERSON, room)


async def test_at_a_command_of_theirs_it_is_asked_at_once(discord: DiscordStandIn) -> None:
    clock, guild = ManualClock(), guild_of(discord)
    room = RoomAddress(f"discord:{discord.room()}")
    discord.world.join(guild, ALICE)
    async with greeting(discord, clock) as chat:
        assert await chat.shares(PERSON, room)
        discord.world.leave(guild, ALICE)
        assert not await chat.shares(PERSON, room, fresh=True)


async def test_a_member_who_does_not_see_the_channel_shares_it_not(discord: DiscordStandIn) -> None:
    guild = guild_of(discord)
    discord.world.join(guild, ALICE)
    hidden, barred, open_to_all = (discord.room(name=name) for name in ("hidden", "barred", "seen"))
    hide(discord, hidden, guild, 0)  # from @everyone
    hide(discord, barred, "4711", 1)
    async with greeting(discord) as chat:
        assert [
            await chat.shares(PERSON, RoomAddress(f"discord:{each}")) for each in (hidden, barred, open_to_all)
        ] == [
            False,
            False,
            True,
        ]


async def test_a_private_thread_is_its_members(discord: DiscordStandIn) -> None:
    discord.world.join(guild_of(discord), ALICE)
    thread = discord.world.add_thread(discord.room(), "quiet")
    thread["type"] = 12
    room = RoomAddress(f"discord:{thread['id']}")
    clock = ManualClock()
    async with greeting(discord, clock) as chat:
        assert not await chat.shares(PERSON, room)
        thread["members"] = ["4711"]
        clock.advance(FRESH)
        assert await chat.shares(PERSON, room)


async def test_where_the_bot_has_another_id_nothing_is_reported_about_others(discord: DiscordStandIn) -> None:
    """To lose the bot's own place is no reason to end what people subscribed to."""
    room = discord.room()
    async with greeting(discord) as chat:
        assert await chat.shares(PERSON, RoomAddress("discord:1")) is None
        discord.plant(Fault(kind="status", where="/members/4711", status=503))
        with pytest.raises(ChatUnavailable):
            await chat.shares(PERSON, RoomAddress(f"discord:{room}"))


async def test_a_room_of_another_kind_is_shared_by_nobody(discord: DiscordStandIn) -> None:
    async with greeting(discord) as chat:
        assert not await chat.shares(PERSON, RoomAddress("discord:dm:5"))
        assert not await chat.shares(RoomAddress("discord:role:x"), RoomAddress("discord:5"))
