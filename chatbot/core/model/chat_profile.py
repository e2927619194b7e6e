"""What a chat declares about itself, so that nothing else has to spell its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from chatbot.core.model.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatProfile:
    """One chat, as the rest of the program needs to know it. Patterns match the whole text.

    name: the first word of its addresses
    title: its name, as people write it
    room_address: the pattern of a room's address in the configuration
    room_examples: how to write one
    person_address: the pattern of a person or role in the configuration; empty where it has none
    person_examples: how to write one
    mention: the pattern of a mention that the chat supports
    mention_examples: how to write one
    command_prefix: stands before a command
    room_word: what people call a room there
    server_word: what people call that which rooms belong to; the room's own word where each stands for itself
    private_in_rooms: whether an answer in a room can be for its asker alone; else it comes as a DM
    in_menus: commands that are no typed ones there, each with where people find it
    key_window: how long it drops a repeat with the same key; later, the room is looked into first
    pace: how many messages a second one account can send, where nothing was measured
    preview: the payload of a message, to be shown as JSON; None where that is just the text
    as_text: what people there see of a message, as plain text, for readers in other chats
    loggers: its libraries' loggers, too talkative below a warning
    overcautious_loggers: those of them that warn about what is handled
    """

    name: str
    title: str
    room_address: str
    room_examples: tuple[str, ...]
    person_address: str = ""
    person_examples: tuple[str, ...] = ()
    mention: str
    mention_examples: tuple[str, ...] = ()
    command_prefix: str = "/"
    room_word: str = "room"
    server_word: str = "room"
    private_in_rooms: bool = False
    in_menus: Mapping[str, str] = field(default_factory=dict)
    key_window: timedelta = timedelta(0)
    pace: float = 1.0
    preview: Callable[[Message], object] | None = None
    as_text: Callable[[Message], str] | None = None
    loggers: tuple[str, ...] = ()
    overcautious_loggers: tuple[str, ...] = ()
