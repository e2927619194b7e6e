"""Trying the account and its rooms: every fault is a sentence, and nothing is said anywhere."""

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention
from chatbot.ports import OutOfReach
from tests.chats.discord.conftest import Answers, make_chat
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import FORUM

SEE, SEND, EMBED, HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 16


async def test_good_rooms_have_no_fault(discord: DiscordStandIn, answers: Answers) -> None:
    rooms = [discord.room(), discord.room(kind=FORUM)]
    assert (
        await make_chat(discord, answers).check(dict.fromkeys([RoomAddress(f"discord:{room}") for room in rooms])) == []
    )
    assert not [request for request in discord.requests if request.method != "GET"]


@pytest.mark.parametrize(
    ("permissions", "names"),
    [
        (SEE | SEND | EMBED, ["Read Message History"]),
        (SEE | HISTORY, ["Send Messages", "Embed Links"]),
        (
            SEND | EMBED | HISTORY,
            ["View Channel", "Send Messages", "Embed Links", "Read Message History"],
        ),  # all follow from it
    ],
)
async def test_missing_permissions_are_named(
    discord: DiscordStandIn, answers: Answers, permissions: int, names: list[str]
) -> None:
    room = discord.room()
    discord.world.guilds[discord.world.channels[room]["guild_id"]]["roles"][0]["permissions"] = str(permissions)
    (problems,) = await make_chat(discord, answers).check(dict.fromkeys([RoomAddress(f"discord:{room}")]))
    assert problems.endswith(f"missing permissions: {', '.join(names)}; grant them to the bot's role in this channel")
    assert problems.startswith(f"discord:{room} (#")


@pytest.mark.parametrize(
    ("room", "words"), [("discord:5", "no channel with this id"), ("discord:here", "not a channel id")]
)
async def test_rooms_that_are_none(discord: DiscordStandIn, answers: Answers, room: str, words: str) -> None:
    (problems,) = await make_chat(discord, answers).check(dict.fromkeys([RoomAddress(room)]))
    assert problems.startswith(f"{room}: ")
    assert words in problems


async def test_a_category_is_no_room(discord: DiscordStandIn, answers: Answers) -> None:
    (problems,) = await make_chat(discord, answers).check(
        dict.fromkeys([RoomAddress(f"discord:{discord.room(kind=4)}")])
    )
    assert "cannot be posted in this kind of channel" in problems


async def test_an_outage_is_reported_for_the_room(discord: DiscordStandIn, answers: Answers) -> None:
    discord.plant(Fault(kind="status", where="GET /channels", status=503))
    (problems,) = await make_chat(discord, answers).check(dict.fromkeys([RoomAddress(f"discord:{discord.room()}")]))
    assert "503" in problems


async def test_a_bad_token_is_reported(discord: DiscordStandIn, answers: Answers) -> None:
    (problems,) = await make_chat(discord, answers, token="wrong").check(dict.fromkeys([RoomAddress("discord:5")]))
    assert "token" in problems


async def test_a_discord_that_is_unavailable_is_reported(discord: DiscordStandIn, answers: Answers) -> None:
    discord.plant(Fault(kind="status", where="GET /users", status=503))
    (problems,) = await make_chat(discord, answers).check(dict.fromkeys([RoomAddress("discord:5")]))
    assert "503" in problems


@pytest.mark.parametrize(
    ("mention", "words"),
    [
        (Mention("role", "123"), "there is no role 123 on this server"),
        (Mention("user", "123"), "there is no member 123 on this server"),
        (Mention("room"), ""),
    ],
)
async def test_whom_a_room_mentions_must_be_there(
    discord: DiscordStandIn, answers: Answers, mention: Mention, words: str
) -> None:
    room = discord.room()
    problems = await make_chat(discord, answers).check({RoomAddress(f"discord:{room}"): mention})
    assert [words in sentence for sentence in problems] == ([True] if words else [])


async def test_a_role_of_the_server_is_right(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    (everyone, *_) = discord.world.guilds[discord.world.channels[room]["guild_id"]]["roles"]
    assert (
        await make_chat(discord, answers).check({RoomAddress(f"discord:{room}"): Mention("role", everyone["id"])}) == []
    )


async def test_what_is_away_is_distinguished_from_what_is_wrong(discord: DiscordStandIn, answers: Answers) -> None:
    discord.plant(Fault(kind="status", where="GET /channels", status=503))
    (problems,) = await make_chat(discord, answers).check({RoomAddress(f"discord:{discord.room()}"): None})
    assert isinstance(problems, OutOfReach)
    (wrong,) = await make_chat(discord, answers).check({RoomAddress("discord:5"): None})
    assert not isinstance(wrong, OutOfReach)
