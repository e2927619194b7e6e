"""What an older program left goes on: its posts are known, what it had not sent is sent once, and its buttons answer.

`older/` holds the database and the posts of the program at the last commit before its tables, columns and classes were renamed.
It was stopped when a release was planned and not yet sent. Neither file is ever changed.
"""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.message import Mention, Message, Tone
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import Chat
from chatbot.runtime.delivery.loop import Delivery
from tests.chats.discord.conftest import HASTY, running
from tests.demo.make import advisory, release
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat, Post
from tests.standins.clock import ManualClock
from tests.standins.discord import DiscordStandIn

OLDER = Path(__file__).parent / "older"
POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n"
MATRIX = "matrix:!news:example.org"
GHSA = "GHSA-2222-2222-2222"


@dataclass(slots=True)
class Successor:
    """The new program over the old one's database, with the rooms as the old one left them."""

    harness: Harness
    discord: DiscordStandIn
    chats: list[Chat]
    channel: str
    left_behind: dict[str, Any]

    async def run_for(self, by: timedelta = MINUTE) -> None:
        for _ in range(2):
            self.harness.clock.advance(by)
            await self.harness.poll()
            for chat in self.chats:
                await Delivery(chat=chat, store=self.harness.services.store, clock=self.harness.clock).drain()

    def posts(self) -> list[Any]:
        return self.discord.world.posts(self.channel)

    def rooms(self) -> dict[str, list[Post]]:
        return {at: posts for chat in self.chats if isinstance(chat, FaultyChat) for at, posts in chat.rooms.items()}


def _repository(left_behind: dict[str, Any]) -> Repository:
    """What the project had published."""
    ferry = Repository(owner="harbour", name="ferry")
    times = [
        (tag, datetime.fromisoformat(made), datetime.fromisoformat(at)) for tag, made, at in left_behind["releases"]
    ]
    ferry.releases = [replace(release(tag, 0), created_at=made, published_at=at) for tag, made, at in times]
    vulnerability = Vulnerability(package="ferry", range="< 1.1.0", patched="1.1.0")
    at = datetime.fromisoformat(left_behind["advisory"][2])
    ferry.advisories = [advisory(GHSA, 0, created_at=at, published_at=at, vulnerabilities=(vulnerability,))]
    ferry.commit("SECURITY.md", POLICY, ManualClock().now - timedelta(days=9), "Say it")
    return ferry


def _as_left(name: str, rooms: dict[str, list[dict[str, Any]]]) -> FaultyChat:
    chat = FaultyChat(name=name)
    for at, posts in rooms.items():
        chat.rooms[at] = [
            Post(
                reference=post["reference"],
                announcement=post["announcement"],
                message=Message(title=post["title"], tone=Tone.ROUTINE),
                key=post["key"],
                edits=post["edits"],
            )
            for post in posts
        ]
    return chat


@asynccontextmanager
async def taken_over(folder: Path) -> AsyncIterator[Successor]:
    left_behind = json.loads((OLDER / "posts.json").read_text())
    database = folder / "bot.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript((OLDER / "store.sql").read_text())
    clock = ManualClock()
    clock.now = datetime.fromisoformat(left_behind["stopped_at"]) + timedelta(minutes=10)
    channel = left_behind["channel"]
    watching: list[Room] = [
        room(f"discord:{channel}", WatchFilter(mention=Mention("role", "7"))),
        room(MATRIX, WatchFilter(mention=Mention("room"))),
        room("console", WatchFilter()),
    ]
    async with (
        DiscordStandIn() as discord,
        open_harness(_repository(left_behind), clock, database, watching) as harness,
    ):
        harness.world.origin = "https://github.example"  # as the older program saw it
        _put_back(discord, channel, left_behind["discord"])
        chat = DiscordChat(
            token=lambda: discord.token,
            answerer=harness.services.answers,
            clock=clock,
            api_url=discord.api_url,
            gateway_url=discord.gateway_url,
            options=HASTY,
        )
        others = [_as_left(name, rooms) for name, rooms in left_behind["rooms"].items()]
        async with running(chat):
            yield Successor(harness, discord, [chat, *others], channel, left_behind)


def _put_back(discord: DiscordStandIn, channel: str, messages: list[Any]) -> None:
    """The channel under its old id, with the messages that are in it."""
    world = discord.world
    made = world.channels.pop(discord.room(name="news"))
    made["id"] = channel
    world.channels[channel] = made
    for message in messages:
        ours = {**message, "author": world.me, "guild_id": made["guild_id"]}
        world.messages.setdefault(channel, {})[message["id"]] = ours


@pytest.fixture
async def successor(tmp_path: Path) -> AsyncIterator[Successor]:
    async with taken_over(tmp_path) as opened:
        yield opened


async def test_nothing_is_posted_again_and_what_was_not_sent_is_sent_once_with_its_key(successor: Successor) -> None:
    before = [(post["id"], json.dumps(post["embeds"])) for post in successor.posts()]
    await successor.run_for()
    await successor.run_for()
    after = [(post["id"], json.dumps(post["embeds"])) for post in successor.posts()]
    assert after[: len(before)] == before, "the old posts stay as they are"
    assert [post["embeds"][0]["title"] for post in successor.posts()[len(before) :]] == ["Ferry 1.2.0 – minor release"]
    keys = {at: key for key, _, _, at, _, _ in successor.left_behind["pending"]}
    assert successor.discord.world.nonces.keys() == {keys[f"discord:{successor.channel}"]}
    for at, posts in successor.rooms().items():
        left = successor.left_behind["rooms"][at.partition(":")[0]][at]
        assert [post.key for post in posts] == [*(post["key"] for post in left), keys[at]]
        assert [post.edits for post in posts] == [*(post["edits"] for post in left), 0]


async def test_a_fact_that_changes_corrects_the_old_posts(successor: Successor) -> None:
    await successor.run_for()
    ids = [post["id"] for post in successor.posts()]
    flaw = successor.harness.world.repositories[0].advisories[0]
    flaw.summary, flaw.updated_at = "A folder name is not escaped", successor.harness.clock.now
    await successor.run_for()
    await successor.run_for()
    assert [post["id"] for post in successor.posts()] == ids, "no new post"
    assert any("A folder name is not escaped" in json.dumps(post["embeds"]) for post in successor.posts())
    for posts in successor.rooms().values():
        assert any("A folder name is not escaped" in repr(post.message) for post in posts)


async def test_the_buttons_of_old_posts_answer(successor: Successor) -> None:
    await successor.run_for()
    buttons = [
        button["custom_id"]
        for post in successor.left_behind["discord"]
        for row in post["components"]
        for button in row["components"]
        if "custom_id" in button
    ]
    assert len(buttons) == 2
    for button in buttons:
        pressed = await successor.discord.press(button, at=successor.channel)
        submitted = await successor.discord.submit(await pressed.answer(), {"version": "1.0.0"}, at=successor.channel)
        assert GHSA in json.dumps(await submitted.answer())
