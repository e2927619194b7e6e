"""Looking before speaking again: whether a delivery in doubt is in the room already, by the mark it bears."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.marks import bears
from chatbot.chats.discord.places import Places
from chatbot.chats.discord.speaking import Speaker, read_reference, reference
from chatbot.ports import ChatRefused, Outgoing

# Discord's clock is on the messages, ours on the first attempt. Ours may have been ahead then by so much at worst, …
_CLOCK_AHEAD = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(minutes=10)  # … and by no more than this in most cases: so far back we must have looked
MOST_MESSAGES = 3000  # thirty requests, which Discord lets through in half a minute
MOST_ARCHIVED = 300
MOST_POSTS = 100  # of ours; each takes a request
_WITHOUT_A_TIME = 200
_SECONDS = 40.0  # an attempt has 60 with its look
_NEEDS = "to find out whether a message came through, the bot needs Read Message History in this channel"
_TOO_FAR = (
    "too many messages came since the first attempt, the history cannot be read so far back: look for the message there"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    client: discord.Client
    places: Places

    async def find(self, speaker: Speaker, outgoing: Outgoing) -> str | None:
        """Whether a delivery is in its room already, as a reference."""
        if outgoing.replaces:
            return await self.edited(outgoing)
        channel = await speaker.channel_for(outgoing)
        place = await speaker.place_for(outgoing, channel)
        if isinstance(place, discord.ForumChannel):
            return await self.posted(place, outgoing)
        return await self.message_in(channel, outgoing)

    async def edited(self, outgoing: Outgoing) -> str | None:
        """Whether the message to be edited bears this delivery's mark already."""
        channel, message = read_reference(outgoing.replaces)
        with translate_errors():
            async with asyncio.timeout(_SECONDS):
                fetched = await self.client.get_partial_messageable(channel).fetch_message(message)
        return outgoing.replaces if bears(texts(fetched), outgoing.announcement, outgoing.key) else None

    async def message_in(self, channel: int, outgoing: Outgoing) -> str | None:
        """Look through what was said in a channel since the first attempt, the newest first. Raises ChatRefused where that is
        too much: what was not read may be ours."""
        await self._check_readable(channel)
        since = outgoing.first_attempt_at
        most = _WITHOUT_A_TIME if since is None else MOST_MESSAGES
        place = self.client.get_partial_messageable(channel)
        count, oldest = 0, None
        with translate_errors():
            async with asyncio.timeout(_SECONDS):
                async for message in place.history(limit=most, after=_earliest(since), oldest_first=False):
                    if self._ours(message) and _is(message, outgoing):
                        return reference(channel, message.id)
                    count, oldest = count + 1, message.created_at
        _check_reached(since, [oldest] if oldest and count == most else [])
        return None

    async def posted(self, forum: discord.ForumChannel, outgoing: Outgoing) -> str | None:
        """Look through our posts in a forum, active and archived ones, those from around the first attempt first."""
        await self._check_readable(forum.id)
        since = outgoing.first_attempt_at
        with translate_errors():
            async with asyncio.timeout(_SECONDS):
                active = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
                archived = await _archived(forum, _earliest(since))
                posts = self._candidates([*active, *archived], since)
                for thread in posts[:MOST_POSTS]:
                    if await self._begins_with(thread.id, outgoing):
                        return reference(thread.id, thread.id)
        unread = [_born(thread) for thread in posts[MOST_POSTS:]]
        _check_reached(since, unread + [thread.archive_timestamp for thread in archived[MOST_ARCHIVED - 1 :]])
        return None

    def _candidates(self, threads: list[discord.Thread], since: datetime | None) -> list[discord.Thread]:
        """Ours, those from around the first attempt first; without a time the newest first."""
        earliest = _earliest(since)
        ours = [thread for thread in threads if thread.owner_id == self._me()]
        if since is None or earliest is None:
            return sorted(ours, key=lambda thread: thread.id, reverse=True)
        near = [thread for thread in ours if _born(thread) >= earliest]
        return sorted(near, key=lambda thread: abs(_born(thread) - since))

    async def _begins_with(self, thread: int, outgoing: Outgoing) -> bool:
        """Whether the first message of a post, which has the post's id, bears the mark."""
        try:
            first = await self.client.get_partial_messageable(thread).fetch_message(thread)
        except discord.NotFound:
            return False
        return _is(first, outgoing)

    async def _check_readable(self, channel: int) -> None:
        """Without the permission Discord returns an empty history and says nothing: that must not be taken for an answer."""
        if not await self.places.may_read_back(channel):
            raise ChatRefused(_NEEDS)

    def _me(self) -> int:
        return self.client.user.id if self.client.user else 0

    def _ours(self, message: discord.Message) -> bool:
        return message.author.id == self._me()


async def _archived(forum: discord.ForumChannel, earliest: datetime | None) -> list[discord.Thread]:
    """What was archived last, at most so many: a post is archived after it was made."""
    threads: list[discord.Thread] = []
    async for thread in forum.archived_threads(limit=MOST_ARCHIVED):
        if earliest is not None and thread.archive_timestamp < earliest:
            break
        threads.append(thread)
    return threads


def _earliest(since: datetime | None) -> datetime | None:
    return None if since is None else since - _CLOCK_AHEAD


def _check_reached(since: datetime | None, unread: list[datetime]) -> None:
    """What was not read must lie before the first attempt; `unread` are the times of the newest of it."""
    if since is not None and any(at > since - _CLOCKS_DIFFER for at in unread):
        raise ChatRefused(_TOO_FAR)


def _born(thread: discord.Thread) -> datetime:
    return discord.utils.snowflake_time(thread.id)


def texts(message: discord.Message) -> list[str]:
    """Where a mark may stand: the address of the embed, or its small print."""
    return [text for one in message.embeds for text in (one.url, one.footer.text) if text]


def _is(message: discord.Message, outgoing: Outgoing) -> bool:
    """Whether a message is this delivery's. A first message that was edited since bears the key of its edit; a reply, which has
    the announcement's mark too, is never edited."""
    edited = message.edited_at is not None and not outgoing.reply_to
    return bears(texts(message), outgoing.announcement, "" if edited else outgoing.key)
