"""The typing indicator: shown for a question whose answer takes longer than a second, and ended by the answer."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from chatbot.chats.matrix.homeserver import Refusal, in_room, quoted
from chatbot.chats.matrix.reference import Reference
from chatbot.chats.matrix.session import Session
from chatbot.ports import ChatStopped, ChatUnavailable

SOON = 1.0  # seconds
SHOWN = 20.0  # seconds the server shows it at most
MOST = 50  # questions at a time


@dataclass(slots=True)
class Typing:
    session: Session
    _waiting: dict[str, tuple[asyncio.Event, asyncio.Task[None]]] = field(default_factory=dict)

    def begin(self, question: str) -> None:
        """A question came in; a repeated one changes nothing."""
        if question not in self._waiting and len(self._waiting) < MOST:
            answered = asyncio.Event()
            task = asyncio.create_task(self._show(Reference.read(question).room, answered))
            self._waiting[question] = (answered, task)
            task.add_done_callback(lambda _: self._waiting.pop(question, None))

    def end(self, question: str) -> None:
        """The question was answered, or will not be."""
        if question in self._waiting:
            self._waiting[question][0].set()

    async def close(self) -> None:
        tasks = [task for _, task in self._waiting.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _show(self, room: str, answered: asyncio.Event) -> None:
        if await _happens(answered, SOON):
            return
        path = f"{in_room(room, 'typing')}/{quoted(self.session.us)}"
        with suppress(Refusal, ChatUnavailable, ChatStopped):
            await self.session.server.put(path, {"typing": True, "timeout": int(SHOWN * 1000)})
            if await _happens(answered, SHOWN):  # else the server has ended it already
                await self.session.server.put(path, {"typing": False})


async def _happens(event: asyncio.Event, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return False
    return True
