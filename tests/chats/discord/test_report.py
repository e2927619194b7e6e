"""The private way, over the whole pipeline: `/report`, its empty form, and the moderator's redirect."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.demo.github.data import Repository
from chatbot.runtime.delivery.loop import Delivery
from tests.chats.discord.conftest import HASTY, running
from tests.demo.make import release
from tests.runtime.harness import Harness, open_harness
from tests.standins.clock import START, ManualClock
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import user

MANAGE_MESSAGES = 1 << 13
SECRET = "the overflow is in parse_header, send 70000 bytes"
REDIRECT = "Redirect to private report"
POLICY = """# Security policy

## Reporting a vulnerability

Write to security@ferry.example. Please include:

- the version
- how to reproduce it
"""


@dataclass
class Ferry:
    harness: Harness
    chat: DiscordChat
    discord: DiscordStandIn
    room: str

    async def deliver(self) -> None:
        services = self.harness.services
        await Delivery(
            chat=self.chat, store=services.store, clock=self.harness.clock, failpoint=services.config.failpoint
        ).drain()

    def doors(self, who: Any) -> list[Any]:
        """What somebody was told in direct messages."""
        mine = [
            c["id"]
            for c in self.discord.world.channels.values()
            if c["type"] == 1 and c["recipients"][0]["id"] == who["id"]
        ]
        return [message for channel in mine for message in self.discord.world.posts(channel)]


@asynccontextmanager
async def ferrying(discord: DiscordStandIn, folder: Path, *, more: tuple[Project, ...] = ()) -> AsyncIterator[Ferry]:
    repository = Repository(owner="harbour", name="ferry", releases=[release("v1.0.0", 0)], private_reports=True)
    repository.commit("SECURITY.md", POLICY, START)
    room = discord.room()
    clock = ManualClock()
    projects = (ProjectId("ferry"), *(each.id for each in more))
    rooms = [Room(address=RoomAddress(f"discord:{room}"), projects=projects, watch_filter=WatchFilter())]
    project = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry")
    async with open_harness(repository, clock, folder / "store.db", rooms, project=project) as harness:
        await harness.poll()
        harness.services.change(replace(harness.services.config, projects=(project, *more)))
        chat = DiscordChat(
            token=lambda: discord.token,
            answerer=harness.services.answers,
            clock=clock,
            api_url=discord.api_url,
            gateway_url=discord.gateway_url,
            options=HASTY,
        )
        async with running(chat):
            yield Ferry(harness, chat, discord, room)


async def test_the_report_and_its_empty_form_are_for_the_asker_alone(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with ferrying(discord, tmp_path) as ferry:
        question = await discord.slash("report", at=ferry.room)
        payload = await question.answer()
        assert question.private
        assert "security@ferry.example" in str(payload)
        buttons = [one for row in payload["components"] for one in row["components"]]
        (prepare,) = [one for one in buttons if one["label"] == "Prepare my report"]
        pressed = await discord.press(prepare["custom_id"], at=ferry.room)
        form = await pressed.answer()
        assert pressed.private
        assert "how to reproduce it:" in form["embeds"][0]["description"]
        assert "security@ferry.example" in form["embeds"][0]["description"]
        assert any(
            "/security/advisories/new" in one.get("url", "") for row in form["components"] for one in row["components"]
        )


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_moderator_leads_an_author_to_the_private_way_once(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with ferrying(discord, tmp_path) as ferry:
        author = user("finder")
        message = discord.world.write(ferry.room, SECRET, author)
        question = await discord.use_on_message(REDIRECT, message, at=ferry.room, permissions=MANAGE_MESSAGES)
        payload = await question.answer()
        assert question.private
        assert "I've sent the author instructions" in payload["embeds"][0]["title"]
        await ferry.deliver()
        (notices,) = ferry.doors(author)
        assert "in private" in notices["embeds"][0]["title"]
        assert SECRET not in str([r.body for r in discord.requests])
        assert SECRET.encode() not in stored(tmp_path)
        (remove,) = [
            one for row in payload["components"] for one in row["components"] if one["label"] == "Remove the message"
        ]
        pressed = await discord.press(remove["custom_id"], at=ferry.room, permissions=MANAGE_MESSAGES)
        assert "is removed" in (await pressed.answer())["embeds"][0]["title"]
        assert message["id"] not in discord.world.messages[ferry.room]


async def test_with_several_projects_the_moderator_chooses_one(discord: DiscordStandIn, tmp_path: Path) -> None:
    other = Project(id=ProjectId("lantern"), name="Lantern", repository="harbour/lantern")
    async with ferrying(discord, tmp_path, more=(other,)) as ferry:
        author = user("finder")
        message = discord.world.write(ferry.room, SECRET, author)
        question = await discord.use_on_message(REDIRECT, message, at=ferry.room, permissions=MANAGE_MESSAGES)
        (menu,) = [one for row in (await question.answer())["components"] for one in row["components"]]
        assert question.private
        assert [option["value"] for option in menu["options"]] == ["ferry", "lantern"]
        outsider = await discord.choose(menu, "ferry", at=ferry.room)
        assert "Only moderators" in (await outsider.answer())["embeds"][0]["title"]
        chosen = await discord.choose(menu, "ferry", at=ferry.room, permissions=MANAGE_MESSAGES)
        assert "I've sent the author instructions" in (await chosen.answer())["embeds"][0]["title"]
        await ferry.deliver()
        (notices,) = ferry.doors(author)
        assert "security@ferry.example" in str(notices)


async def test_a_person_who_may_not_delete_messages_redirects_nobody(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with ferrying(discord, tmp_path) as ferry:
        author = user("finder")
        question = await discord.use_on_message(
            REDIRECT, discord.world.write(ferry.room, SECRET, author), at=ferry.room
        )
        assert "Only moderators" in (await question.answer())["embeds"][0]["title"]
        await ferry.deliver()
        assert ferry.doors(author) == []


async def test_a_bot_is_not_written_to(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with ferrying(discord, tmp_path) as ferry:
        message = discord.world.write(ferry.room, SECRET, user("other bot", bot=True))
        question = await discord.use_on_message(REDIRECT, message, at=ferry.room, permissions=MANAGE_MESSAGES)
        assert "I can't tell who wrote" in (await question.answer())["embeds"][0]["title"]


async def test_the_button_below_an_announcement_asks_for_a_version_and_answers(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    async with ferrying(discord, tmp_path) as ferry:
        pressed = await discord.press("affected|ferry|ferry/v1.0.0", at=ferry.room)
        submitted = await discord.submit(await pressed.answer(), {"version": "1.0.0"}, at=ferry.room)
        payload = await submitted.answer()
        assert submitted.private
        assert payload["embeds"][0]["title"]
