"""What the last answer to a call says of the tries before it: in doubt exactly where one of them may have been carried out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable, MessageGone, MessageRejected
from tests.chats.discord.conftest import outgoing
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import FORUM

POST = r"POST /channels/\d+/messages$"
PATCH = r"PATCH /channels/\d+/messages/\d+$"
THREADS = r"POST /channels/\d+/threads$"
OURS = (ChatUnavailable, ChatRefused, ChatStopped, MessageGone, MessageRejected)

Arrange = Callable[[DiscordStandIn, DiscordChat, str], Awaitable[None]]


def fault(kind: str, *, times: int = 1, **more: float) -> Arrange:
    """The next try goes wrong so."""

    async def arrange(discord: DiscordStandIn, _: DiscordChat, where: str) -> None:
        discord.plant(replace(Fault(kind=kind, where=where, times=times), **more))  # type: ignore[arg-type]  # a kind of the table below

    return arrange


async def gone_away(discord: DiscordStandIn, chat: DiscordChat, _: str) -> None:
    """Discord is restarted: one request still finds a connection that is open, and then nothing can connect."""
    assert chat._speaker is not None
    await chat._speaker.client.application_info()
    await discord.go_away()


async def rationed(discord: DiscordStandIn, chat: DiscordChat, where: str) -> None:
    """One more refusal is all that we allow ourselves, and it comes."""
    chat._traffic.invalid.most = 1
    discord.plant(Fault(kind="limit", where=where, retry_after=0.01))


async def short_of_time(discord: DiscordStandIn, chat: DiscordChat, where: str) -> None:
    """Our patience ends while the library waits as Discord asked."""
    assert chat._speaker is not None
    chat._speaker.attempt_seconds = 1.5  # the library itself waits a second after a 502
    discord.plant(Fault(kind="limit", where=where, retry_after=20))


@dataclass(frozen=True, kw_only=True)
class Last:
    """How a call ends; `certain` is what that means where no try before it was lost."""

    arrange: Arrange
    certain: type[Exception] = ChatUnavailable
    retry_after: timedelta | None = None


LAST = {
    "a long limit": Last(arrange=fault("limit", retry_after=300), retry_after=timedelta(seconds=300)),
    "a permission is taken": Last(arrange=fault("status", status=403, code=50013), certain=ChatRefused),
    "the message is at fault": Last(arrange=fault("status", status=400, code=50035), certain=MessageRejected),
    "the token is reset": Last(arrange=fault("status", status=401), certain=ChatStopped),
    "a limit that passes": Last(arrange=fault("status", status=400, code=20028), retry_after=timedelta(minutes=1)),
    "nobody listens": Last(arrange=gone_away),
    "too many refusals": Last(arrange=rationed),
    "our time is over": Last(arrange=short_of_time),
}


@pytest.fixture
def room(discord: DiscordStandIn) -> str:
    return discord.room()


@pytest.fixture
async def chat(room: str, chat: DiscordChat) -> DiscordChat:
    """It knows the room: its first request there is the message itself."""
    assert chat._speaker is not None
    assert chat._speaker.client.get_channel(int(room)) is not None
    return chat


async def doubt(call: Awaitable[object]) -> ChatUnavailable:
    with pytest.raises(ChatUnavailable) as raised:
        await call
    return raised.value


@pytest.mark.parametrize("how", LAST)
async def test_what_was_lost_before_the_last_answer_stays_in_doubt(
    discord: DiscordStandIn, room: str, chat: DiscordChat, how: str
) -> None:
    discord.plant(Fault(kind="status_after", where=POST, status=502))
    await LAST[how].arrange(discord, chat, POST)
    raised = await doubt(chat.send(outgoing(room)))
    assert raised.doubtful
    if LAST[how].retry_after:
        assert raised.retry_after == LAST[how].retry_after
    discord.faults.clear()
    chat._traffic.invalid.most = 500
    if how == "nobody listens":
        await discord.come_back()
    discord.world.forget_nonces()
    (message,) = discord.world.posts(room)
    assert await chat.find(outgoing(room)) == f"{room}/{message['id']}"


@pytest.mark.parametrize("how", LAST)
async def test_what_was_certainly_not_carried_out_is_not_in_doubt(
    discord: DiscordStandIn, room: str, chat: DiscordChat, how: str
) -> None:
    discord.plant(Fault(kind="limit", where=POST, retry_after=0.01))  # an earlier try too, which was refused
    await LAST[how].arrange(discord, chat, POST)
    if how == "too many refusals":
        chat._traffic.invalid.most = 2
    with pytest.raises(OURS) as raised:
        await chat.send(outgoing(room))
    assert type(raised.value) is LAST[how].certain
    assert not getattr(raised.value, "doubtful", False)
    assert not discord.world.posts(room)


async def test_a_lost_edit_is_in_doubt_too(discord: DiscordStandIn, room: str, chat: DiscordChat) -> None:
    reference = await chat.send(outgoing(room))
    edit = outgoing(room, replaces=reference, key="k2")
    discord.plant(Fault(kind="status_after", where=PATCH, status=502))
    discord.plant(Fault(kind="status", where=PATCH, status=403, code=50013))
    assert (await doubt(chat.edit(edit))).doubtful
    assert await chat.find(edit) == reference


async def test_what_a_moderator_removed_meanwhile_is_gone(
    discord: DiscordStandIn, room: str, chat: DiscordChat
) -> None:
    discord.plant(Fault(kind="status_after", where=POST, status=502))
    sending = asyncio.create_task(chat.send(outgoing(room)))
    await discord.until(lambda: bool(discord.world.posts(room)))
    discord.world.delete(room, discord.world.posts(room)[0]["id"])
    with pytest.raises(MessageGone):
        await sending


async def test_a_search_that_fails_puts_nothing_in_doubt(discord: DiscordStandIn, room: str, chat: DiscordChat) -> None:
    discord.plant(Fault(kind="status", where=r"GET /channels/\d+/messages$", status=503))
    assert not (await doubt(chat.find(outgoing(room)))).doubtful
    discord.plant(Fault(kind="drop", where=r"GET /channels/\d+/messages$", times=2))  # aiohttp repeats it once
    assert not (await doubt(chat.find(outgoing(room)))).doubtful


async def test_a_direct_channel_that_does_not_open_puts_nothing_in_doubt(
    discord: DiscordStandIn, chat: DiscordChat
) -> None:
    discord.plant(Fault(kind="status_after", where="POST /users/@me/channels", status=503))
    assert not (await doubt(chat.send(outgoing("user:77")))).doubtful
    await chat.send(outgoing("user:77"))


async def test_a_request_without_an_answer_is_in_doubt_and_posted_once(
    discord: DiscordStandIn, room: str, chat: DiscordChat
) -> None:
    assert chat._speaker is not None
    usual, chat._speaker.attempt_seconds = chat._speaker.attempt_seconds, 0.3
    discord.plant(Fault(kind="hang", where=POST))
    assert (await doubt(chat.send(outgoing(room)))).doubtful
    assert not discord.world.posts(room)
    discord.latency = 60.0  # it is carried out, and the answer never comes
    assert (await doubt(chat.send(outgoing(room)))).doubtful
    discord.latency, chat._speaker.attempt_seconds = 0.0, usual
    reference = await chat.send(outgoing(room))
    assert [f"{room}/{message['id']}" for message in discord.world.posts(room)] == [reference]


async def test_a_post_that_was_certainly_not_made_is_not_in_doubt(discord: DiscordStandIn, chat: DiscordChat) -> None:
    forum = discord.room(kind=FORUM)
    discord.plant(Fault(kind="limit", where=THREADS, retry_after=7))
    assert not (await doubt(chat.send(outgoing(forum)))).doubtful
    await discord.go_away()
    assert not (await doubt(chat.send(outgoing(forum)))).doubtful
