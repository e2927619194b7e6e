"""One open login: the server, the device, and the rooms as we know them at this moment."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from chatbot.chats.matrix.device.crypto import Crypto
from chatbot.chats.matrix.device.store import Device
from chatbot.chats.matrix.homeserver import Homeserver, Refusal, in_room
from chatbot.chats.matrix.pace import Pace
from chatbot.chats.matrix.rooms import Room, Tracked
from chatbot.ports import Clock, Question, RoomFacts, SyncMemory

FACTS = ("m.room.create", "m.room.power_levels", "m.room.encryption", "m.room.tombstone", "m.room.name")


@dataclass(slots=True)
class Session:
    """`known` is replaced, never changed in place; `token` is where the last sync ended. Who computes rooms from what is
    known and writes them down holds `changing` meanwhile."""

    server: Homeserver
    device: Device
    crypto: Crypto
    memory: SyncMemory
    pace: Pace
    clock: Clock
    tracked: Tracked = field(default_factory=Tracked)
    token: str | None = None
    _unwritten: set[str] = field(default_factory=set)
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def us(self) -> str:
        return self.device.user_id

    async def recall(self) -> None:
        """Read what the last run knew."""
        self.token = await self.memory.token()
        rooms = await self.memory.rooms()
        self.tracked = Tracked({place: Room.from_facts(place, facts) for place, facts in rooms.items()})

    def learn(self, rooms: Iterable[Room]) -> None:
        """Know this from now on; the next sync writes it down."""
        rooms = list(rooms)
        self._unwritten |= {room.id for room in rooms}
        self.tracked = Tracked({**self.tracked.rooms, **{room.id: room for room in rooms}})

    async def remember(
        self, rooms: Sequence[Room], questions: Sequence[Question] = (), token: str | None = None
    ) -> None:
        """Write rooms, questions and the token down together; only then do they count."""
        at, changed = token or self.token, {room.id: room for room in rooms}
        learnt = {name: self.tracked.get(name) for name in self._unwritten - changed.keys()}
        self.learn(rooms)
        if at is None:
            return
        writing = {**learnt, **changed}
        facts = [RoomFacts(place=room.id, facts=room.facts(), left=room.is_forgotten) for room in writing.values()]
        await self.memory.remember(at, questions, facts)
        self._unwritten -= {name for name, room in writing.items() if self.tracked.get(name) == room}
        self.tracked = Tracked({name: room for name, room in self.tracked.rooms.items() if not room.is_forgotten})
        self.token = at

    async def look_up(self, room: Room) -> Room:
        """The room by the server's word of this moment."""
        return await state_of(self.server, room, self.us)


async def state_of(server: Homeserver, room: Room, us: str) -> Room:
    """Who made the room, its levels and name, whether it is encrypted or closed, as the server says now."""
    fresh = replace(room, levels=None, name="")
    for kind in FACTS:
        try:
            event = await server.get(in_room(room.id, "state", kind, ""), {"format": "event"})
        except Refusal as missing:
            if missing.status == 404:
                continue
            raise
        whole = event if "content" in event and "type" in event else {"type": kind, "content": event}
        fresh = fresh.apply({**whole, "state_key": ""}, us)
    return fresh
