"""Questions that wait for their answer: counted, and shown as typing in their room until the last of them is answered."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from chatbot.chats.matrix.homeserver import Refusal, in_room, quoted
from chatbot.chats.matrix.reference import Reference
from chatbot.chats.matrix.session import Session
from chatbot.ports import ChatStopped, ChatUnavailable

SOON = 1.0  # seconds after which typing is shown, and between two times that it is shown again after an answer
TYPING_SECONDS = 20.0  # seconds that the server shows it
LONGEST = 120.0  # seconds that a question counts as waiting
MOST = 60  # questions at a time; more are too many for one account


@dataclass(slots=True)
class _Room:
    """One room's questions, with the loop's time at which each came. `moved` is set whenever one is answered."""

    waiting: dict[str, float] = field(default_factory=dict)
    moved: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Typing:
    """`begin` and `end` are called for each question; a task for each room shows that we type."""

    session: Session
    _rooms: dict[str, _Room] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def free(self) -> int:
        """How many further questions may be taken while those that wait are answered."""
        return MOST - sum(len(room.waiting) for room in self._rooms.values())

    def begin(self, question: str) -> None:
        """A question came in; a repeated one changes nothing."""
        place = Reference.parse(question).room
        room = self._rooms.get(place)
        if room is None:
            room = self._rooms[place] = _Room()
            task = asyncio.create_task(self._show(place, room))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        room.waiting.setdefault(question, asyncio.get_running_loop().time())

    def end(self, question: str) -> None:
        """The question was answered, or will not be."""
        room = self._rooms.get(Reference.parse(question).room)
        if room is not None and room.waiting.pop(question, None) is not None:
            room.moved.set()

    async def close(self) -> None:
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _show(self, place: str, room: _Room) -> None:
        """Show typing from the first second on, again after each answer, which ends it for readers, and end it after the last."""
        path = f"{in_room(place, 'typing')}/{quoted(self.session.us)}"
        is_shown = False
        try:
            with suppress(Refusal, ChatUnavailable, ChatStopped):
                while await _still_waits(room, SOON):
                    room.moved.clear()
                    await self.session.server.put(path, {"typing": True, "timeout": int(TYPING_SECONDS * 1000)})
                    is_shown = True
                    with suppress(TimeoutError):
                        async with asyncio.timeout(TYPING_SECONDS / 2):
                            await room.moved.wait()
        finally:
            self._rooms.pop(place, None)
        with suppress(Refusal, ChatUnavailable, ChatStopped):
            if is_shown:
                await self.session.server.put(path, {"typing": False})


async def _still_waits(room: _Room, within: float) -> bool:
    """Whether a question still waits after so many seconds; at once no, where none does."""
    try:
        async with asyncio.timeout(within):
            while room.waiting:
                room.moved.clear()
                await room.moved.wait()
    except TimeoutError:
        oldest = asyncio.get_running_loop().time() - LONGEST
        for question in [name for name, came in room.waiting.items() if came < oldest]:
            del room.waiting[question]
    return bool(room.waiting)
