"""A Matrix chat that runs inside a test: a memory in RAM, and an answer to every question that says how it was understood."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.account import Account
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import find
from chatbot.core.rate_allowance import RateAllowance
from chatbot.ports import Clock, Outgoing, Question, RoomFacts
from tests.patience import PATIENCE
from tests.standins.synapse import Synapse, User


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Memory:
    """What the store would keep; survives the bot, not the test."""

    at: str | None = None
    places: dict[str, Mapping[str, object]] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    moves: list[tuple[str, str]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def token(self) -> str | None:
        return self.at

    async def rooms(self) -> dict[str, Mapping[str, object]]:
        return self.places

    async def remember(self, token: str, questions: Sequence[Question], rooms: Sequence[RoomFacts]) -> None:
        async with self.changed:
            self.at = token
            for question in questions:
                self.questions.setdefault(question.event, question)
            self.places |= {room.place: room.facts for room in rooms}
            self.changed.notify_all()

    async def moved(self, old: str, new: str) -> None:
        async with self.changed:
            self.moves.append((old, new))
            self.changed.notify_all()

    async def until(self, expected: Any) -> None:
        async with self.changed, asyncio.timeout(PATIENCE):
            await self.changed.wait_for(expected)


@dataclass
class Bot:
    chat: MatrixChat
    memory: Memory
    account: Account
    user: User
    answered_events: set[str] = field(default_factory=set)

    async def post(self, room: str, message: Message, key: str = "", **more: Any) -> str:
        return await self.chat.send(outgoing(room, message, key, **more))

    async def knows(self, room: str, **facts: object) -> None:
        """Wait until a sync has told the bot of the room, with these facts."""
        await self.memory.until(
            lambda: room in self.memory.places and facts.items() <= self.memory.places[room].items()
        )

    async def answer_all(self) -> None:
        while True:
            async with self.memory.changed:
                await self.memory.changed.wait_for(lambda: self.memory.questions.keys() - self.answered_events)
            for event, question in list(self.memory.questions.items()):
                if event not in self.answered_events:
                    self.answered_events.add(event)
                    await self.chat.send(answer(question))


def outgoing(room: str, message: Message, key: str = "", **more: Any) -> Outgoing:
    address = RoomAddress(room if room.startswith("matrix:") else f"matrix:{room}")
    name = key or hashlib.sha256(f"{address} {message.title} {more}".encode()).hexdigest()[:24]
    return Outgoing(**{"key": name, "announcement": name, "room": address, "message": message, **more})


def answer(question: Question) -> Outgoing:
    """Echoes the question, as the runtime would answer it."""
    ask = question.ask
    words = " ".join([ask.command, *(f"{name}={value}" for name, value in sorted(ask.arguments.items()))])
    rights = " ".join(sorted(right.value for right in ask.rights))
    command = find(ask.command)
    private = command is not None and command.private
    message = Message(title=f"answer: {words} [{rights}]", tone=Tone.ANSWER, private=private)
    key = hashlib.sha256(question.event.encode()).hexdigest()[:24]
    return outgoing(f"matrix:{question.place}", message, key, reply_to=question.event)


@asynccontextmanager
async def running(
    server: Synapse,
    folder: Path,
    *,
    user: User | None = None,
    memory: Memory | None = None,
    answers: bool = True,
    rooms: Sequence[str] = (),
    clock: Clock = now,
    allowance: RateAllowance | None = None,
    **account: Any,
) -> AsyncIterator[Bot]:
    """A bot that is logged in and has synced once."""
    user = user or server.register("bot")
    settings: dict[str, Any] = {"homeserver": server.url, "password": user.password}
    settings |= {"allow_invites_from": (server.name,), **account}
    login = Account(user_id=user.id, store_path=folder / "matrix", **settings)
    own_memory = memory or Memory()
    chat = MatrixChat(
        login, own_memory, clock, rooms=lambda: [RoomAddress(room) for room in rooms], allowance=allowance
    )
    bot = Bot(chat, own_memory, login, user)
    tasks = [asyncio.create_task(chat.run())]
    try:
        opened = asyncio.create_task(chat.ready())
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({opened, tasks[0]}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        if tasks[0].done():
            tasks[0].result()
        await own_memory.until(lambda: own_memory.at is not None)
        tasks += [asyncio.create_task(bot.answer_all())] if answers else []
        yield bot
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            with suppress(asyncio.CancelledError):
                task.result()


async def away(work: Any, *arguments: Any) -> Any:
    """Talk to the homeserver from a thread, while the bot goes on."""
    return await asyncio.to_thread(work, *arguments)
