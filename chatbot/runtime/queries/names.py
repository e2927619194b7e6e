"""What people call a room."""

from collections.abc import Callable

from chatbot.chats import profile_named
from chatbot.core.model.ids import RoomAddress
from chatbot.core.text.visible import printable

_LONGEST_NAME = 60  # characters of a room's name


def chat_name(name: str) -> str:
    """What people call a chat."""
    return profile_named(name).title


def name_of(room: RoomAddress, room_name: Callable[[RoomAddress], str]) -> str:
    """What people call a room; where nobody knows, its chat and what that calls it."""
    if name := printable(room_name(room)).strip():
        return name[:_LONGEST_NAME]
    if not room.place:
        return chat_name(room.chat)
    profile = profile_named(room.chat)
    kind = profile.title if profile.room_word in profile.title else f"{profile.title} {profile.room_word}"
    return f"{kind} {room.place}"
