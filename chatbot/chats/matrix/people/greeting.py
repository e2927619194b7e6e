"""The first word in a person's DM. On Matrix people open it themselves: a bot that opened many would be slowed down."""

from chatbot.chats.matrix.places import MATRIX_TO, Places
from chatbot.chats.matrix.sender import Sender
from chatbot.core.model.ids import DIRECT, RoomAddress
from chatbot.core.model.message import Message
from chatbot.ports import ChatRefused, Outgoing


async def greet(sender: Sender, places: Places, person: RoomAddress, message: Message, key: str) -> RoomAddress:
    """Say it in the DM that the person has opened. Raises ChatRefused where there is none, with the way to open one."""
    us = sender.session.us
    room = sender.session.tracked.direct_with(person.place)
    if room is None or room.other != "join":
        raise ChatRefused(f"Open a DM with me first: {MATRIX_TO}{us}")
    dm = RoomAddress(f"matrix:{DIRECT}{room.id}")
    places.expect(person.place)
    await sender.send(Outgoing(key=key, announcement=key, room=dm, message=message))
    return dm
