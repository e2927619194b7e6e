"""Links to messages in rooms, by the chats that can make them."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Chat


@runtime_checkable
class Linking(Protocol):
    """A chat whose messages have addresses on the web."""

    def link(self, reference: str) -> str:
        """Where the message with this reference is; "" where that is not known (yet)."""


def links_of(chats: Sequence[Chat]) -> Callable[[RoomAddress, str], str]:
    """The link to a message in a room, by its reference; "" where there is none."""
    able = {chat.name: chat for chat in chats if isinstance(chat, Linking)}
    return lambda room, reference: able[room.chat].link(reference) if room.chat in able else ""
