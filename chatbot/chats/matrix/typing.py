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
    _waiting: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def begin(self, question: str) -> None:
        """A question came in; a repeated one changes nothing."""
        if question not in self._waiting and len(self._waiting) < MOST:
            task = asyncio.create_task(self._show(Reference.read(question).room))
            self._waiting[question] = task
            task.add_done_callback(lambda _: self._waiting.pop(question, None))

    def end(self, question: str) -> None:
        task = self._waiting.get(question)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _show(self, room: str) -> None:
        await asyncio.sleep(SOON)
        path = f"{in_room(room, 'typing')}/{quoted(self.session.us)}"
        with suppress(Refusal, ChatUnavailable, ChatStopped):
            await self.session.server.put(path, {"typing": True, "timeout": int(SHOWN * 1000)})
            await asyncio.sleep(SHOWN)  # the message that ends it also ends the indicator on the server
