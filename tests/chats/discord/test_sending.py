"""Sending over real sockets: what reaches the channel, and what a failure on the way is called."""

import asyncio
from datetime import timedelta

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.message import Mention, Message, Tone
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable, MessageGone, MessageRejected
from tests.chats.discord.conftest import Answers, make_chat, outgoing, running
from tests.standins.discord import DiscordStandIn, Fault

POST = r"POST /channels/\d+/messages$"


async def test_a_message_is_posted_once_and_found_again(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    reference = await chat.send(outgoing(room))
    assert [m["embeds"][0]["title"] for m in discord.world.posts(room)] == ["Example 1\\.2\\.3"] or reference
    assert reference == f"{room}/{discord.world.posts(room)[0]['id']}"
    assert await chat.find(outgoing(room)) == reference
    assert await chat.find(outgoing(room, announcement="example/9")) is None
    assert await chat.find(outgoing(room, key="k2")) is None


async def test_an_edit_puts_new_words_in_its_place_and_pings_nobody(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    loud = Message(title="Old", tone=Tone.SECURITY, url="https://example.org", mentions=(Mention("role", "5"),))
    reference = await chat.send(outgoing(room, loud))
    message = discord.world.posts(room)[0]
    assert discord.world.pings[message["id"]] == {"role:5"}
    new = outgoing(
        room, Message(title="New", tone=Tone.SECURITY, url="https://example.org"), replaces=reference, key="k2"
    )
    assert await chat.find(new) is None
    assert await chat.edit(new) == reference
    assert message["embeds"][0]["title"] == "New"
    assert discord.world.edits[0][1]["allowed_mentions"]["parse"] == []
    assert await chat.find(new) == reference


async def test_a_repeat_with_the_same_key_posts_nothing_twice(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    assert await chat.send(outgoing(room)) == await chat.send(outgoing(room))
    assert len(discord.world.posts(room)) == 1


async def test_an_answer_stands_below_its_question(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    first = await chat.send(outgoing(room))
    await chat.send(outgoing(room, key="k2", reply_to=first))
    assert discord.requests_to("POST", "/messages")[-1].body["message_reference"]["message_id"] == int(
        first.split("/")[1]
    )


async def test_a_person_is_reached_through_a_direct_channel_opened_once(
    discord: DiscordStandIn, chat: DiscordChat
) -> None:
    for key in ("k1", "k2"):
        await chat.send(outgoing("user:77", key=key))
    assert len(discord.requests_to("POST", "/users/@me/channels")) == 1


@pytest.mark.parametrize(
    ("fault", "copies"),
    [
        *[(Fault(kind="status", where=POST, status=status), 0) for status in (500, 502, 504)],
        *[(Fault(kind="status_after", where=POST, status=status), 0) for status in (500, 502, 504)],
        (Fault(kind="status", where=POST, status=503), 1),
        (Fault(kind="status_after", where=POST, status=503), 1),
        (Fault(kind="drop", where=POST), 1),
        (Fault(kind="drop_after", where=POST), 1),
    ],
)
async def test_exactly_once_over_a_bad_services(
    discord: DiscordStandIn, chat: DiscordChat, fault: Fault, copies: int
) -> None:
    """`copies` is how many of our own repeats it takes: the library repeats 500, 502 and 504 itself, with the same nonce."""
    room = discord.room()
    discord.plant(fault)
    for _ in range(copies):
        with pytest.raises(ChatUnavailable) as raised:
            await chat.send(outgoing(room))
        assert raised.value.doubtful
    await chat.send(outgoing(room))
    assert len(discord.world.posts(room)) == 1


async def test_past_the_nonces_window_the_room_is_searched(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    discord.plant(Fault(kind="drop_after", where=POST))
    with pytest.raises(ChatUnavailable):
        await chat.send(outgoing(room))
    discord.world.forget_nonces()
    discord.world.write(room, "people talk")
    message = discord.world.posts(room)[0]
    assert await chat.find(outgoing(room)) == f"{room}/{message['id']}"


async def test_what_a_moderator_removed_is_not_posted_again(discord: DiscordStandIn, chat: DiscordChat) -> None:
    room = discord.room()
    channel, message = (await chat.send(outgoing(room))).split("/")
    discord.world.delete(channel, message)
    with pytest.raises(MessageGone):
        await chat.send(outgoing(room))
    with pytest.raises(MessageGone):
        await chat.edit(outgoing(room, replaces=f"{channel}/{message}"))
    with pytest.raises(MessageGone):
        await chat.find(outgoing(room, replaces=f"{channel}/{message}"))


@pytest.mark.parametrize(
    ("refusal", "error", "words"),
    [
        ((403, 50001, "Missing Access"), ChatRefused, "View Channel"),
        ((403, 50013, "Missing Permissions"), ChatRefused, "Send Messages"),
        ((404, 10003, "Unknown Channel"), ChatRefused, "no channel with this id"),
        ((403, 50007, "Cannot send messages to this user"), ChatRefused, "DMs from the bot are switched off"),
        ((400, 50035, "Invalid Form Body"), MessageRejected, "50035"),
        ((400, 20028, "write rate limit"), ChatUnavailable, "wait"),
        ((401, 0, "401: Unauthorized"), ChatStopped, "token"),
        ((403, 99999, "Something new"), ChatRefused, "Something new"),
    ],
)
async def test_what_a_refusal_is_called(
    discord: DiscordStandIn, chat: DiscordChat, refusal: tuple[int, int, str], error: type[Exception], words: str
) -> None:
    room = discord.room()
    discord.world.refusals[room] = refusal
    with pytest.raises(error, match=words):
        await chat.send(outgoing(room))


async def test_a_long_limit_is_handed_back_and_a_short_one_waited_for(
    discord: DiscordStandIn, chat: DiscordChat
) -> None:
    room = discord.room()
    discord.plant(Fault(kind="limit", where=POST, retry_after=0.02))
    discord.plant(Fault(kind="limit_global", where=POST, retry_after=0.02))
    await chat.send(outgoing(room))
    discord.plant(Fault(kind="limit", where=POST, retry_after=3000))
    with pytest.raises(ChatUnavailable) as busy:
        await chat.send(outgoing(room, key="k2"))
    assert busy.value.retry_after == timedelta(seconds=3000)
    assert not busy.value.doubtful
    assert len(discord.world.posts(room)) == 1


async def test_without_the_right_to_read_back_nothing_is_guessed(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    guild = next(iter(discord.world.guilds.values()))
    guild["roles"][0]["permissions"] = str(1 << 10 | 1 << 11)
    own_chat = make_chat(discord, answers)
    async with running(own_chat):
        with pytest.raises(ChatRefused, match="Read Message History"):
            await own_chat.find(outgoing(room))


async def test_before_the_connection_stands_it_is_unavailable(discord: DiscordStandIn, answers: Answers) -> None:
    with pytest.raises(ChatUnavailable, match="not connected"):
        await make_chat(discord, answers).send(outgoing("5"))


@pytest.mark.parametrize("room", ["here", "user:me", "guild:5", ""])
async def test_an_address_that_is_none(chat: DiscordChat, room: str) -> None:
    with pytest.raises(ChatRefused, match="not a Discord room"):
        await chat.send(outgoing(room))


async def test_many_at_once_stay_below_the_limit(answers: Answers) -> None:
    from tests.standins.discord.limits import Limits

    async with DiscordStandIn(limits=Limits(global_per_second=50)) as discord:
        rooms = [discord.room(name=f"room-{n}") for n in range(70)]
        own_chat = make_chat(discord, answers)
        async with running(own_chat), asyncio.TaskGroup() as tasks:
            for n, room in enumerate(rooms):
                tasks.create_task(own_chat.send(outgoing(room, key=f"k{n}")))
        assert discord.answers_429 == 0
        assert all(len(discord.world.posts(room)) == 1 for room in rooms)
