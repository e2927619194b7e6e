"""A chat that behaves: it drops a repeat with the same key, edits, can be looked into, and fails when told to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chatbot.core.model.message import Mention, Message
from chatbot.ports import Ability, MessageGone, Outgoing


@dataclass(slots=True)
class Posted:
    """One message as people see it in the room. `pings` are those that notified somebody."""

    reference: str
    announcement: str
    message: Message
    key: str
    reply_to: str = ""
    edits: int = 0


@dataclass(slots=True)
class Chatroom:
    """Every room of one chat. `failures` are raised by the next attempts, before the message is taken; `late_failures` after."""

    name: str = "console"
    abilities: frozenset[Ability] = frozenset(Ability)
    rooms: dict[str, list[Posted]] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    late_failures: list[Exception] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    pings: list[tuple[str, str]] = field(default_factory=list)

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def ready(self) -> None:
        """Return at once."""

    async def send(self, outgoing: Outgoing) -> str:
        self._attempt(outgoing)
        room = self.rooms.setdefault(outgoing.room, [])
        repeat = next((posted for posted in room if posted.key == outgoing.key), None)
        if repeat is None:
            repeat = Posted(
                reference=f"{outgoing.room}/{len(room)}",
                announcement=outgoing.announcement,
                message=outgoing.message,
                key=outgoing.key,
                reply_to=outgoing.reply_to,
            )
            room.append(repeat)
            self.pings += [(outgoing.room, outgoing.announcement) for _ in outgoing.message.mentions]
        if self.late_failures:
            raise self.late_failures.pop(0)
        return repeat.reference

    async def edit(self, outgoing: Outgoing) -> str:
        self._attempt(outgoing)
        for posted in self.rooms.get(outgoing.room, []):
            if posted.reference == outgoing.replaces:
                self.pings += [(outgoing.room, outgoing.announcement) for _ in outgoing.message.mentions]
                posted.message = replace(outgoing.message, mentions=())
                posted.edits += 1
                return posted.reference
        raise MessageGone("the message is not there any more")

    async def find(self, outgoing: Outgoing) -> str | None:
        for posted in self.rooms.get(outgoing.room, []):
            if posted.key == outgoing.key or (outgoing.replaces and posted.reference == outgoing.replaces):
                return posted.reference if not outgoing.replaces else None
        return None

    async def check(self, rooms: Mapping[str, Mention | None]) -> list[str]:
        return [f"{room} is no room of mine" for room in rooms if not room.startswith(self.name)]

    async def close(self) -> None:
        """Nothing to close."""

    def _attempt(self, outgoing: Outgoing) -> None:
        self.attempts.append(outgoing.key)
        if self.failures:
            raise self.failures.pop(0)

    def titles(self, room: str) -> list[str]:
        return [posted.message.title for posted in self.rooms.get(room, [])]
