"""A chat in a rehearsal: it is not connected, what it would send goes to the one room, and nothing else of it is touched.

What the one room gets has keys and marks of its own: a bot that really runs later, or now, finds none of it, and takes none of it
for its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from chatbot.chats import profile_named
from chatbot.core.announce.messages import short_hash
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.ids import DIRECT, RoomAddress
from chatbot.core.model.message import Message
from chatbot.ports import Ability, Chat, Outgoing
from chatbot.runtime.rehearsal.marking import as_answer, marked


@dataclass(frozen=True, slots=True)
class RehearsingChat:
    """One of the configured chats. It has no roles, events or DMs that could be changed.

    name: which one
    stage: the chat of the one room, the only one that is connected
    room: the one room
    looking: the real chat, which is only asked what its rooms are like
    name_of: what people call a room
    """

    name: str
    stage: Chat
    room: RoomAddress
    looking: Chat
    name_of: Callable[[RoomAddress], str]

    @property
    def profile(self) -> ChatProfile:
        """Its own, with how long the stage drops a repeat."""
        return replace(profile_named(self.name), key_window=self.stage.profile.key_window)

    @property
    def abilities(self) -> frozenset[Ability]:
        return self.stage.abilities

    async def run(self) -> None:
        """Hold the connection of the stage, where this is its chat; the others have none."""
        if self.name == self.stage.name:
            await self.stage.run()
        else:
            await asyncio.Event().wait()

    async def ready(self) -> None:
        await self.stage.ready()

    async def send(self, outgoing: Outgoing) -> str:
        return await self.stage.send(self._on_stage(outgoing))

    async def edit(self, outgoing: Outgoing) -> str:
        return await self.stage.edit(self._on_stage(outgoing))

    async def find(self, outgoing: Outgoing) -> str | None:
        return await self.stage.find(self._on_stage(outgoing))

    async def remove(self, room: RoomAddress, reference: str) -> None:
        del room
        await self.stage.remove(self.room, reference)

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        async with self.stage.beside():
            yield

    async def greet(self, person: RoomAddress, message: Message, key: str) -> RoomAddress:
        """No DM is opened: the one room shows what would be said there."""
        dm = RoomAddress(f"{self.name}:{DIRECT}{short_hash('rehearsal', person)}")
        await self.send(Outgoing(key=key, announcement=key, room=dm, message=message))
        return dm

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        return await self.looking.check(rooms)

    def room_name(self, room: RoomAddress) -> str:
        return self.looking.room_name(room)

    async def close(self) -> None:
        await self.looking.close()
        if self.name == self.stage.name:
            await self.stage.close()

    def _on_stage(self, outgoing: Outgoing) -> Outgoing:
        """What the one room gets for this. An answer to a question that was asked there is just that, for all to see: a DM
        would be another room."""
        if outgoing.reply_to and outgoing.message.answer and outgoing.room == self.room:
            return replace(outgoing, message=as_answer(outgoing.message))
        return replace(
            outgoing,
            key=short_hash("rehearsal", outgoing.key, outgoing.room),
            announcement=short_hash("rehearsal", outgoing.announcement, outgoing.room),
            room=self.room,
            message=marked(outgoing.message, outgoing.room, self.room, self.name_of),
        )
