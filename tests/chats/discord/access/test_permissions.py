"""The permissions that the bot asks for: Discord's own numbers, no more than a setup needs, and each explained on the page."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from chatbot.chats.discord.access import permissions as known_permissions
from chatbot.chats.discord.access.link import PLACEHOLDER, application_of, install_link
from chatbot.chats.discord.access.permissions import POSTING, Permission, in_a_room, needed, number_of

ALL = [each for each in vars(known_permissions).values() if isinstance(each, Permission)]
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "discord.md"


@pytest.mark.parametrize("permission", ALL, ids=lambda each: each.flag)
def test_a_bit_is_the_one_that_discord_gives_it(permission: Permission) -> None:
    assert discord.Permissions(**{permission.flag: True}).value == permission.bit
    assert permission.name.lower().replace(" ", "_") == permission.flag


def test_the_page_lists_each_permission_with_what_it_is_for() -> None:
    rows = re.findall(r"^\| ([A-Z][A-Za-z ]+) \| to (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {
        name: purpose for name, purpose in rows if name.lower().replace(" ", "_") in discord.Permissions.VALID_FLAGS
    }
    assert listed.keys() == {each.name for each in ALL}
    assert [each.name for each in ALL if not listed[each.name].startswith(each.purpose)] == []


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, []),
        ({"pings_everyone": True}, ["Mention Everyone"]),
        ({"makes_roles": True}, ["Mention Everyone", "Manage Roles"]),
        ({"pings_everyone": True, "makes_roles": True}, ["Mention Everyone", "Manage Roles"]),
        ({"makes_events": True}, ["Create Events"]),
        ({"removes_messages": True}, ["Manage Messages"]),
    ],
)
def test_only_what_a_setup_needs_is_asked_for(options: dict[str, bool], more: list[str]) -> None:
    assert [each.name for each in needed(**options)] == [*(each.name for each in POSTING), *more]


def test_a_channel_and_a_thread_need_one_way_of_writing_each() -> None:
    assert {each.name for each in POSTING} - {each.name for each in in_a_room(is_thread=False)} == {
        "Send Messages in Threads"
    }
    assert {each.name for each in POSTING} - {each.name for each in in_a_room(is_thread=True)} == {"Send Messages"}


def test_the_install_link_is_one_that_discord_understands() -> None:
    parts = urlsplit(install_link("1234567890123456789", needed(makes_roles=True)))
    query = {key: value for key, (value,) in parse_qs(parts.query).items()}
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "discord.com", "/oauth2/authorize")
    assert query.keys() == {"client_id", "scope", "permissions"}
    assert (query["client_id"], query["scope"]) == ("1234567890123456789", "bot applications.commands")
    flags = {each.flag: True for each in needed(makes_roles=True)}
    assert discord.Permissions(int(query["permissions"])) == discord.Permissions(**flags)
    assert number_of([]) == 0
    assert f"client_id={PLACEHOLDER}&" in install_link("", POSTING)


@pytest.mark.parametrize(
    ("token", "application"),
    [
        ("MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcDE.an-invented-rest-of-a-token", "1234567890123456789"),
        ("MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.an-invented-rest-of-a-token", "123456789012345678"),
        ("aGVsbG8.GabcDE.rest", ""),  # hello
        ("MTIzNDU2Nzg5MDEyMzQ1Njc4OQ", ""),  # no token: one part alone
        ("%%%.x.y", ""),
        ("ä.x.y", ""),
        ("", ""),
    ],
)
def test_a_token_names_its_application(token: str, application: str) -> None:
    assert application_of(token) == application
