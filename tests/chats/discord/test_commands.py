"""Slash commands: one table makes them, Discord takes them, and an unchanged table changes nothing."""

from typing import Any

import pytest

from chatbot.chats.discord import commands
from chatbot.core.queries.commands import COMMANDS, Command, Kind, Parameter, Right
from tests.standins.discord import Recorded, routes
from tests.standins.discord.rules import complaints
from tests.standins.discord.world import World

OPTIONAL = Parameter("project", "which", Kind.PROJECT, required=False)
TABLE = (
    Command(
        "watch", "Hear of a project here", (OPTIONAL, Parameter("what", "what to hear", Kind.WORDS)), Right.ROOM_ADMIN
    ),
    Command("case open", "Open a case", (Parameter("id", "its id", Kind.ADVISORY),), Right.MAINTAINER, private=True),
    Command("case list", "The open cases " + "and many more words " * 10, (), Right.MAINTAINER, private=True),
    Command("redirect", "Lead the author to the private way", (), Right.MODERATOR),
    Command("advisories", "All", (Parameter("severity", "from", Kind.SEVERITY, required=False),)),
)


def put(body: Any) -> Recorded:
    return Recorded(method="PUT", path="/applications/1/commands", body=body, content_type="application/json")


@pytest.mark.parametrize("table", [COMMANDS, TABLE])
def test_discord_would_take_the_table(table: tuple[Command, ...]) -> None:
    assert complaints(put(commands.payload(table))) == []


@pytest.mark.parametrize("table", [COMMANDS, TABLE])
def test_what_discord_returns_is_known_again(table: tuple[Command, ...]) -> None:
    ours, world = commands.payload(table), World()
    assert commands.differences(ours, routes.put_commands(world, put(ours), world.app_id)) == []


def test_what_differs_is_named() -> None:
    ours = commands.payload(TABLE)
    theirs = [ours[0] | {"description": "Old"}, *ours[2:], {"type": 1, "name": "gone", "description": "x"}]
    assert commands.differences(ours, theirs) == ["add case", "change watch", "remove gone"]


def test_rights_and_places() -> None:
    by_name = {command["name"]: command for command in commands.payload(TABLE)}
    assert (by_name["watch"]["contexts"], by_name["watch"]["default_member_permissions"]) == ([0], str(1 << 4))
    assert by_name["advisories"]["contexts"] == [0, 1, 2]
    assert by_name["advisories"]["integration_types"] == [0, 1]
    assert by_name["case"]["default_member_permissions"] is None
    redirect = by_name["Redirect to private report"]
    assert (redirect["type"], redirect["default_member_permissions"]) == (3, str(1 << 13))


def test_options() -> None:
    by_name = {command["name"]: command for command in commands.payload(TABLE)}
    assert [option["name"] for option in by_name["watch"]["options"]] == ["what", "project"]
    assert by_name["watch"]["options"][1]["autocomplete"]
    assert by_name["advisories"]["options"][0]["choices"][0]["value"] == "critical"
    assert [option["name"] for option in by_name["case"]["options"]] == ["open", "list"]


def test_a_subcommand_is_read() -> None:
    data = {
        "name": "case",
        "options": [
            {"type": 1, "name": "open", "options": [{"type": 3, "name": "id", "value": "GHSA", "focused": True}]}
        ],
    }
    invoked = commands.parse(data)
    assert (invoked.command, invoked.arguments, invoked.focused) == ("case open", {"id": "GHSA"}, "id")
