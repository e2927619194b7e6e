"""Rooms that other rooms follow: those show copies of what is posted, and none of its edits."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Chat


@runtime_checkable
class Followable(Protocol):
    """A chat that has such rooms."""

    def is_followed(self, room: RoomAddress) -> bool:
        """Whether others can follow this room; False where it is not known (yet)."""


def followed_in(chats: Sequence[Chat]) -> Callable[[RoomAddress], bool]:
    """Whether others can follow a room, by its chat."""
    able = {chat.name: chat for chat in chats if isinstance(chat, Followable)}
    return lambda room: room.chat in able and able[room.chat].is_followed(room)
