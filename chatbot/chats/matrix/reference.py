"""How a Matrix message or question is named towards the rest of the bot: one opaque line with all that an answer needs."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`thread` is the root of the thread the event is in; `asker` who asked, where the event is a question."""

    room: str
    event: str
    thread: str = ""
    asker: str = ""

    def __str__(self) -> str:
        return " ".join(part or "-" for part in (self.room, self.event, self.thread, self.asker)).rstrip(" -")

    @classmethod
    def parse(cls, line: str) -> Self:
        """The reverse of `str`. A line of other making is an event without a room."""
        parts = ["" if part == "-" else part for part in line.split(" ")]
        if len(parts) < 2:
            return cls(room="", event=line)
        room, event, thread, asker, *_ = [*parts, "", ""]
        return cls(room=room, event=event, thread=thread, asker=asker)


def link_to(message: Reference, server: str) -> str:
    """The address of a message for people; "" of one that does not say its room. `server`: one that is in the room."""
    if not message.room:
        return ""
    return f"https://matrix.to/#/{quote(message.room)}/{quote(message.event)}?via={quote(server)}"


def can_be_named(*parts: str) -> bool:
    """Whether ids from outside fit on the line."""
    return all(part and len(part) <= 255 and " " not in part and part.isprintable() for part in parts)
