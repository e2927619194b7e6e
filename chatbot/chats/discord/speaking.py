"""Saying and correcting: one delivery into one channel, with the delivery's key as Discord's nonce."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import discord

from chatbot.chats.discord.components.view import allowed_mentions_of, embeds, view
from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.format import SUPPRESS_NOTIFICATIONS, to_edit_payload, to_payload
from chatbot.chats.discord.marks import mark_of
from chatbot.chats.discord.places import Place, Places
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused, MessageGone, MessageRejected, Outgoing

# The library itself waits up to 30 s where Discord asks for it, and repeats after 5xx with the same nonce.
ATTEMPT_SECONDS = 45.0
_EMPTY_POST = "its message is gone, but the empty post stays: delete it by hand, or give the bot Manage Threads there"


@dataclass(slots=True, kw_only=True)
class Speaker:
    """Writes to channels by their id, known to the library or not."""

    client: discord.Client
    places: Places
    attempt_seconds: float = ATTEMPT_SECONDS

    def channel(self, place: str) -> object:
        """The channel with this id as the gateway knows it; None where it does not (yet)."""
        return self.client.get_channel(int(place)) if place.isdecimal() else None

    def is_followed(self, place: str) -> bool:
        """Whether it is an announcement channel, by the gateway."""
        channel = self.channel(place)
        return isinstance(channel, discord.TextChannel) and channel.is_news()

    def link(self, text: str) -> str:
        """Where the message with this reference is on the web; "" where its channel's server is not known, or in a DM."""
        place, _, message = text.partition("/")
        server = getattr(getattr(self.channel(place), "guild", None), "id", None)
        return f"https://discord.com/channels/{server}/{place}/{message}" if server and message.isdecimal() else ""

    async def channel_for(self, outgoing: Outgoing) -> int:
        """The channel to speak in; an answer stays where its question is, which may be a thread of the room."""
        if outgoing.reply_to:
            return read_reference(outgoing.reply_to)[0]
        return await self.places.channel_of(outgoing.room)

    async def place_for(self, outgoing: Outgoing, channel: int) -> Place | None:
        """The channel, which decides how to speak in it; of a DM nothing needs to be asked."""
        room = RoomAddress(outgoing.room)
        return None if room.is_direct or room.is_person else await self.places.at(channel)

    async def say(self, channel: int, outgoing: Outgoing) -> int:
        """Send it and return the message's id."""
        mark = mark_of(outgoing.announcement, outgoing.key) if outgoing.announcement else ""  # nobody looks for it then
        body = to_payload(outgoing.message, mark)
        more: dict[str, Any] = {"reference": _replied(outgoing.reply_to), "view": view(body)}
        place = self.client.get_partial_messageable(channel)
        with translate_errors(direct=RoomAddress(outgoing.room).is_direct), _at_fault():
            async with asyncio.timeout(self.attempt_seconds):
                message = await place.send(
                    content=body["content"] or None,
                    embeds=embeds(body),
                    allowed_mentions=allowed_mentions_of(body),
                    nonce=outgoing.key,
                    silent=bool(body["flags"] & SUPPRESS_NOTIFICATIONS),
                    **{key: value for key, value in more.items() if value is not None},
                )
        return message.id

    async def correct(self, channel: int, message: int, outgoing: Outgoing) -> None:
        """Put new words in the place of a message; an edit calls nobody."""
        body = to_edit_payload(outgoing.message, mark_of(outgoing.announcement, outgoing.key))
        place = self.client.get_partial_messageable(channel).get_partial_message(message)
        with translate_errors(direct=RoomAddress(outgoing.room).is_direct), _at_fault():
            async with asyncio.timeout(self.attempt_seconds):
                await place.edit(
                    content=body["content"] or None,
                    embeds=embeds(body),
                    view=view(body),
                    allowed_mentions=allowed_mentions_of(body),
                )

    async def take_back(self, channel: int, message: int) -> None:
        """Take a message of our own away; of a forum the whole post, which the first message's id names too. Raises ChatRefused
        where the post stays, empty."""
        stays = False
        with suppress(MessageGone), translate_errors():
            async with asyncio.timeout(self.attempt_seconds):
                if channel == message:
                    try:
                        await self.client.http.delete_channel(channel)
                    except discord.Forbidden:
                        stays = True
                if stays or channel != message:
                    await self.remove(channel, message)
        if stays:
            raise ChatRefused(_EMPTY_POST)

    async def remove(self, channel: int, message: int) -> None:
        """Take somebody's message away. Raises the library's errors."""
        await self.client.get_partial_messageable(channel).get_partial_message(message).delete()

    async def author(self, channel: int, message: int) -> str:
        """Who wrote a message, as a user's id; empty for what no person wrote. Raises the library's errors."""
        fetched = await self.client.get_partial_messageable(channel).fetch_message(message)
        return "" if fetched.author.bot or fetched.webhook_id else str(fetched.author.id)


def reference(channel: int, message: int) -> str:
    """How a message is remembered: `CHANNEL/MESSAGE`."""
    return f"{channel}/{message}"


def read_reference(text: str) -> tuple[int, int]:
    channel, _, message = text.partition("/")
    if not channel.isdigit() or not message.isdigit():
        raise MessageRejected(f"{text!r} does not refer to a Discord message")
    return int(channel), int(message)


def _replied(reply_to: str) -> discord.MessageReference | None:
    if not reply_to:
        return None
    channel, message = read_reference(reply_to)
    return discord.MessageReference(channel_id=channel, message_id=message, fail_if_not_exists=False)


@contextmanager
def _at_fault() -> Iterator[None]:
    """The library's own checks of a message speak of the message."""
    try:
        yield
    except (TypeError, ValueError) as wrong:
        raise MessageRejected(f"the message does not fit Discord: {wrong}") from wrong
