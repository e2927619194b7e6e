"""The connection: it survives what it can, ends on what it must, and says why."""

import asyncio
from dataclasses import replace
from typing import Literal

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.checks.result import RoomToCheck, attention
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable
from tests.chats.discord.conftest import HASTY, Answers, make_chat, outgoing, running
from tests.patience import PATIENCE
from tests.standins.discord import DiscordStandIn, Fault


@pytest.mark.parametrize("command", ["help", "report"])
async def test_a_question_after_its_time_changes_nothing(answers: Answers, command: str) -> None:
    async with DiscordStandIn(deadline=-1) as late:
        room = late.room()
        async with running(make_chat(late, answers)):
            await late.slash(command, at=room)
            await late.until(lambda: bool(late.requests_to("POST", "/callback")) and late.requests[-1].status == 404)
            assert command == "help" or not answers.requests  # what all may ask only reads
            assert not late.requests_to("PATCH", "@original")


async def test_it_asks_for_no_privileged_intent(discord: DiscordStandIn, chat: DiscordChat) -> None:
    assert [identify["intents"] for identify in discord.gateway.identifies] == [1]
    assert not chat._speaker.client.cached_messages  # type: ignore[union-attr]  # it is connected


@pytest.mark.usefixtures("chat")
async def test_an_outage_is_resumed_and_what_was_asked_meanwhile_is_answered(discord: DiscordStandIn) -> None:
    await discord.gateway.drop(1012)
    question = await discord.slash("help", at=discord.room())
    await discord.gateway.until(resumes=1)
    assert (await question.answer())["embeds"]
    assert len(discord.gateway.identifies) == 1


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("remembered", [True, False])
async def test_a_session_that_timed_out_is_resumed_or_begun_again(discord: DiscordStandIn, *, remembered: bool) -> None:
    room = discord.room()
    discord.gateway.invalidate_next_resume = not remembered
    await discord.gateway.drop(4009)
    await discord.gateway.until(resumes=1 if remembered else 0, identifies=1 if remembered else 2)
    for _ in range(2):
        assert (await (await discord.slash("help", at=room)).answer())["embeds"]
    assert len(discord.gateway.identifies) == (1 if remembered else 2)


@pytest.mark.usefixtures("chat")
async def test_a_request_to_reconnect_is_followed(discord: DiscordStandIn) -> None:
    await discord.gateway.ask_to_reconnect()
    await discord.gateway.until(resumes=1)


@pytest.mark.usefixtures("chat")
async def test_an_invalid_session_begins_again(discord: DiscordStandIn) -> None:
    await discord.gateway.invalidate()
    await discord.gateway.until(identifies=2)
    question = await discord.slash("help", at=discord.room())
    await question.answer()


async def test_a_greeting_that_the_library_cannot_read_does_not_end_the_bot(
    discord: DiscordStandIn, chat: DiscordChat
) -> None:
    await discord.gateway.dispatch("READY", {})
    await discord.gateway.until(identifies=2)
    question = await discord.slash("help", at=discord.room())
    await question.answer()
    await chat.send(outgoing(discord.room()))


async def test_a_zombie_is_noticed(answers: Answers) -> None:
    async with DiscordStandIn(heartbeat_ms=50) as discord:
        discord.world.add_guild()
        async with running(make_chat(discord, answers, replace(HASTY, heartbeat_timeout=0.2))):
            discord.gateway.deaf = True
            await discord.gateway.until(resumes=1)
            discord.gateway.deaf = False


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
async def test_a_final_close_code_ends_it_with_the_fix(discord: DiscordStandIn, answers: Answers, code: int) -> None:
    discord.gateway.close_identify_with = code
    async with running(make_chat(discord, answers), wait=False) as task:
        with pytest.raises(ChatStopped, match="Discord"):
            await asyncio.wait_for(task, PATIENCE)


async def test_a_bad_token_ends_it(discord: DiscordStandIn, answers: Answers) -> None:
    async with running(make_chat(discord, answers, token="wrong"), wait=False) as task:
        with pytest.raises(ChatStopped, match="token"):
            await asyncio.wait_for(task, PATIENCE)
    assert len(discord.requests) == 1


async def test_it_waits_for_discord_to_come_back(discord: DiscordStandIn, answers: Answers) -> None:
    discord.plant(Fault(kind="status", status=503, times=2))
    discord.plant(Fault(kind="drop"))
    async with running(make_chat(discord, answers)):
        assert len(discord.gateway.identifies) == 1


async def test_led_again_it_is_ready_only_when_it_knows_its_channels(discord: DiscordStandIn, answers: Answers) -> None:
    own_chat = make_chat(discord, answers)
    async with running(own_chat):
        results = await own_chat.check([RoomToCheck(address=RoomAddress(f"discord:{discord.room()}"))])
        assert not attention(results)  # a look beside it ends nothing
        async with asyncio.timeout(0):
            await own_chat.ready()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await own_chat.ready()
    async with running(own_chat):
        assert len(discord.gateway.identifies) == 2


async def test_other_servers_are_left(discord: DiscordStandIn, answers: Answers) -> None:
    ours = next(iter(discord.world.guilds))
    other = discord.world.add_guild("other")
    options = replace(HASTY, allow_guilds=frozenset({int(ours)}))
    async with running(make_chat(discord, answers, options)):
        late = discord.world.add_guild("late")
        event = {key: value for key, value in discord.world.guilds[late].items() if key != "unavailable"}
        await discord.gateway.dispatch("GUILD_CREATE", event)
        await discord.until(lambda: len(discord.world.left) == 2)
        assert discord.world.left == [other, late]


async def test_too_many_servers_ask_for_shards(discord: DiscordStandIn, answers: Answers) -> None:
    discord.world.add_guild("two")
    options = replace(HASTY, most_guilds=2)
    async with running(make_chat(discord, answers, options), wait=False) as task:
        with pytest.raises(ChatStopped, match="2 Discord servers"):
            await asyncio.wait_for(task, PATIENCE)


async def test_identifications_are_spent_sparingly(discord: DiscordStandIn, answers: Answers) -> None:
    own_chat = make_chat(discord, answers)
    own_chat._identifies.most = 1
    async with running(own_chat):
        await discord.gateway.invalidate()
        await discord.gateway.until(opened=2)
        await own_chat.send(outgoing(discord.room()))  # what needs no gateway goes on
        assert len(discord.gateway.identifies) == 1


async def test_a_room_that_refused_is_reported_when_something_changes_there(
    discord: DiscordStandIn, answers: Answers
) -> None:
    notices: asyncio.Queue[frozenset[str]] = asyncio.Queue()
    rooms = [discord.room(), discord.room(name="other")]
    guild = next(iter(discord.world.guilds.values()))
    role = {"guild_id": guild["id"], "role": guild["roles"][0] | {"permissions": "0"}}
    own_chat = make_chat(discord, answers, changed=notices.put)
    async with running(own_chat):
        await discord.gateway.dispatch("GUILD_ROLE_UPDATE", role)  # nothing refused: nobody is told
        for room, name, event in (
            (rooms[0], "CHANNEL_UPDATE", discord.world.channels[rooms[0]] | {"name": "renamed"}),
            (rooms[1], "GUILD_ROLE_UPDATE", role),
        ):
            discord.world.refusals[room] = (403, 50013, "Missing Permissions")
            with pytest.raises(ChatRefused):
                await own_chat.send(outgoing(room))
            await discord.gateway.dispatch(name, event)
            assert await asyncio.wait_for(notices.get(), PATIENCE) == {f"discord:{room}"}


async def test_refused_requests_are_rationed(discord: DiscordStandIn, answers: Answers) -> None:
    own_chat = make_chat(discord, answers)
    own_chat._traffic.invalid.most = 3
    room = discord.room()
    discord.world.refusals[room] = (403, 50001, "Missing Access")
    async with running(own_chat):
        for n in range(3):
            with pytest.raises(Exception, match="View Channel"):
                await own_chat.send(outgoing(room, key=f"k{n}"))
        with pytest.raises(ChatUnavailable, match="too many requests were refused"):
            await own_chat.send(outgoing(room, key="k9"))


async def test_commands_are_synced_only_when_they_differ(discord: DiscordStandIn, answers: Answers) -> None:
    own_chat = make_chat(discord, answers)
    planned = await own_chat.sync(dry_run=True)
    assert "add supported" in planned
    assert not discord.requests_to("PUT", "/commands")
    assert await own_chat.sync() == planned
    assert await own_chat.sync() == []
    assert len(discord.requests_to("PUT", "/commands")) == 1
    async with running(own_chat):
        assert len(discord.requests_to("PUT", "/commands")) == 1


async def test_shards_share_the_work(discord: DiscordStandIn, answers: Answers) -> None:
    discord.world.shards = 2
    options = replace(HASTY, sharded=True, most_guilds=1)
    async with running(make_chat(discord, answers, options)) as task:
        await discord.gateway.until(identifies=2)
        assert [identify["shard"] for identify in discord.gateway.identifies] == [[0, 2], [1, 2]]
        await (await discord.slash("help", at=discord.room())).answer()
        assert len(answers.requests) == 1
        await discord.gateway.dispatch("READY", {})
        await discord.gateway.until(identifies=4)
        assert not task.done()


@pytest.mark.parametrize("kind", ["drop", "status"])
async def test_a_server_that_cannot_be_left_keeps_nobody_waiting(
    discord: DiscordStandIn, answers: Answers, kind: Literal["drop", "status"]
) -> None:
    ours = next(iter(discord.world.guilds))
    discord.world.add_guild("other")
    discord.plant(Fault(kind=kind, where="DELETE /users/@me/guilds", status=403))
    async with running(make_chat(discord, answers, replace(HASTY, allow_guilds=frozenset({int(ours)})))) as task:
        assert (await (await discord.slash("help", at=discord.room())).answer())["embeds"]
        assert not task.done()
