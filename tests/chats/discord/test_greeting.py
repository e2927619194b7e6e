"""The first message in a person's DM: opened once, by the person's own command, and each refusal said in words for the person."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.discord.people.openings import IN_A_MINUTE, IN_AN_HOUR, PAUSE
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import ChatRefused, ChatUnavailable, Pauses, PersonLost
from tests.chats.discord.conftest import HASTY, Answers, outgoing, running
from tests.standins.clock import ManualClock
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import user

ALICE = user("alice", identifier="4711")
PERSON = RoomAddress("discord:user:4711")
WELCOME = Message(title="You will hear of Example 1.2", tone=Tone.GOOD)
OPENING = "/users/@me/channels"


@dataclass
class Remembered:
    """Pauses that outlive a chat."""

    pauses: dict[str, datetime] = field(default_factory=dict)

    async def until(self, what: str) -> datetime | None:
        return self.pauses.get(what)

    async def pause(self, what: str, until: datetime) -> None:
        self.pauses[what] = until


class OutOfOrder(Remembered):
    """A memory that cannot be written."""

    async def pause(self, what: str, until: datetime) -> None:
        raise ChatUnavailable(f"the disk is full: {what} until {until}")


@asynccontextmanager
async def greeting(
    discord: DiscordStandIn, clock: ManualClock | None = None, pauses: Pauses | None = None
) -> AsyncIterator[DiscordChat]:
    chat = DiscordChat(
        token=lambda: discord.token,
        answerer=Answers(),
        clock=clock or ManualClock(),
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        options=HASTY,
        pauses=pauses or Remembered(),
    )
    async with running(chat):
        yield chat


def opened(discord: DiscordStandIn) -> int:
    return len(discord.requests_to("POST", OPENING))


async def test_the_dm_is_opened_once_and_its_address_is_what_messages_are_sent_to(discord: DiscordStandIn) -> None:
    async with greeting(discord) as chat:
        dm = await chat.greet(PERSON, WELCOME, "k1")
        assert dm.is_direct
        channel = dm.rpartition(":")[2]
        assert [post["embeds"][0]["title"] for post in discord.world.posts(channel)] == [
            "✅ You will hear of Example 1.2"
        ]
        assert await chat.greet(PERSON, WELCOME, "k2") == dm
        assert opened(discord) == 1
    async with greeting(discord) as chat:  # after a restart the address alone is enough
        await chat.send(outgoing(f"dm:{channel}", key="k3"))
        assert len(discord.world.posts(channel)) == 3
        assert opened(discord) == 1
        asked_about = [each for each in discord.requests if each.method == "GET" and "/channels/" in each.path]
        assert asked_about == [], "an alert costs one request"


async def test_a_repeat_is_the_same_message(discord: DiscordStandIn) -> None:
    async with greeting(discord) as chat:
        dm = await chat.greet(PERSON, WELCOME, "k1")
        await chat.greet(PERSON, WELCOME, "k1")
        assert len(discord.world.posts(dm.rpartition(":")[2])) == 1


async def test_the_dm_in_which_somebody_asks_is_not_opened_again(discord: DiscordStandIn) -> None:
    async with greeting(discord) as chat:
        dm = discord.direct(ALICE)
        await (await discord.slash("help", at=dm, asker=ALICE)).answer()
        assert await chat.greet(PERSON, WELCOME, "k1") == f"discord:dm:{dm}"
        assert opened(discord) == 0


@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ("closed_dms", "You don't accept DMs from me. Allow them"),
        ("strangers", "only while we share a server"),
        ("deleted_accounts", "only while we share a server"),
    ],
)
async def test_a_refusal_says_what_the_person_can_do(discord: DiscordStandIn, attribute: str, words: str) -> None:
    getattr(discord.world, attribute).add("4711")
    async with greeting(discord) as chat:
        with pytest.raises(ChatRefused, match=words) as refused:
            await chat.greet(PERSON, WELCOME, "k1")
        assert "error" not in str(refused.value), "a number helps nobody"
        getattr(discord.world, attribute).clear()
        assert (await chat.greet(PERSON, WELCOME, "k2")).is_direct


async def test_an_outage_is_no_refusal(discord: DiscordStandIn) -> None:
    async with greeting(discord) as chat:
        discord.plant(Fault(kind="status", where=f"POST {OPENING}", status=503))
        with pytest.raises(ChatUnavailable):
            await chat.greet(PERSON, WELCOME, "k1")
        assert (await chat.greet(PERSON, WELCOME, "k1")).is_direct


# ---- opening too fast ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [40003, 20026])
async def test_once_discord_finds_it_too_fast_no_dm_is_opened_for_hours_restart_or_not(
    discord: DiscordStandIn, code: int
) -> None:
    clock, memory = ManualClock(), Remembered()
    async with greeting(discord, clock, memory) as chat:
        dm = await chat.greet(PERSON, WELCOME, "k1")
        discord.world.opening_refusal = (403, code, "You are opening direct messages too fast.")
        with pytest.raises(ChatUnavailable, match="Try again in 6 hours, or open my profile"):
            await chat.greet(RoomAddress("discord:user:1"), WELCOME, "k2")
        assert opened(discord) == 2
        discord.world.opening_refusal = None
        with pytest.raises(ChatUnavailable, match="Try again in 6 hours"):
            await chat.greet(RoomAddress("discord:user:2"), WELCOME, "k3")
        assert await chat.greet(PERSON, WELCOME, "k4") == dm, "who has a DM is written to"
    clock.advance(PAUSE - timedelta(minutes=30))
    async with greeting(discord, clock, memory) as chat:
        with pytest.raises(ChatUnavailable, match="Try again in 30 minutes"):
            await chat.greet(RoomAddress("discord:user:2"), WELCOME, "k5")
        with pytest.raises(ChatUnavailable) as later:  # nor is one opened for a delivery
            await chat.send(outgoing("user:2", key="k6"))
        assert later.value.retry_after == timedelta(minutes=30)
        assert opened(discord) == 2
        clock.advance(timedelta(minutes=30))
        assert (await chat.greet(RoomAddress("discord:user:2"), WELCOME, "k7")).is_direct


async def test_a_message_that_counts_as_an_opening_stops_openings_too(discord: DiscordStandIn) -> None:
    """Discord may say so at the first message, and not at the opening."""
    async with greeting(discord) as chat:
        dm = await chat.greet(PERSON, WELCOME, "k1")
        discord.plant(Fault(kind="status", where=r"POST /channels/\d+/messages", status=403, code=40003))
        with pytest.raises(ChatUnavailable) as later:
            await chat.send(outgoing(f"dm:{dm.rpartition(':')[2]}", key="k2"))
        assert later.value.retry_after == timedelta(hours=1)
        with pytest.raises(ChatUnavailable, match="6 hours"):
            await chat.greet(RoomAddress("discord:user:2"), WELCOME, "k3")


async def test_a_pause_that_cannot_be_remembered_holds_until_the_restart(discord: DiscordStandIn) -> None:
    async with greeting(discord, pauses=OutOfOrder()) as chat:
        discord.world.opening_refusal = (403, 40003, "You are opening direct messages too fast.")
        for number in (1, 2):
            with pytest.raises(ChatUnavailable, match="6 hours"):
                await chat.greet(RoomAddress(f"discord:user:{number}"), WELCOME, f"k{number}")
        assert opened(discord) == 1


async def test_our_own_pace_is_far_below_what_is_punished(discord: DiscordStandIn) -> None:
    clock = ManualClock()
    async with greeting(discord, clock) as chat:

        async def greet(number: int) -> bool:
            try:
                await chat.greet(RoomAddress(f"discord:user:{number}"), WELCOME, f"k{number}")
            except ChatUnavailable as refused:
                return "only a few new DMs an hour" not in str(refused)
            return True

        assert [await greet(1 + number) for number in range(IN_A_MINUTE + 1)] == [True] * IN_A_MINUTE + [False]
        count = IN_A_MINUTE
        for minute in range(1, 59):
            clock.advance(timedelta(minutes=1))
            count += sum([await greet(100 * minute + number) for number in range(2)])
        assert count == IN_AN_HOUR == opened(discord)


# ---- what deliveries to DMs raise ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attribute", ["strangers", "deleted_accounts"])
async def test_a_person_who_cannot_be_reached_any_more_is_lost(discord: DiscordStandIn, attribute: str) -> None:
    async with greeting(discord) as chat:
        dm = await chat.greet(PERSON, WELCOME, "k1")
        getattr(discord.world, attribute).add("4711")
        before = len(discord.requests)
        with pytest.raises(PersonLost):
            await chat.send(outgoing(dm.partition(":")[2], key="k2"))
        assert len(discord.requests) == before + 1, "a refusal counts at Discord: it is not repeated"


async def test_a_dm_that_is_gone_is_a_person_lost_and_a_channel_that_is_gone_is_not(discord: DiscordStandIn) -> None:
    async with greeting(discord) as chat:
        with pytest.raises(PersonLost):
            await chat.send(outgoing("dm:77", key="k1"))
        with pytest.raises(ChatRefused) as refused:
            await chat.send(outgoing("77", key="k2"))
        assert not isinstance(refused.value, PersonLost)


async def test_a_person_who_closed_their_dms_is_not_lost(discord: DiscordStandIn) -> None:
    async with greeting(discord) as chat:
        dm = await chat.greet(PERSON, WELCOME, "k1")
        discord.world.closed_dms.add("4711")
        before = len(discord.requests)
        with pytest.raises(ChatRefused, match="switched off; allow them") as refused:
            await chat.send(outgoing(dm.partition(":")[2], key="k2"))
        assert not isinstance(refused.value, PersonLost)
        assert len(discord.requests) == before + 1
