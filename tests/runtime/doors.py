"""Rooms that misbehave one by one: closed, slow, or not to be read."""

import asyncio
from dataclasses import dataclass, field

from chatbot.ports import Outgoing
from tests.patience import PATIENCE
from tests.runtime.chatroom import Chatroom


@dataclass(slots=True)
class Doors(Chatroom):
    """`closed` rooms raise at every attempt, `blind` ones when they are looked into; `stuck` ones never answer. `knocks` are
    the rooms of all attempts; `arrived` is set whenever somebody knocks, or a message is in its room."""

    closed: dict[str, BaseException] = field(default_factory=dict)
    blind: dict[str, Exception] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    knocks: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, outgoing: Outgoing) -> str:
        await self._pass(outgoing.room)
        reference = await Chatroom.send(self, outgoing)
        self.arrived.set()
        return reference

    async def edit(self, outgoing: Outgoing) -> str:
        await self._pass(outgoing.room)
        return await Chatroom.edit(self, outgoing)

    async def find(self, outgoing: Outgoing) -> str | None:
        if outgoing.room in self.blind:
            raise self.blind[outgoing.room]
        return await Chatroom.find(self, outgoing)

    async def _pass(self, room: str) -> None:
        self.knocks.append(room)
        self.arrived.set()
        if room in self.stuck:
            await asyncio.Event().wait()
        if room in self.closed:
            raise self.closed[room]

    async def hears_a_knock(self, room: str) -> None:
        """Return when somebody has tried to speak there."""
        async with asyncio.timeout(PATIENCE):
            while room not in self.knocks:
                self.arrived.clear()
                await self.arrived.wait()

    async def shows(self, room: str, count: int) -> None:
        """Return when the room shows as many messages."""
        async with asyncio.timeout(PATIENCE):
            while len(self.rooms.get(room, [])) < count:
                self.arrived.clear()
                await self.arrived.wait()
