"""Who sees an answer, and what an asker gets where Discord takes none: a private last word, never "thinking…" for ever."""

from typing import Any

import pytest

from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.suggest import Suggestion
from tests.chats.discord.conftest import Answers, make_chat, running
from tests.standins.discord import DiscordStandIn, Fault
from tests.standins.discord.objects import user

ORIGINAL = "PATCH /webhooks"


def title(payload: Any) -> str:
    return str(payload["embeds"][0]["title"])


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize(("status", "code"), [(400, 200000), (403, 200001), (400, 50035), (403, 50013), (400, 240000)])
@pytest.mark.parametrize("command", ["latest", "report"])
async def test_an_answer_that_discord_refuses_ends_in_a_private_sentence(
    discord: DiscordStandIn, status: int, code: int, command: str
) -> None:
    discord.plant(Fault(kind="status", where=ORIGINAL, status=status, code=code))
    question = await discord.slash(command, at=discord.room())
    assert "could not show the answer" in title(await question.answer())
    assert question.private


@pytest.mark.usefixtures("chat")
async def test_where_the_acknowledgement_cannot_be_taken_away_the_sentence_stands_in_its_place(
    discord: DiscordStandIn,
) -> None:
    discord.plant(Fault(kind="status", where=ORIGINAL, status=400, code=200000))
    discord.plant(Fault(kind="status", where="DELETE /webhooks", status=403, code=50013))
    question = await discord.slash("latest", at=discord.room())
    assert "could not show the answer" in title(await question.answer())


class Broken(Answers):
    """Fails at one person's questions."""

    async def answer(self, ask: CommandRequest) -> Message:
        if ask.asker == "discord:user:13":
            raise LookupError(ask.command)
        return await super().answer(ask)

    async def suggest(self, ask: CommandRequest, parameter: str, completion: str) -> list[Suggestion]:
        if ask.asker == "discord:user:13":
            raise LookupError(ask.command)
        return await super().suggest(ask, parameter, completion)


@pytest.mark.parametrize("command", ["latest", "report"])
async def test_a_question_that_breaks_us_is_answered_and_stops_nobody(discord: DiscordStandIn, command: str) -> None:
    async with running(make_chat(discord, Broken())) as client:
        room, poison = discord.room(), user("poison", identifier="13")
        for _ in range(3):
            question = await discord.slash(command, at=room, asker=poison)
            assert "I cannot answer that" in title(await question.answer())
            completion = await discord.typing("supported", "version", "1", at=room, asker=poison)
            assert (await completion.answer())["choices"] == []
        assert title(await (await discord.slash(command, at=room)).answer()) == "An answer"
        assert not client.done()


GARBAGE: list[Any] = [
    {"component_type": "x", "custom_id": ["a"]},
    {"component_type": 3, "custom_id": "choose|supported|", "values": 5},
    {"component_type": 2, "custom_id": {"a": 1}},
    {"component_type": 5, "custom_id": "remove|p|1/2"},
    [],
    "text",
    7,
]


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("kind", [2, 3, 4, 5])
async def test_garbage_in_an_interaction_stops_nobody(discord: DiscordStandIn, kind: int) -> None:
    room = discord.room()
    for data in GARBAGE:
        await discord.fire(kind, data, at=room)
    question = await discord.slash("help", at=room)
    assert title(await question.answer()) == "An answer"


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("CHANNEL_CREATE", {"id": "1"}),
        ("CHANNEL_UPDATE", {"type": "x"}),
        ("GUILD_CREATE", {}),
        ("GUILD_ROLE_UPDATE", {}),
        ("INTERACTION_CREATE", {}),
        ("INTERACTION_CREATE", {"id": "x", "type": 2}),
        ("THREAD_UPDATE", {}),
        ("MESSAGE_CREATE", {"author": 7}),
    ],
)
async def test_an_event_that_the_library_cannot_read_is_passed_over(
    discord: DiscordStandIn, event: str, data: Any
) -> None:
    """On the same connection: what stands behind it is not lost."""
    room, logins = discord.room(), len(discord.gateway.identifies)
    for _ in range(5):
        await discord.gateway.dispatch(event, data)
    question = await discord.slash("help", at=room)
    assert title(await question.answer()) == "An answer"
    assert len(discord.gateway.identifies) == logins


@pytest.mark.usefixtures("chat")
async def test_an_error_that_was_found_late_is_still_for_the_asker_alone(
    discord: DiscordStandIn, answers: Answers
) -> None:
    answers.message = Message(title="Which project?", tone=Tone.UNSURE, private=True)
    answers.gate.clear()
    question = await discord.slash("latest", at=discord.room())
    await question.acknowledgement()
    answers.gate.set()
    assert title(await question.answer()) == "❔ Which project?"
    assert question.private
