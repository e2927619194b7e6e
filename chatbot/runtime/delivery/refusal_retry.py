"""Rooms that refused and may take messages again: tried at once when a chat, or a reload, says that something changed."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Clock, Question, RoomFacts, SyncMemory
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.outbox.refusals import try_rooms
from chatbot.store.rooms import leading_to

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RefusalRetry:
    """`heard` gives the configured addresses: behind an alias there may be any room."""

    store: Store
    clock: Clock
    configured_rooms: Callable[[], Sequence[RoomAddress]]

    async def tried(self, chat: str, rooms: Collection[RoomAddress]) -> None:
        """Something changed in these rooms of a chat. Where that cannot be written, their own hour comes anyway."""
        aliases = {room for room in self.configured_rooms() if room.startswith(f"{chat}:#")}
        try:
            async with self.store.writing() as tx:
                await try_rooms(tx, chat, self.clock(), await leading_to(tx, {*rooms, *aliases}))
        except StoreUnavailable as full:
            log.error("rooms that refused could not be retried now; their next attempt comes later", reason=str(full))  # noqa: TRY400 - its sentence says all

    async def all_tried(self) -> None:
        """The operator may have fixed something anywhere."""
        rooms = self.configured_rooms()
        for chat in sorted({room.chat for room in rooms}):
            await self.tried(chat, [room for room in rooms if room.chat == chat])


@dataclass(frozen=True, slots=True)
class NoticingMemory:
    """An account's sync memory that passes on in which rooms something changed, once it is remembered."""

    memory: SyncMemory
    chat: str
    tried: Callable[[Collection[RoomAddress]], Awaitable[None]]

    async def token(self) -> str | None:
        return await self.memory.token()

    async def rooms(self) -> dict[str, Mapping[str, object]]:
        return await self.memory.rooms()

    async def remember(self, token: str, questions: Sequence[Question], rooms: Sequence[RoomFacts]) -> None:
        await self.memory.remember(token, questions, rooms)
        here = [RoomAddress(f"{self.chat}:{room.place}") for room in rooms if not room.left]
        if here:
            await self.tried(here)

    async def moved(self, old: str, new: str) -> None:
        await self.memory.moved(old, new)
        await self.tried([RoomAddress(f"{self.chat}:{new}")])
