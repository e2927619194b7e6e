"""Trying the account and its rooms: one result for each, with all that is wrong in it, and nothing is said anywhere."""

from dataclasses import replace
from typing import Any

import pytest

from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.ports import ChatStopped, ChatUnavailable
from tests.chats.discord.conftest import HASTY, Answers, make_chat
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import FORUM
from tests.standins.discord.roles import MANAGE_ROLES

SEE, SEND, EMBED, HISTORY, IN_THREADS, MENTION_EVERYONE = 1 << 10, 1 << 11, 1 << 14, 1 << 16, 1 << 38, 1 << 17
ALL = SEE | SEND | EMBED | HISTORY | IN_THREADS
FERRY = (ProjectId("ferry"),)


async def checked(discord: DiscordStandIn, answers: Answers, *places: str, **more: Any) -> list[CheckResult]:
    """The results of these rooms; that of the account stands before them."""
    rooms = [RoomToCheck(address=RoomAddress(f"discord:{place}"), **more) for place in places]
    account, *results = await make_chat(discord, answers).check(rooms)
    assert (account.kind, account.verdict) == ("account", "fine")
    assert not [request for request in discord.requests if request.method != "GET"]
    return results


def server_of(discord: DiscordStandIn, room: str) -> str:
    return str(discord.world.channels[room]["guild_id"])


def allow(discord: DiscordStandIn, room: str, permissions: int) -> None:
    """What everybody on the room's server may do."""
    discord.world.guilds[server_of(discord, room)]["roles"][0]["permissions"] = str(permissions)


async def test_what_works_is_said_by_name(discord: DiscordStandIn, answers: Answers) -> None:
    rooms = [discord.room(name="releases"), discord.room(kind=FORUM, name="news\u202eevil\x1b[2J")]
    account, *results = await make_chat(discord, answers).check(
        [RoomToCheck(address=RoomAddress(f"discord:{room}")) for room in rooms]
    )
    assert account.line == "chatbot (discord): the token works, in 1 server"
    assert [each.line for each in results] == [
        f"#releases (discord:{rooms[0]}): can post, edit and read back",
        f"#newsevil[2J (discord:{rooms[1]}): can post, edit and read back",
    ]
    assert not [request for request in discord.requests if request.method != "GET"]


@pytest.mark.parametrize(
    ("permissions", "kind", "names"),
    [
        (SEE | SEND | EMBED, 0, ["Read Message History"]),
        (SEE | HISTORY, 0, ["Send Messages", "Embed Links"]),
        (SEE | SEND | EMBED | HISTORY, FORUM, ["Send Messages in Threads"]),
        # all others follow from View Channel
        (SEND | EMBED | HISTORY, 0, ["View Channel", "Send Messages", "Embed Links", "Read Message History"]),
    ],
)
async def test_missing_permissions_are_named(
    discord: DiscordStandIn, answers: Answers, permissions: int, kind: int, names: list[str]
) -> None:
    room = discord.room(kind=kind, name="releases")
    allow(discord, room, permissions)
    (result,) = await checked(discord, answers, room)
    assert result.line == (
        f"#releases (discord:{room}): missing permissions: {', '.join(names)}; grant them to the bot's role in this channel"
    )


@pytest.mark.parametrize(("room", "words"), [("5", "no channel with this id"), ("here", "not a channel id")])
async def test_rooms_that_are_none(discord: DiscordStandIn, answers: Answers, room: str, words: str) -> None:
    (result,) = await checked(discord, answers, room)
    assert (result.verdict, result.called) == ("wrong", f"discord:{room}")
    assert words in result.words


async def test_a_category_is_no_room(discord: DiscordStandIn, answers: Answers) -> None:
    (result,) = await checked(discord, answers, discord.room(kind=4))
    assert "cannot be posted in this kind of channel" in result.words


async def test_what_is_away_is_distinguished_from_what_is_wrong(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    discord.plant(Fault(kind="status", where="GET /channels", status=503))
    away, wrong = await checked(discord, answers, room, "here")
    assert (away.verdict, "503" in away.words) == ("away", True)
    assert wrong.verdict == "wrong"


async def test_an_account_that_is_refused_or_away_is_no_matter_of_rooms(
    discord: DiscordStandIn, answers: Answers
) -> None:
    rooms = [RoomToCheck(address=RoomAddress("discord:5"))]
    with pytest.raises(ChatStopped, match="token"):
        await make_chat(discord, answers, token="wrong").check(rooms)
    discord.plant(Fault(kind="status", where="GET /users", status=503))
    with pytest.raises(ChatUnavailable, match="503"):
        await make_chat(discord, answers).check(rooms)


@pytest.mark.parametrize(
    ("mention", "words"),
    [
        (Mention("role", "123"), "there is no role 123 on this server"),
        (Mention("user", "123"), "there is no member 123 on this server"),
        (Mention("room"), "can post, edit and read back. Pings everyone"),
    ],
)
async def test_whom_a_room_mentions_must_be_there(
    discord: DiscordStandIn, answers: Answers, mention: Mention, words: str
) -> None:
    (result,) = await checked(discord, answers, discord.room(), mention=mention)
    assert words in result.words


@pytest.mark.parametrize(
    ("mentionable", "permissions", "words"),
    [
        (True, 0, "can post, edit and read back. Pings the role “on call”"),
        (False, MENTION_EVERYONE, "can post, edit and read back. Pings the role “on call”"),
        (
            False,
            0,
            "missing permissions: Mention Everyone (or the role “on call” is not pinged, unless everybody may mention it)",
        ),
    ],
)
async def test_a_role_is_named_with_what_its_ping_needs(
    discord: DiscordStandIn, answers: Answers, mentionable: bool, permissions: int, words: str
) -> None:
    room = discord.room()
    allow(discord, room, ALL)
    discord.world.empower(server_of(discord, room), permissions)
    role = discord.world.add_role(server_of(discord, room), "on \x07call", mentionable=mentionable)
    (result,) = await checked(discord, answers, room, mention=Mention("role", role))
    assert result.words.partition(";")[0] == words


@pytest.mark.parametrize(
    ("permissions", "names"),
    [
        (MANAGE_ROLES | MENTION_EVERYONE, []),
        (1 << 3, []),  # Administrator
        (MANAGE_ROLES, ["Mention Everyone (or `line_roles` pings nobody)"]),
        (MENTION_EVERYONE, ["Manage Roles (in the server, for `line_roles`)"]),
        (
            0,
            ["Manage Roles (in the server, for `line_roles`)", "Mention Everyone (or `line_roles` pings nobody)"],
        ),
    ],
)
async def test_what_line_roles_need_stands_in_the_same_line(
    discord: DiscordStandIn, answers: Answers, permissions: int, names: list[str]
) -> None:
    rooms = [discord.room(), discord.room()]
    allow(discord, rooms[0], SEE | SEND | HISTORY)
    discord.world.empower(server_of(discord, rooms[0]), permissions)
    (result,) = await checked(discord, answers, rooms[0], line_roles=FERRY)
    missing = [*([] if permissions == 1 << 3 else ["Embed Links"]), *names]
    assert result.words.removeprefix("missing permissions: ").partition(";")[0] == (
        ", ".join(missing) or "can post, edit and read back. Line roles can be given and pinged"
    )


@pytest.mark.parametrize(
    ("position", "name", "is_fine"),
    [(60, "ferry 1.2", False), (2, "ferry 1.2", True), (60, "ferrymen", True), (60, "crew", True)],
)
async def test_a_line_role_above_the_bot_can_be_given_to_nobody(
    discord: DiscordStandIn, answers: Answers, position: int, name: str, is_fine: bool
) -> None:
    room = discord.room()
    discord.world.empower(server_of(discord, room), MANAGE_ROLES | MENTION_EVERYONE)
    discord.world.add_role(server_of(discord, room), name, position=position)
    (result,) = await checked(discord, answers, room, line_roles=FERRY)
    assert (result.verdict == "fine") is is_fine
    assert is_fine or "the bot's own role must stand above “ferry 1.2”" in result.words


async def test_a_server_that_is_full_of_roles_is_named(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    discord.world.empower(server_of(discord, room), MANAGE_ROLES | MENTION_EVERYONE)
    while len(discord.world.guilds[server_of(discord, room)]["roles"]) < 250:
        discord.world.add_role(server_of(discord, room), "one more")
    (result,) = await checked(discord, answers, room, line_roles=FERRY)
    assert "as many roles as Discord allows" in result.words


async def test_roles_of_maintainers_must_be_on_the_server_of_their_room(
    discord: DiscordStandIn, answers: Answers
) -> None:
    room = discord.room()
    crew = discord.world.add_role(server_of(discord, room), "crew")
    (fine,) = await checked(discord, answers, room, maintainers=(f"discord:role:{crew}", "discord:user:1"))
    assert fine.words == "can post, edit and read back. The role “crew” are maintainers"
    (wrong,) = await checked(discord, answers, room, maintainers=("discord:role:123", f"discord:role:{crew}"))
    assert wrong.words == "there is no role 123 on this server; correct `projects.maintainers`"


async def test_a_server_where_the_bot_does_not_stay_is_named(discord: DiscordStandIn, answers: Answers) -> None:
    rooms = [discord.room(), discord.world.add_channel(discord.world.add_guild())]
    options = replace(HASTY, allow_guilds=frozenset({int(server_of(discord, rooms[0]))}))
    chat = make_chat(discord, answers, options)
    _, fine, wrong = await chat.check([RoomToCheck(address=RoomAddress(f"discord:{room}")) for room in rooms])
    assert fine.verdict == "fine"
    server = server_of(discord, rooms[1])
    assert (
        wrong.words == f"discord.allow_guilds does not name this server, {server}, so the bot leaves it: add it there"
    )


@pytest.mark.parametrize(
    ("is_locked", "permissions", "is_fine"), [(False, 0, True), (True, 0, False), (True, 1 << 34, True)]
)
async def test_a_locked_thread_is_named(
    discord: DiscordStandIn, answers: Answers, is_locked: bool, permissions: int, is_fine: bool
) -> None:
    room = discord.room()
    allow(discord, room, ALL | permissions)
    thread = discord.world.add_thread(room, "news")
    thread["thread_metadata"]["locked"] = is_locked
    (result,) = await checked(discord, answers, str(thread["id"]))
    assert (result.verdict == "fine") is is_fine
    assert is_fine or result.words == "the thread is locked; unlock it, or name another room"


async def test_many_rooms_of_a_server_ask_for_it_once(discord: DiscordStandIn, answers: Answers) -> None:
    first = discord.room()
    rooms = [first, *(discord.world.add_channel(server_of(discord, first)) for _ in range(3))]
    await checked(discord, answers, *rooms)
    assert sum(request.path.startswith("/guilds/") for request in discord.requests) == 2, "the server, and us in it"
