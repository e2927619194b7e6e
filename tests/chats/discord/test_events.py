"""Scheduled events of servers: made with all that Discord wants, moved, and ended; each refusal is a sentence."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.chats.discord.servers.events import Events
from chatbot.core.maintainers.schedule.server_events import ServerEvent, ServerEvents
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused
from tests.chats.discord.conftest import Answers, make_chat, running
from tests.standins.discord import DiscordStandIn, events
from tests.standins.discord.events import ACTIVE, CANCELED, COMPLETED, CREATE_EVENTS, MOST, SCHEDULED

AT = datetime(2031, 12, 1, 15, tzinfo=UTC)
EVENT = ServerEvent(
    name="Windlass 2.1.2: security release",
    description="It fixes a problem of high severity.",
    location="https://github.com/acme/windlass",
    begins=AT,
    ends=AT + timedelta(days=1),
)


@pytest.fixture
def guild(discord: DiscordStandIn) -> str:
    """A server with one channel, in which the bot may do nothing but write."""
    return str(discord.world.channels[discord.room()]["guild_id"])


@pytest.fixture
async def ours(discord: DiscordStandIn, answers: Answers, guild: str) -> AsyncIterator[Events]:
    assert guild in discord.world.guilds
    chat = make_chat(discord, answers)
    async with running(chat):
        yield chat.events


def status(discord: DiscordStandIn, guild: str, event: str) -> int:
    return int(discord.world.events[guild][event]["status"])


async def test_an_event_is_made_moved_and_cancelled(discord: DiscordStandIn, ours: Events, guild: str) -> None:
    assert isinstance(ours, ServerEvents)
    discord.world.empower(guild, CREATE_EVENTS)
    room = RoomAddress(f"discord:{discord.world.guilds[guild]['channels'][0]['id']}")
    server = await ours.server_of(room)
    assert server == f"discord:{guild}"
    assert await ours.ours_with_name(server, EVENT.name) == []
    event = await ours.make(server, EVENT)
    there = discord.world.events[guild][event]
    assert (there["name"], there["entity_type"], there["privacy_level"]) == (EVENT.name, 3, 2)
    assert there["entity_metadata"] == {"location": EVENT.location}
    assert there["scheduled_start_time"] == "2031-12-01T15:00:00+00:00"
    assert await ours.ours_with_name(server, EVENT.name) == [event]
    later = replace(EVENT, begins=AT + timedelta(hours=2), ends=AT + timedelta(days=2))
    assert await ours.change(server, event, later) == "changed"
    assert there["scheduled_start_time"] == "2031-12-01T17:00:00+00:00"
    await ours.finish(server, event, came=False)
    assert status(discord, guild, event) == CANCELED
    await ours.finish(server, event, came=False)
    assert await ours.ours_with_name(server, EVENT.name) == []
    assert await ours.change(server, event, EVENT) == "gone"


async def test_what_comes_early_begins_and_is_over_and_what_has_begun_stays(
    discord: DiscordStandIn, ours: Events, guild: str
) -> None:
    discord.world.empower(guild, CREATE_EVENTS)
    server = f"discord:{guild}"
    early, under_way = await ours.make(server, EVENT), await ours.make(server, EVENT)
    await ours.finish(server, early, came=True)
    assert status(discord, guild, early) == COMPLETED
    discord.world.events[guild][under_way]["status"] = ACTIVE
    assert await ours.change(server, under_way, EVENT) == "begun"
    await ours.finish(server, under_way, came=True)
    assert status(discord, guild, under_way) == COMPLETED
    del discord.world.events[guild][early]
    assert await ours.change(server, early, EVENT) == "gone"
    await ours.finish(server, early, came=True)


async def test_an_event_of_somebody_else_is_not_ours(discord: DiscordStandIn, ours: Events, guild: str) -> None:
    discord.world.empower(guild, CREATE_EVENTS)
    server = f"discord:{guild}"
    event = await ours.make(server, EVENT)
    discord.world.events[guild][event]["creator_id"] = "42"
    assert await ours.ours_with_name(server, EVENT.name) == []


async def test_a_refusal_names_what_is_missing(discord: DiscordStandIn, ours: Events, guild: str) -> None:
    server = f"discord:{guild}"
    with pytest.raises(ChatRefused, match="I need the permission Create Events in this server"):
        await ours.make(server, EVENT)
    discord.world.empower(guild, CREATE_EVENTS)
    for _ in range(MOST):
        body = {
            "name": "a fair",
            "privacy_level": 2,
            "entity_type": 3,
            "scheduled_start_time": "2031-01-01T00:00:00+00:00",
            "scheduled_end_time": "2031-01-02T00:00:00+00:00",
            "entity_metadata": {"location": "the quay"},
        }
        assert events.make(discord.world, guild, body)["status"] == SCHEDULED
    with pytest.raises(ChatRefused, match="as many events as Discord allows"):
        await ours.make(server, EVENT)


async def test_words_are_cut_to_what_discord_takes(discord: DiscordStandIn, ours: Events, guild: str) -> None:
    discord.world.empower(guild, CREATE_EVENTS)
    server = f"discord:{guild}"
    long = replace(EVENT, name="n" * 300, description="d" * 3000, location="https://example.org/" + "x" * 300)
    event = await ours.make(server, long)
    assert await ours.ours_with_name(server, long.name) == [event]
