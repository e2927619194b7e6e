"""The first message in a person's DM: sent by that person's own command, and each refusal a sentence that says what to do."""

from datetime import timedelta

from chatbot.chats.discord.errors import ClosedDm, TooManyDms
from chatbot.chats.discord.people.openings import NotNow, Openings
from chatbot.chats.discord.speaking import Speaker
from chatbot.core.model.ids import DIRECT, RoomAddress
from chatbot.core.model.message import Message
from chatbot.ports import ChatRefused, ChatUnavailable, Outgoing, PersonLost

_CLOSED = (
    "You don't accept DMs from me. Allow them: right-click the name of this server (on a phone, hold it), open Privacy Settings "
    "and switch on Direct Messages. Then ask me again."
)
_NO_SERVER = (
    "Discord lets me write to you only while we share a server. Join a server that I am in, then ask me again there."
)
_OR = "Try again in {}, or open my profile, choose Message, and ask me there."
_NOT_NOW = f"Discord lets me open only a few new DMs an hour, and many people have just asked. {_OR}"
_STOPPED = f"Discord doesn't let me open new DMs at the moment. {_OR}"


async def greet(speaker: Speaker, openings: Openings, person: RoomAddress, message: Message, key: str) -> RoomAddress:
    """Say this in the person's DM and return its address. Raises ChatRefused with a sentence for the person, ChatUnavailable
    with one where no DM can be opened now, and what a send raises otherwise."""
    try:
        channel = await openings.channel(speaker.client, int(person.place.rpartition(":")[2]))
        dm = RoomAddress(f"{person.chat}:{DIRECT}{channel}")
        await speaker.say(channel, Outgoing(key=key, announcement="", room=dm, message=message))
    except ClosedDm as closed:
        raise ChatRefused(_CLOSED) from closed
    except PersonLost as error:
        raise ChatRefused(_NO_SERVER) from error
    except NotNow as late:
        why = _NOT_NOW if late.wait <= timedelta(hours=1) else _STOPPED
        raise ChatUnavailable(why.format(_in_words(late.wait)), late.wait) from late
    except TooManyDms as refused:
        wait = await openings.stop(str(refused))
        raise ChatUnavailable(_STOPPED.format(_in_words(wait)), wait) from refused
    return dm


def _in_words(wait: timedelta) -> str:
    """How long that is, rounded up."""
    minutes = int(-(-wait.total_seconds() // 60))
    if minutes <= 1:
        return "a minute"
    return f"{minutes} minutes" if minutes <= 90 else f"{-(-minutes // 60)} hours"
