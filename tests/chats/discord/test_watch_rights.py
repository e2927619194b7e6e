"""Who may have a channel watched, and whom they may have pinged: what Discord says with the very interaction."""

from typing import Any

import pytest

from chatbot.core.queries.commands import Right
from tests.chats.discord.conftest import Answers
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import user

ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_MESSAGES, MENTION_EVERYONE = 1 << 3, 1 << 4, 1 << 13, 1 << 17
MANAGE_GUILD, MANAGE_ROLES = 1 << 5, 1 << 28
ANN = user("ann", identifier="4711")
OPS, SECRET_CLUB = "700", "800"


def picked(*, role: str = "", mentionable: bool = False, member: str = "", stranger: str = "") -> dict[str, Any]:
    resolved: dict[str, Any] = {}
    if role:
        resolved["roles"] = {role: {"id": role, "name": "ops", "permissions": "0", "mentionable": mentionable}}
    if person := member or stranger:
        resolved["users"] = {person: user("somebody", identifier=person)}
    if member:
        resolved["members"] = {member: {"roles": [], "permissions": "0"}}
    return resolved


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("command", ["watch", "watching", "unwatch"])
@pytest.mark.parametrize(
    ("permissions", "rights"),
    [
        (0, set()),
        (MANAGE_MESSAGES, {Right.MODERATOR}),
        (MENTION_EVERYONE | MANAGE_ROLES, set()),
        (MANAGE_GUILD, set()),
        (MANAGE_CHANNELS, {Right.ROOM_ADMIN}),
        (MANAGE_CHANNELS | MANAGE_MESSAGES, {Right.ROOM_ADMIN, Right.MODERATOR}),
        (ADMINISTRATOR, {Right.ROOM_ADMIN, Right.MODERATOR}),
    ],
)
async def test_who_manages_the_channel_is_looked_up_at_every_call(
    discord: DiscordStandIn, answers: Answers, command: str, permissions: int, rights: set[Right]
) -> None:
    question = await discord.slash(command, at=discord.room(), asker=ANN, permissions=permissions)
    await question.answer()
    assert question.private, "what somebody sets is for nobody else to read"
    (ask,) = answers.requests
    assert ask.rights == {Right.EVERYONE, *rights}
    assert ask.server == f"discord:{next(iter(discord.world.guilds))}"


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("command", ["watch", "watching", "unwatch"])
@pytest.mark.parametrize("place", ["direct", "group"])
async def test_outside_of_servers_nobody_manages_anything(
    discord: DiscordStandIn, answers: Answers, command: str, place: str
) -> None:
    at = discord.direct(ANN) if place == "direct" else discord.group(ANN, user("bob"))
    question = await discord.slash(command, at=at, asker=ANN, permissions=ADMINISTRATOR)
    await question.answer()
    (ask,) = answers.requests
    assert (ask.rights, ask.server, ask.may_ping) == (frozenset({Right.EVERYONE}), "", frozenset[str]())


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize(
    ("permissions", "value", "resolved", "mention", "may_ping"),
    [
        (MANAGE_CHANNELS, OPS, picked(role=OPS), f"role:{OPS}", set()),
        (MANAGE_CHANNELS, OPS, picked(role=OPS, mentionable=True), f"role:{OPS}", {f"role:{OPS}"}),
        (MENTION_EVERYONE, OPS, picked(role=OPS), f"role:{OPS}", {"*"}),
        (ADMINISTRATOR, OPS, picked(role=OPS), f"role:{OPS}", {"*"}),
        (MANAGE_CHANNELS, "55", picked(member="55"), "user:55", {"user:55"}),
        (MANAGE_CHANNELS, "55", picked(stranger="55"), "55", set()),
        (MANAGE_CHANNELS, "55", None, "55", set()),
        (
            MANAGE_CHANNELS,
            f"role:{SECRET_CLUB}",
            picked(role=OPS, mentionable=True),
            f"role:{SECRET_CLUB}",
            {f"role:{OPS}"},
        ),
        (MANAGE_CHANNELS, "GUILD", None, "room", set()),
        (MENTION_EVERYONE, "GUILD", None, "room", {"*"}),
    ],
)
async def test_whom_the_asker_may_ping_is_discords_word(
    discord: DiscordStandIn,
    answers: Answers,
    permissions: int,
    value: str,
    resolved: Any,
    mention: str,
    may_ping: set[str],
) -> None:
    guild = next(iter(discord.world.guilds))
    options = {"mention": value.replace("GUILD", guild)}
    question = await discord.slash(
        "watch", options, at=discord.room(), asker=ANN, permissions=permissions, picked=resolved
    )
    await question.answer()
    (ask,) = answers.requests
    assert ask.arguments["mention"] == mention
    assert ask.may_ping == may_ping


@pytest.mark.usefixtures("chat")
async def test_everyone_is_no_role_that_anybody_may_mention(discord: DiscordStandIn, answers: Answers) -> None:
    guild = next(iter(discord.world.guilds))
    everyone = picked(role=guild, mentionable=True)
    question = await discord.slash(
        "watch", {"mention": guild}, at=discord.room(), permissions=MANAGE_CHANNELS, picked=everyone
    )
    await question.answer()
    (ask,) = answers.requests
    assert (ask.arguments["mention"], ask.may_ping) == ("room", frozenset())


@pytest.mark.usefixtures("chat")
async def test_the_commands_are_shown_to_those_who_manage_channels(discord: DiscordStandIn) -> None:
    """It is only a hint: a server's admins may change it, and the right is looked up at the call."""
    commands = {each["name"]: each for each in discord.world.commands}
    for name in ("watch", "watching", "unwatch"):
        assert commands[name]["default_member_permissions"] == str(MANAGE_CHANNELS)
        assert commands[name]["contexts"] == [0]
    options = {each["name"]: each for each in commands["watch"]["options"]}
    assert options["project"]["autocomplete"]
    assert [choice["value"] for choice in options["min_severity"]["choices"]] == ["low", "medium", "high", "critical"]
    assert options["mention"]["type"] == 9
