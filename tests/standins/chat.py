"""A chat that behaves, and fails where it is told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from chatbot.chats import profile_named
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.ports import Ability, MessageGone, Outgoing
from tests.patience import PATIENCE


@dataclass(slots=True)
class Post:
    """One message as people see it in the room."""

    reference: str
    announcement: str
    message: Message
    key: str
    reply_to: str = ""
    edits: int = 0


@dataclass(slots=True)
class FaultyChat:
    """Every room of one chat: it drops a repeat with the same key, edits, and can be searched.

    failures: raised by the next attempts, before the message is taken
    late_failures: raised by the next attempts, after the message is taken
    refusing: what each attempt in a room raises
    irremovable: what removing a message of each room raises
    unreadable: what each search of a room raises
    silent: rooms that never answer
    attempts: the keys of all attempts
    attempted_rooms: the rooms of all attempts
    pings: the room and announcement of each ping
    arrived: set whenever somebody tries to send, or a message is in its room
    """

    name: str = "console"
    abilities: frozenset[Ability] = frozenset(Ability)
    rooms: dict[str, list[Post]] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    late_failures: list[Exception] = field(default_factory=list)
    refusing: dict[str, BaseException] = field(default_factory=dict)
    irremovable: dict[str, Exception] = field(default_factory=dict)
    unreadable: dict[str, Exception] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    attempts: list[str] = field(default_factory=list)
    attempted_rooms: list[str] = field(default_factory=list)
    pings: list[tuple[str, str]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def profile(self) -> ChatProfile:
        return profile_named(self.name)

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def ready(self) -> None:
        """Return at once."""

    async def send(self, outgoing: Outgoing) -> str:
        await self._attempt(outgoing)
        room = self.rooms.setdefault(outgoing.room, [])
        post = next((post for post in room if post.key == outgoing.key), None)
        if post is None:
            post = Post(
                reference=f"{outgoing.room}/{len(room)}",
                announcement=outgoing.announcement,
                message=outgoing.message,
                key=outgoing.key,
                reply_to=outgoing.reply_to,
            )
            room.append(post)
            self.pings += [(outgoing.room, outgoing.announcement) for _ in outgoing.message.mentions]
        if self.late_failures:
            raise self.late_failures.pop(0)
        self.arrived.set()
        return post.reference

    async def edit(self, outgoing: Outgoing) -> str:
        await self._attempt(outgoing)
        for post in self.rooms.get(outgoing.room, []):
            if post.reference == outgoing.replaces:
                self.pings += [(outgoing.room, outgoing.announcement) for _ in outgoing.message.mentions]
                post.message = replace(outgoing.message, mentions=())
                post.edits += 1
                return post.reference
        raise MessageGone("the message is not there any more")

    async def find(self, outgoing: Outgoing) -> str | None:
        if outgoing.room in self.unreadable:
            raise self.unreadable[outgoing.room]
        for post in self.rooms.get(outgoing.room, []):
            if post.key == outgoing.key or (outgoing.replaces and post.reference == outgoing.replaces):
                return post.reference if not outgoing.replaces else None
        return None

    async def remove(self, room: RoomAddress, reference: str) -> None:
        if room in self.irremovable:
            raise self.irremovable[room]
        self.rooms[room] = [post for post in self.rooms[room] if post.reference != reference]

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        if self.failures:
            raise self.failures.pop(0)
        yield

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        return [
            CheckResult(
                kind="room",
                chat=self.name,
                subject=room.address,
                wrong=() if room.address.chat == self.name else ("it is no room of mine",),
            )
            for room in rooms
        ]

    def room_name(self, room: RoomAddress) -> str:
        return f"#{room.rpartition(':')[2]}"

    async def close(self) -> None:
        """Nothing to close."""

    async def _attempt(self, outgoing: Outgoing) -> None:
        self.attempted_rooms.append(outgoing.room)
        self.arrived.set()
        if outgoing.room in self.silent:
            await asyncio.Event().wait()
        if outgoing.room in self.refusing:
            raise self.refusing[outgoing.room]
        self.attempts.append(outgoing.key)
        if self.failures:
            raise self.failures.pop(0)

    def titles(self, room: str) -> list[str]:
        return [post.message.title for post in self.rooms.get(room, [])]

    def labels(self, room: str) -> list[str]:
        """What each message says that it is, such as `Security release · High`."""
        return [post.message.label for post in self.rooms.get(room, [])]

    async def wait_for_attempt(self, room: str) -> None:
        """Return when somebody has tried to send there."""
        async with asyncio.timeout(PATIENCE):
            while room not in self.attempted_rooms:
                self.arrived.clear()
                await self.arrived.wait()

    async def wait_for_posts(self, room: str, count: int) -> None:
        """Return when the room shows as many messages."""
        async with asyncio.timeout(PATIENCE):
            while len(self.rooms.get(room, [])) < count:
                self.arrived.clear()
                await self.arrived.wait()
