"""What a message looks like in a rehearsal: quiet, and with a line that says where it would go and whom it would ping."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention, Message, Spans, Text, field_of
from chatbot.core.text.words import listed

LABEL = "Rehearsal"
_NOTHING_LASTS: Spans = (Text("This is a rehearsal: what you change here is forgotten when it ends."),)
_ONE_PERSON = "a DM with one person"  # never whose
_WHOM = {"role": "the role", "user": "the person"}


def marked(message: Message, room: RoomAddress, stage: RoomAddress, name_of: Callable[[RoomAddress], str]) -> Message:
    """The message for the room `room` as the room `stage` gets it. It pings and notifies nobody."""
    words = f"would go to {_place(room, stage, name_of)}"
    if message.mentions:
        words += f", and ping {listed([_whom(each) for each in message.mentions])}"
    line = field_of(LABEL, words)
    return replace(message, fields=(line, *message.fields), mentions=(), headline="", private=False, answer=True)


def as_answer(message: Message) -> Message:
    """The answer to a question that was asked there: the real one, and a word for whoever takes what it says for lasting."""
    return replace(message, private=False, small=(*message.small, _NOTHING_LASTS))


def _place(room: RoomAddress, stage: RoomAddress, name_of: Callable[[RoomAddress], str]) -> str:
    if room.is_personal:
        return _ONE_PERSON
    if room == stage:
        return "this room"
    name = name_of(room)
    return f"{name} ({room})" if name and name != room else room


def _whom(mention: Mention) -> str:
    if mention.kind == "room":
        return "everybody there"
    kind = _WHOM.get(mention.kind, mention.kind)
    return kind if mention.kind == "user" else f"{kind} {mention.id}"
