"""Discord's token is revoked in the middle of a fan-out: few requests are refused, then none is made, and Matrix goes on."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatbot.ports import ChatStopped, ChatUnavailable
from tests.chats.discord.conftest import Answers, make_chat, outgoing, running
from tests.patience import PATIENCE
from tests.runtime.bot_process import BotHarness, open_bot
from tests.standins.discord import DiscordStandIn
from tests.standins.synapse import Synapse

CHANNELS = 40
RELEASES = "/repos/harbour/ferry/releases"
MOST_REFUSED = 20  # requests: 10,000 in ten minutes bar an address


@asynccontextmanager
async def in_many_channels(folder: Path, homeserver: Synapse) -> AsyncIterator[tuple[BotHarness, list[str]]]:
    async with open_bot(folder, homeserver) as there:
        more = [there.discord.room(name=f"news-{number}") for number in range(CHANNELS - 1)]
        words = "".join(f'\n[[rooms]]\naddress = "discord:{each}"\nprojects = ["ferry"]\n' for each in more)
        there.config.write_text(there.config.read_text() + words)
        there.discord.latency = 0.05
        await there.start()
        await there.baseline()
        yield there, [there.channel, *more]


def marks(titles: list[str]) -> list[str]:
    return [match[0] for title in titles if (match := re.search(r"1\.0\.\d", title))]


def in_channel(there: BotHarness, channel: str) -> list[str]:
    return marks([str(message["embeds"][0]["title"]) for message in there.discord.world.posts(channel)])


async def in_every_channel(there: BotHarness, channels: list[str], expected: list[str]) -> None:
    await there.until(
        lambda: all(len(in_channel(there, each)) >= len(expected) for each in channels), f"{expected} are said"
    )
    assert [in_channel(there, each) for each in channels] == [expected] * len(channels)


async def in_matrix(there: BotHarness, expected: list[str]) -> None:
    await there.until(lambda: marks(there.in_matrix()) == expected, f"Matrix shows {expected}")


async def quiet(there: BotHarness, requests: int, opened: int) -> None:
    """Discord is asked nothing more while the releases are looked at a dozen times: longer than a chat that failed pauses."""
    looks = len(there.world.requests_for(RELEASES)) + 12
    await there.until(
        lambda: len(there.world.requests_for(RELEASES)) >= looks, "the releases were read again and again"
    )
    assert (len(there.discord.requests), there.discord.gateway.opened) == (requests, opened)


def refused(there: BotHarness) -> int:
    return sum(each.status == 401 for each in there.discord.requests)


@pytest.mark.parametrize("closes", [False, True])
async def test_a_revoked_token_stops_discord_alone_until_it_is_fixed(
    closes: bool, homeserver: Synapse, tmp_path: Path
) -> None:
    """`closes`: Discord ends the gateway's connection too, as it does with a token that was reset."""
    async with in_many_channels(tmp_path, homeserver) as (there, channels):
        discord = there.discord
        there.publish("v1.0.1")
        await in_every_channel(there, channels, ["1.0.1"])
        await in_matrix(there, ["1.0.1"])

        there.publish("v1.0.2")
        await discord.until(
            lambda: sum(len(in_channel(there, each)) for each in channels) > CHANNELS + 10, within=PATIENCE
        )
        discord.world.token = "another.token.now"
        if closes:
            await discord.gateway.drop(4004)
        await there.until(
            lambda: "chat stopped; fix it, then reload or restart" in there.log.read_text(), "Discord is stopped"
        )
        for number in (3, 4):
            there.publish(f"v1.0.{number}")
            await in_matrix(there, [f"1.0.{each}" for each in range(1, number + 1)])
        requests, opened = (
            len(discord.requests),
            discord.gateway.opened,
        )  # what was under way when it stopped has arrived
        await quiet(there, requests, opened)
        assert refused(there) <= MOST_REFUSED
        if not closes:
            assert refused(there) > 0
        assert min(len(in_channel(there, each)) for each in channels) == 1, "some channels have missed 1.0.2"
        assert "make a new one on the application's Bot page and set discord.token" in there.log.read_text()

        discord.world.token = discord.token
        discord.world.forget_nonces()
        assert there.process is not None
        there.process.send_signal(signal.SIGHUP)
        all_four = [f"1.0.{number}" for number in range(1, 5)]
        await in_every_channel(there, channels, all_four)
        there.publish("v1.0.5")
        await in_every_channel(there, channels, [*all_four, "1.0.5"])
        await in_matrix(there, [*all_four, "1.0.5"])
        assert await there.end(signal.SIGTERM) == 0


async def test_begun_with_a_revoked_token_it_asks_once_and_matrix_is_served(
    homeserver: Synapse, tmp_path: Path
) -> None:
    async with open_bot(tmp_path, homeserver) as there:
        there.discord.world.token = "another.token.now"
        await there.start()
        await there.baseline()
        for number in (1, 2):
            there.publish(f"v1.0.{number}")
            await in_matrix(there, [f"1.0.{each}" for each in range(1, number + 1)])
        await quiet(there, requests=1, opened=0)
        there.discord.world.token = there.discord.token
        assert there.process is not None
        there.process.send_signal(signal.SIGHUP)
        await in_every_channel(there, [there.channel], ["1.0.1", "1.0.2"])


async def test_what_waits_for_its_turn_when_discord_closes_the_connection_is_not_at_fault() -> None:
    """A chat raises the errors of its port and nothing else: with any other one a message is parked for a person."""
    async with DiscordStandIn(latency=0.05) as discord:
        places = [discord.room(name=f"news-{number}") for number in range(CHANNELS)]
        chat = make_chat(discord, Answers())
        async with running(chat) as holding:
            planned_message = [
                asyncio.create_task(chat.send(outgoing(place, key=f"k{place[-8:]}"))) for place in places
            ]
            await discord.until(lambda: len(discord.requests_to("POST", "/messages")) > 5)
            await discord.gateway.drop(4004)
            became = await asyncio.gather(*planned_message, return_exceptions=True)
            with pytest.raises(ChatStopped, match="token"):
                await holding
    assert {type(each) for each in became} <= {str, ChatUnavailable, ChatStopped}
    assert any(isinstance(each, ChatUnavailable) for each in became)
