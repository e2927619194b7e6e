"""A stand-in for Discord, a chat that is connected to it, and an answerer that says what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.discord.gateway import ConnectionOptions
from chatbot.chats.discord.questions.limits import QuestionLimits
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.suggest import Suggestion
from chatbot.ports import Outgoing
from tests.patience import PATIENCE
from tests.standins.discord import DiscordStandIn

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HASTY = ConnectionOptions(ready_timeout=0.05, identify_pause=0.01, first_pause=0.01, longest_pause=0.1)


@dataclass
class Answers:
    """Answers everything with one message, and remembers what was asked. `gate` holds answers back while it is closed."""

    message: Message = field(default_factory=lambda: Message(title="An answer", tone=Tone.ANSWER))
    values: list[str] = field(default_factory=list)
    requests: list[CommandRequest] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def answer(self, ask: CommandRequest) -> Message:
        self.requests.append(ask)
        await self.gate.wait()
        return self.message

    async def suggest(self, ask: CommandRequest, parameter: str, completion: str) -> list[Suggestion]:
        self.requests.append(ask)
        return [Suggestion(value, value) for value in self.values if value.startswith(completion)] if parameter else []


async def nobody(_: frozenset[str]) -> None:
    """Nobody wants to know."""


def make_chat(
    discord: DiscordStandIn,
    answers: Answers,
    options: ConnectionOptions = HASTY,
    token: str = "",
    limits: QuestionLimits | None = None,
    changed: Callable[[frozenset[str]], Awaitable[None]] = nobody,
) -> DiscordChat:
    return DiscordChat(
        token=lambda: token or discord.token,
        answerer=answers,
        clock=lambda: NOW,
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        options=options,
        limits=limits,
        changed=changed,
    )


@asynccontextmanager
async def running(chat: DiscordChat, *, wait: bool = True) -> AsyncIterator["asyncio.Task[None]"]:
    """The chat's connection held in the background for as long as the block."""
    task = asyncio.create_task(chat.run())
    try:
        if wait:
            async with asyncio.timeout(PATIENCE):
                ready = asyncio.create_task(chat.ready())
                await asyncio.wait({ready, task}, return_when=asyncio.FIRST_COMPLETED)
                if not ready.done():
                    ready.cancel()
                    await task
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
        await chat.close()


@pytest.fixture
async def discord() -> AsyncIterator[DiscordStandIn]:
    async with DiscordStandIn() as standin:
        standin.world.add_guild()
        yield standin


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
async def chat(discord: DiscordStandIn, answers: Answers) -> AsyncIterator[DiscordChat]:
    own_chat = make_chat(discord, answers)
    async with running(own_chat):
        yield own_chat


MESSAGE = Message(title="Example 1.2.3", tone=Tone.ROUTINE, url="https://example.org/1.2.3")


def outgoing(room: str, message: Message = MESSAGE, **more: str) -> Outgoing:
    own_chat = Outgoing(key="k1", announcement="example/1.2.3", room=RoomAddress(f"discord:{room}"), message=message)
    return replace(own_chat, **more)  # type: ignore[arg-type]  # only its text fields are named
