"""Questions over real sockets: acknowledged before anything else, answered in place, and rights as they are at that moment."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chatbot.chats.discord.components.carried import custom_id
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Action, Message, Tone
from chatbot.core.queries.commands import Right
from tests.chats.discord.conftest import Answers
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.interactions import DEFERRED, EPHEMERAL, MODAL
from tests.standins.discord.objects import user

pytestmark = pytest.mark.usefixtures("chat")

MANAGE_CHANNELS, MANAGE_MESSAGES, ADMINISTRATOR = 1 << 4, 1 << 13, 1 << 3


async def test_a_question_is_acknowledged_before_it_is_answered(discord: DiscordStandIn, answers: Answers) -> None:
    answers.gate.clear()
    question = await discord.slash("supported", {"version": "0.11"}, at=discord.room())
    assert (await question.acknowledgement())["type"] == DEFERRED
    answers.gate.set()
    assert (await question.answer())["embeds"][0]["title"] == "An answer"
    assert not question.followups
    assert not question.private


async def test_what_reaches_the_answerer(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    asker = user("alice", identifier="4711")
    question = await discord.slash("supported", {"version": " 0.11 "}, at=room, asker=asker)
    await question.answer()
    ask = answers.requests[0]
    assert (ask.command, ask.arguments, ask.asker, ask.room) == (
        "supported",
        {"version": "0.11"},
        "discord:user:4711",
        f"discord:{room}",
    )
    assert ask.key == question.id
    direct = await discord.slash("supported", at=discord.direct(asker), asker=asker)
    await direct.answer()
    assert answers.requests[1].room == ""


@pytest.mark.parametrize(
    ("permissions", "proved"),
    [
        (0, set()),
        (MANAGE_CHANNELS, {Right.ROOM_ADMIN}),
        (MANAGE_MESSAGES, {Right.MODERATOR}),
        (ADMINISTRATOR, {Right.ROOM_ADMIN, Right.MODERATOR}),
    ],
)
async def test_rights_are_those_of_the_moment(
    discord: DiscordStandIn, answers: Answers, permissions: int, proved: set[Right]
) -> None:
    await (await discord.slash("help", at=discord.room(), permissions=permissions)).answer()
    assert answers.requests[0].rights == {Right.EVERYONE} | proved


async def test_roles_count_for_rights(discord: DiscordStandIn, answers: Answers) -> None:
    guild = next(iter(discord.world.guilds.values()))
    role = guild["roles"][0] | {"id": "99", "name": "maintainers"}
    await discord.gateway.dispatch("GUILD_ROLE_CREATE", {"guild_id": guild["id"], "role": role})
    await (await discord.slash("help", at=discord.room(), roles=("99",))).answer()
    assert answers.requests[0].also == ("discord:role:99",)


async def test_a_private_command_is_answered_to_the_asker_alone(discord: DiscordStandIn) -> None:
    question = await discord.slash("report", at=discord.room())
    assert (await question.acknowledgement())["data"]["flags"] == EPHEMERAL
    await question.answer()
    assert question.private


@pytest.mark.parametrize(
    ("command", "options", "private"),
    [
        ("supported", {"version": "bananas"}, True),
        ("supported", {"version": "0.11"}, False),
        ("supported", {}, False),
        ("affected", {}, True),
        ("advisories", {"severity": "terrible"}, True),
        ("advisories", {"severity": "high"}, False),
    ],
)
async def test_an_error_is_for_the_asker_alone(
    discord: DiscordStandIn, command: str, options: dict[str, str], *, private: bool
) -> None:
    question = await discord.slash(command, options, at=discord.room())
    await question.answer()
    assert question.private is private


async def test_what_turns_out_to_be_private_is_not_shown_to_all(discord: DiscordStandIn, answers: Answers) -> None:
    answers.message = Message(title="Your secret", tone=Tone.ANSWER, private=True)
    question = await discord.slash("latest", at=discord.room())
    assert "secret" in str(await question.answer())
    assert question.private


async def test_completion(discord: DiscordStandIn, answers: Answers) -> None:
    answers.values = ["0.11.5", "0.11.4", "0.10.7"]
    question = await discord.typing("supported", "version", "0.11", at=discord.room())
    assert [choice["value"] for choice in (await question.answer())["choices"]] == ["0.11.5", "0.11.4"]


async def test_a_button_opens_a_dialogue_and_its_answer_is_private(discord: DiscordStandIn, answers: Answers) -> None:
    room, answers.values = discord.room(), ["0.11.5", "0.11.4"]
    button = custom_id(Action("affected", "Am I affected?", ProjectId("example"), "example/GHSA-1"))
    pressed = await discord.press(button, at=room)
    modal = await pressed.answer()
    assert pressed.ack["type"] == MODAL
    assert modal["components"][0]["component"]["placeholder"] == "0.11.5", "the project's newest version"
    submitted = await discord.submit(modal, {"version": "1.2.3"}, at=room)
    await submitted.answer()
    assert submitted.private
    assert (answers.requests[-1].command, answers.requests[-1].arguments) == (
        "affected",
        {"version": "1.2.3", "project": "example"},
    )


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        (Action("upgraded", "", ProjectId("example"), "0.15.5"), {"version": "0.15.5", "project": "example"}),
        (
            Action("snooze", "", ProjectId("example"), "GHSA-2222-3333-4444"),
            {"id": "GHSA-2222-3333-4444", "project": "example"},
        ),
        (
            Action("mute", "", ProjectId("example"), "GHSA-2222-3333-4444"),
            {"id": "GHSA-2222-3333-4444", "project": "example"},
        ),
        (Action("unsubscribe", "", ProjectId("example"), "0.15"), {"version": "0.15", "project": "example"}),
    ],
)
async def test_a_button_of_an_alert_is_a_command_with_its_subject(
    discord: DiscordStandIn, answers: Answers, action: Action, arguments: dict[str, str]
) -> None:
    """The bot may have been restarted since the alert: nothing but the custom id is known of it."""
    alice = user("alice", identifier="4711")
    dm = discord.direct(alice)
    pressed = await discord.press(custom_id(action), at=dm, asker=alice)
    assert title_of(await pressed.answer()) == "An answer"
    (ask,) = answers.requests
    assert (ask.command, ask.arguments, ask.asker, ask.dm) == (
        action.name,
        arguments,
        "discord:user:4711",
        f"discord:dm:{dm}",
    )
    assert not pressed.private, "nobody else reads a DM, and what is said there stays"


@pytest.mark.parametrize(
    ("action", "question"),
    [
        (Action("subscribe", "Alert me", ProjectId("example"), "advisory/example/GHSA-1"), "Which version do you run?"),
        (Action("upgraded", "Another version", ProjectId("example"), ""), "Which version do you run now?"),
    ],
)
async def test_a_button_that_needs_a_version_asks_for_it(
    discord: DiscordStandIn, answers: Answers, action: Action, question: str
) -> None:
    room = discord.room()
    modal = await (await discord.press(custom_id(action), at=room)).answer()
    assert modal["components"][0]["label"] == question
    submitted = await discord.submit(modal, {"version": "0.15.3"}, at=room)
    await submitted.answer()
    assert submitted.private
    assert (answers.requests[-1].command, answers.requests[-1].arguments) == (
        action.name,
        {"version": "0.15.3", "project": "example"},
    )


def title_of(payload: Any) -> str:
    return str(payload["embeds"][0]["title"])


async def test_an_acknowledgement_that_was_processed_and_lost(discord: DiscordStandIn) -> None:
    discord.plant(Fault(kind="drop_after", where="callback"))
    question = await discord.slash("help", at=discord.room())
    assert (await question.answer())["embeds"][0]["title"] == "An answer"


async def test_an_answer_that_was_lost_is_put_there_again(discord: DiscordStandIn) -> None:
    discord.plant(Fault(kind="drop_after", where="PATCH /webhooks"))
    question = await discord.slash("help", at=discord.room())
    await discord.until(lambda: len(question.edits) == 2)
    assert not question.followups
    assert len(discord.requests_to("PATCH", "@original")) == 2


async def remove(discord: DiscordStandIn, room: str, message: Any, permissions: int, elsewhere: str = "") -> str:
    action = Action("remove", "Remove", ProjectId(""), f"{elsewhere or room}/{message['id']}")
    pressed = await discord.press(custom_id(action), at=room, permissions=permissions)
    return str((await pressed.answer())["embeds"][0]["title"])


async def test_only_who_manages_messages_has_one_removed(discord: DiscordStandIn) -> None:
    room, other = discord.room(), discord.room(name="other")
    message = discord.world.write(room, "look what I found")
    far = discord.world.write(other, "elsewhere")
    assert "for those who" in await remove(discord, room, message, 0)
    assert "for those who" in await remove(discord, room, far, MANAGE_MESSAGES, elsewhere=other)
    assert "is removed" in await remove(discord, room, message, MANAGE_MESSAGES)
    assert "gone already" in await remove(discord, room, message, MANAGE_MESSAGES)
    assert len(discord.world.messages[other]) == 1


async def test_a_button_of_somebody_else_is_left_alone(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    await discord.press("something", at=room)
    await (await discord.slash("help", at=room)).answer()
    assert [ask.command for ask in answers.requests] == ["help"]


async def test_slow_answers_do_not_hold_up_others(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    answers.gate.clear()
    waiting = [await discord.slash("help", at=room) for _ in range(5)]
    await asyncio.gather(*(each.acknowledgement() for each in waiting))
    answers.message = replace(answers.message, title="Late")
    answers.gate.set()
    assert {(await each.answer())["embeds"][0]["title"] for each in waiting} == {"Late"}


async def test_the_buttons_of_a_card_are_commands_of_maintainers(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    await (
        await discord.press(custom_id(Action("approve", "Announce", ProjectId("example"), "v1.2.0")), at=room)
    ).answer()
    assert (answers.requests[-1].command, answers.requests[-1].arguments) == (
        "approve",
        {"id": "v1.2.0", "project": "example"},
    )
    note = custom_id(Action("add-note", "Add a note", ProjectId("example"), "v1.2.0"))
    modal = await (await discord.press(note, at=room)).answer()
    submitted = await discord.submit(modal, {"text": "Back your data up first"}, at=room)
    await submitted.answer()
    assert submitted.private
    assert (answers.requests[-1].command, answers.requests[-1].arguments) == (
        "add-note",
        {"id": "v1.2.0", "text": "Back your data up first", "project": "example"},
    )


async def test_slash_announce_has_its_words_as_subcommands(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    options = {"id": "v1.2.0", "reason": "It loses mail"}
    await (await discord.slash("announce retract", options, at=room)).answer()
    assert (answers.requests[-1].command, answers.requests[-1].arguments) == ("announce retract", options)
