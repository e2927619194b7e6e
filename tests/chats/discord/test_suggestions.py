"""What Discord shows while somebody types: autocomplete, from the interaction to the choices that it takes."""

from dataclasses import dataclass, field

import pytest

from chatbot.core.queries.commands import CommandRequest, find
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.suggest import Suggestion, suggestions
from tests.chats.discord.conftest import Answers, make_chat, running
from tests.core import make
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.interactions import CHOICES

HOSTILE = "`x` **b** <@1> @everyone [a](https://evil.example) \u202egnp\x07 " + "\N{CRAB}" * 200
ADVISORIES = [
    make.advisory("GHSA-9c2m-7pxv-4jq8", summary="Calendar sharing links can be guessed"),
    make.advisory("GHSA-8888-8888-8888", summary=HOSTILE),
    *(make.advisory(f"GHSA-0000-0000-{number:04}", summary="x" * 500, at=make.START) for number in range(40)),
]
CONTEXT = QueryContext(
    forge=make.FORGE, snapshot=make.snapshot([make.release("v1.2.0")], ADVISORIES), policy=None, now=make.START
)


@dataclass
class Suggesting(Answers):
    """Suggests from the facts of a project."""

    context: QueryContext = field(default_factory=lambda: CONTEXT)

    async def suggest(self, ask: CommandRequest, parameter: str, completion: str) -> list[Suggestion]:
        command = find(ask.command)
        assert command is not None
        kind = next(each.kind for each in command.parameters if each.name == parameter)
        return suggestions(self.context, kind, completion)


async def choices(discord: DiscordStandIn, command: str, option: str, text: str) -> list[tuple[str, str]]:
    async with running(make_chat(discord, Suggesting())):
        question = await discord.typing(command, option, text, at=discord.room())
        answer = (await question.answer())["choices"]
        assert question.ack["type"] == CHOICES
        return [(choice["name"], choice["value"]) for choice in answer]


async def test_an_advisory_is_found_by_a_word_of_its_title(discord: DiscordStandIn) -> None:
    assert await choices(discord, "advisory", "id", "calendar") == [
        ("GHSA-9c2m-7pxv-4jq8 · high · Calendar sharing links can be guessed", "GHSA-9c2m-7pxv-4jq8")
    ]


@pytest.mark.parametrize("text", ["", "ghsa", "evil", "x", "high", HOSTILE[:90]])
async def test_foreign_titles_stay_within_what_discord_takes(discord: DiscordStandIn, text: str) -> None:
    pairs = await choices(discord, "advisory", "id", text)
    assert len(pairs) <= 25
    assert pairs
    for name, value in pairs:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 100
        assert 0 < len(value) <= 100
        assert name.isprintable()
        assert "`" not in name


async def test_what_fits_nothing_gets_no_choices(discord: DiscordStandIn) -> None:
    assert await choices(discord, "advisory", "id", "pancake") == []
