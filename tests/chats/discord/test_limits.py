"""Limits that hold up many: a global one ends for all, whatever became of the request that met it, and a channel's is its own."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.ports import ChatUnavailable
from tests.chats.discord.conftest import Answers, make_chat, outgoing, running
from tests.patience import PATIENCE
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.limits import Limits
from tests.standins.discord.objects import ANNOUNCEMENT

POST = r"POST /channels/\d+/messages$"


async def slept_out(chat: DiscordChat) -> None:
    """Until a request waits as a global limit asks."""
    assert chat._speaker is not None
    async with asyncio.timeout(PATIENCE):
        while chat._speaker.client.http._global_over.is_set():  # noqa: ASYNC110 - the library tells nobody of it
            await asyncio.sleep(0)


CommandRequest = Callable[[DiscordChat, str, str], Awaitable[object]]
ASKS: dict[str, tuple[str, CommandRequest]] = {
    "say": (POST, lambda chat, room, _: chat.send(outgoing(room, key="k2"))),
    "correct": ("PATCH /channels", lambda chat, room, post: chat.edit(outgoing(room, key="k2", replaces=post))),
    "look": (r"GET /channels/\d+/messages", lambda chat, room, _: chat.find(outgoing(room, key="k2"))),
    "open a direct channel": ("POST /users/@me/channels", lambda chat, _, __: chat.send(outgoing("user:77", key="k2"))),
    "remove": ("DELETE /channels", lambda chat, _, post: chat._speaking().remove(*map(int, post.split("/")))),
    "leave": ("DELETE /users/@me/guilds", lambda chat, _, __: chat._speaker.client.guilds[0].leave()),  # type: ignore[union-attr]  # it is connected
}


@pytest.mark.parametrize("what", ASKS)
async def test_a_request_cancelled_in_a_global_limit_leaves_the_way_open(
    discord: DiscordStandIn, chat: DiscordChat, what: str
) -> None:
    room = discord.room()
    reference = await chat.send(outgoing(room))
    where, ask = ASKS[what]
    discord.plant(Fault(kind="limit_global", where=where, retry_after=29))
    cut = asyncio.ensure_future(ask(chat, room, reference))
    await slept_out(chat)
    cut.cancel()
    await asyncio.wait({cut})
    async with asyncio.timeout(PATIENCE):
        await chat.send(outgoing(room, key="k3"))


async def test_an_attempt_that_runs_out_of_time_in_a_global_limit_leaves_the_way_open(
    discord: DiscordStandIn, chat: DiscordChat
) -> None:
    room, other = discord.room(), discord.room()
    assert chat._speaker is not None
    usual, chat._speaker.attempt_seconds = chat._speaker.attempt_seconds, 1.0
    discord.plant(Fault(kind="limit_global", where=POST, retry_after=29))
    with pytest.raises(ChatUnavailable) as late:
        await chat.send(outgoing(room))
    assert not late.value.doubtful  # it was refused, and nothing was sent since
    chat._speaker.attempt_seconds = usual
    for place in (room, other):
        await chat.send(outgoing(place, key=f"k{place}"))
    assert [len(discord.world.posts(place)) for place in (room, other)] == [1, 1]


async def test_publishing_that_runs_out_of_time_leaves_the_way_open(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room(kind=ANNOUNCEMENT)
    assert chat._speaker is not None
    chat._speaker.attempt_seconds = 1.0
    discord.plant(Fault(kind="limit_global", where="/crosspost", retry_after=29))
    await chat.send(outgoing(room))
    await slept_out(chat)
    async with asyncio.timeout(PATIENCE):
        await chat._speaker.client.fetch_channel(int(room))  # waits for the limit, and no longer than publishing does


async def test_a_global_limit_holds_while_somebody_still_waits_it_out(
    discord: DiscordStandIn, chat: DiscordChat
) -> None:
    rooms = [discord.room() for _ in range(3)]
    for room in rooms:  # so that what follows are the messages themselves
        await chat.send(outgoing(room, key=f"first{room}"))
    discord.latency = 0.1  # long enough for both to be on their way when the first is told
    discord.plant(Fault(kind="limit_global", where=POST, retry_after=1.0, times=2))
    before = len(discord.requests)
    patient, cut = (asyncio.create_task(chat.send(outgoing(room, key=f"k{room}"))) for room in rooms[:2])
    await discord.until(lambda: discord.answers_429 == 2)
    await slept_out(chat)
    discord.latency = 0.0
    cut.cancel()
    await asyncio.wait({cut})
    late = asyncio.create_task(chat.send(outgoing(rooms[2], key="late")))
    await asyncio.gather(patient, late)
    refused, _, *after = discord.requests[before:]
    assert [request.at - refused.at >= 1.0 for request in after] == [True, True]
    assert discord.answers_429 == 2


async def test_a_full_channel_holds_up_no_other(answers: Answers) -> None:
    async with DiscordStandIn(limits=Limits(per_channel=5, window=0.5)) as discord:
        busy, quiet = discord.room(), discord.room(name="quiet")
        own_chat = make_chat(discord, answers)
        async with running(own_chat):
            many = [asyncio.create_task(own_chat.send(outgoing(busy, key=f"b{n}"))) for n in range(14)]
            await discord.until(lambda: len(discord.world.posts(busy)) == 5)
            for n in range(4):
                await own_chat.send(outgoing(quiet, key=f"q{n}"))
            waited = [task for task in many if not task.done()]
            await asyncio.gather(*many)
        assert waited
        assert [len(discord.world.posts(room)) for room in (busy, quiet)] == [14, 4]
