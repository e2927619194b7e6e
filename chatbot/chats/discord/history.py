"""Looking before speaking again: whether a delivery in doubt is in the room already, by the mark it bears."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from chatbot.chats.discord.errors import wall
from chatbot.chats.discord.marks import bears
from chatbot.chats.discord.speaking import read_reference, reference
from chatbot.ports import ChatRefused, MessageGone, Outgoing

_CLOCKS_DIFFER = timedelta(minutes=10)
_MOST_MESSAGES = 1000
_WITHOUT_A_TIME = 200
_SECONDS = 60.0
_NEEDS = "to find out whether a message came through, the bot needs Read Message History in this channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    client: discord.Client

    async def edited(self, outgoing: Outgoing) -> str | None:
        """Whether the message to be edited bears this delivery's mark already."""
        channel, message = read_reference(outgoing.replaces)
        with wall():
            async with asyncio.timeout(_SECONDS):
                found = await self.client.get_partial_messageable(channel).fetch_message(message)
        return outgoing.replaces if bears(texts(found), outgoing.announcement, outgoing.key) else None

    async def said(self, channel: int, outgoing: Outgoing) -> str | None:
        """Look through what we said in a channel since the first attempt."""
        await self._check_readable(channel)
        since = outgoing.first_attempt_at
        place = self.client.get_partial_messageable(channel)
        limit = _WITHOUT_A_TIME if since is None else _MOST_MESSAGES
        with wall():
            async with asyncio.timeout(_SECONDS):
                async for message in place.history(limit=limit, after=_begin(since)):
                    if self._ours(message) and bears(texts(message), outgoing.announcement, outgoing.key):
                        return reference(channel, message.id)
        return None

    async def posted(self, forum: discord.ForumChannel, outgoing: Outgoing) -> str | None:
        """Look through our posts in a forum, active and archived ones."""
        await self._check_readable(forum.id)
        earliest = _begin(outgoing.first_attempt_at)
        with wall():
            async with asyncio.timeout(_SECONDS):
                threads = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
                threads += [thread async for thread in forum.archived_threads(limit=100)]
        for thread in threads:
            born = discord.utils.snowflake_time(thread.id)
            may_be = thread.owner_id == self._me() and (earliest is None or born >= earliest)
            if may_be and await self._begins_with(thread.id, outgoing):
                return reference(thread.id, thread.id)
        return None

    async def _begins_with(self, thread: int, outgoing: Outgoing) -> bool:
        """Whether the first message of a post, which has the post's id, bears the mark."""
        try:
            with wall():
                async with asyncio.timeout(_SECONDS):
                    first = await self.client.get_partial_messageable(thread).fetch_message(thread)
        except MessageGone:
            return False
        return bears(texts(first), outgoing.announcement, outgoing.key)

    async def _check_readable(self, channel: int) -> None:
        """Without the permission Discord returns an empty history and says nothing: that must not be taken for an answer."""
        place = self.client.get_channel(channel)
        if place is None:
            with wall():
                async with asyncio.timeout(_SECONDS):
                    place = await self.client.fetch_channel(channel)
        if isinstance(place, discord.abc.GuildChannel | discord.Thread):
            me = place.guild.get_member(self._me())
            whole = place.parent if isinstance(place, discord.Thread) else place
            if me is not None and (whole is None or not whole.permissions_for(me).read_message_history):
                raise ChatRefused(_NEEDS)

    def _me(self) -> int:
        return self.client.user.id if self.client.user else 0

    def _ours(self, message: discord.Message) -> bool:
        return message.author.id == self._me()


def _begin(since: datetime | None) -> datetime | None:
    return None if since is None else since - _CLOCKS_DIFFER


def texts(message: discord.Message) -> list[str]:
    """Where a mark may stand: the address of the embed, or its small print."""
    return [text for one in message.embeds for text in (one.url, one.footer.text) if text]
