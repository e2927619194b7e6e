"""How commands behave for people, in SimCord: who sees them, who sees the answer, and what Discord itself would refuse."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord as dpy
import simcord

from chatbot.chats.discord.components.view import Buttons, embeds, view
from chatbot.chats.discord.format import to_payload
from chatbot.chats.discord.gateway import Connection, Hooks
from chatbot.chats.discord.pacer import Window
from chatbot.chats.discord.questions.asking import Asking
from chatbot.chats.discord.syncing import sync
from chatbot.chats.discord.traffic import Traffic
from chatbot.core.queries.commands import Right
from tests.chats.discord.conftest import HASTY, NOW, Answers
from tests.chats.discord.shown import MESSAGES


async def nobody(_: frozenset[int]) -> None:
    pass


@asynccontextmanager
async def simulated(answers: Answers) -> AsyncIterator[simcord.Env]:
    async def remove(channel: int, message: int) -> None:
        await connection.get_partial_messageable(channel).get_partial_message(message).delete()

    async def author(channel: int, message: int) -> str:
        return str((await connection.get_partial_messageable(channel).fetch_message(message)).author.id)

    asking = Asking(answerer=answers, clock=lambda: NOW, remove=remove, author=author)
    hooks = Hooks(ready=asyncio.Event().set, on_interaction=asking.take, changed=nobody)
    connection = Connection(hooks, HASTY, Window(20, 3600), Traffic())
    async with simcord.run(connection) as running:
        await sync(connection, dry_run=False)
        yield running


async def test_a_question_is_answered_for_all_to_see(answers: Answers) -> None:
    async with simulated(answers) as env:
        channel = env.create_guild().create_text_channel("general")
        alice = env.guild.add_member(env.create_user("alice"))
        result = await alice.slash(channel, "supported", version="0.11")
        assert not result.ephemeral
        assert not result.followups
        assert result.response is not None
        assert result.response.embeds[0].title == "An answer"
        assert answers.requests[0].arguments == {"version": "0.11"}


async def test_a_report_is_for_the_asker_only(answers: Answers) -> None:
    async with simulated(answers) as env:
        channel = env.create_guild().create_text_channel("general")
        alice = env.guild.add_member(env.create_user("alice"))
        assert (await alice.slash(channel, "report")).ephemeral


async def test_rights_come_from_the_roles_of_the_moment(answers: Answers) -> None:
    async with simulated(answers) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        role = guild.create_role("channel keepers", permissions=dpy.Permissions(manage_channels=True))
        alice, bob = guild.add_member(env.create_user("alice"), roles=[role]), guild.add_member(env.create_user("bob"))
        await alice.slash(channel, "help")
        await bob.slash(channel, "help")
        assert [Right.ROOM_ADMIN in ask.rights for ask in answers.requests] == [True, False]


async def test_completion_offers_what_begins_so(answers: Answers) -> None:
    async with simulated(answers) as env:
        answers.values = ["0.11.5", "0.10.7"]
        channel = env.create_guild().create_text_channel("general")
        alice = env.guild.add_member(env.create_user("alice"))
        choices = await alice.autocomplete(channel, "supported", "version", "0.11")
        assert [choice["value"] for choice in choices] == ["0.11.5"]


async def test_a_button_outlives_its_message_and_opens_a_dialogue(answers: Answers) -> None:
    async with simulated(answers) as env:
        channel = env.create_guild().create_text_channel("general")
        alice = env.guild.add_member(env.create_user("alice"))
        body = to_payload(MESSAGES["release"])
        client: dpy.Client = env.bot
        message = await client.get_partial_messageable(channel.id).send(
            embeds=embeds(body), view=view(body) or Buttons()
        )
        dialogue = await alice.click(message, label="Am I affected?")
        assert dialogue.modal is not None
        result = await alice.submit_modal(dialogue, {"version": "1.2.3"})
        assert result.ephemeral
        assert answers.requests[-1].arguments == {"version": "1.2.3", "project": "example"}
