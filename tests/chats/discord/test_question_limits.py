"""How much may be asked: a flood by one person is refused politely, and its neighbours are answered all the same."""

import asyncio
from typing import Any

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.discord.questions.limits import COMPLETIONS_AT_ONCE, Counter, QuestionLimits
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.rate_allowance import AT_ONCE
from tests.chats.discord.conftest import Answers, make_chat, running
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import user

MALLORY, ALICE = user("mallory"), user("alice")
MANY = 40


def title(payload: Any) -> str:
    return str(payload["embeds"][0]["title"])


@pytest.mark.usefixtures("chat")
async def test_a_flood_of_one_person_is_refused_and_others_are_answered(
    discord: DiscordStandIn, answers: Answers
) -> None:
    room = discord.room()
    questions = [await discord.slash("supported", {"version": f"1.{n}"}, at=room, asker=MALLORY) for n in range(MANY)]
    honest = await discord.slash("latest", at=room, asker=ALICE)
    assert title(await honest.answer()) == "An answer"
    titles = [title(await each.answer()) for each in questions]
    assert titles.count("An answer") == AT_ONCE
    assert all(each.private for each, words in zip(questions, titles, strict=True) if "faster" in words)
    assert sum(ask.asker.endswith(MALLORY["id"]) for ask in answers.requests) == AT_ONCE


@pytest.mark.usefixtures("chat")
async def test_buttons_menus_and_forms_count_too(discord: DiscordStandIn, answers: Answers) -> None:
    room = discord.room()
    for _ in range(MANY):
        await (await discord.press("template|p|report", at=room, asker=MALLORY)).answer()
        await (await discord.submit({"custom_id": "affected|p|"}, {"version": "1.0"}, at=room, asker=MALLORY)).answer()
    assert len(answers.requests) == AT_ONCE


@pytest.mark.usefixtures("chat")
async def test_completions_have_an_allowance_of_their_own(discord: DiscordStandIn, answers: Answers) -> None:
    room, answers.values = discord.room(), ["1.0"]
    completion = [
        await discord.typing("supported", "version", "1", at=room, asker=MALLORY)
        for _ in range(COMPLETIONS_AT_ONCE + MANY)
    ]
    choices = [(await each.answer())["choices"] for each in completion]
    assert sum(bool(each) for each in choices) == COMPLETIONS_AT_ONCE
    question = await discord.slash("latest", at=room, asker=MALLORY)
    assert title(await question.answer()) == "An answer"


class Counting(Answers):
    """Knows how many questions it looked into at the same time at most."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.busy = self.most = 0
        self.two = asyncio.Event()

    async def answer(self, ask: CommandRequest) -> Message:
        self.busy += 1
        self.most = max(self.most, self.busy)
        if self.busy == 2:
            self.two.set()
        message = await super().answer(ask)
        self.busy -= 1
        return message


async def test_forms_that_are_opened_are_counted_and_not_remembered(
    discord: DiscordStandIn, answers: Answers, chat: DiscordChat
) -> None:
    room = discord.room()
    opened = [await discord.press("affected|p|", at=room, asker=MALLORY) for _ in range(COMPLETIONS_AT_ONCE + 5)]
    payload = [await each.answer() for each in opened]
    assert sum("custom_id" in each for each in payload) == COMPLETIONS_AT_ONCE
    assert chat._speaker is not None
    assert not chat._speaker.client._connection._view_store._modals
    form = next(each for each in payload if "custom_id" in each)
    submitted = await discord.submit(form, {"version": "1.0"}, at=room, asker=ALICE)
    assert title(await submitted.answer()) == "An answer"
    assert answers.requests[-1].arguments == {"version": "1.0", "project": "p"}


async def test_only_so_many_are_looked_into_at_the_same_time(discord: DiscordStandIn) -> None:
    answers = Counting()
    limits = QuestionLimits(questions=asyncio.Semaphore(2), waiting=Counter(5))
    answers.gate.clear()
    async with running(make_chat(discord, answers, limits=limits)):
        room = discord.room()
        questions = [await discord.slash("report", at=room, asker=user(f"person {n}")) for n in range(8)]
        refused = [each for each in questions[5:] if "Too many people" in title(await each.answer())]
        assert len(refused) == 3
        for each in questions[:5]:
            await each.acknowledgement()
        await answers.two.wait()
        answers.gate.set()
        assert {title(await each.answer()) for each in questions[:5]} == {"An answer"}
        assert answers.most == 2


async def test_completions_that_are_too_many_at_the_same_time_get_nothing(
    discord: DiscordStandIn, answers: Answers
) -> None:
    limits = QuestionLimits(completing=Counter(0))
    async with running(make_chat(discord, answers, limits=limits)):
        completion = await discord.typing("supported", "version", "1", at=discord.room())
        assert (await completion.answer())["choices"] == []
        assert answers.requests == []
