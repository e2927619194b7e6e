"""Whether a person still belongs to a server and sees a channel there, as Discord says now: no privileged intent is needed."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import discord

from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.places import Places
from chatbot.ports import ChatRefused, Clock

FRESH = timedelta(minutes=10)  # for so long an answer holds
_SECONDS = 30.0
_MOST = 10_000  # answers remembered; past it, all are asked for again
_NO_MEMBER = {10007, 10013}  # Unknown Member, Unknown User
_NOT_THERE = "the bot is not in this channel's server any more, or cannot see the channel"


@dataclass(slots=True, kw_only=True)
class Members:
    """What was asked about people and channels lately."""

    clock: Clock
    _answers: dict[tuple[int, int], tuple[datetime, bool]] = field(default_factory=dict)

    async def sees(self, places: Places, person: int, channel: int, *, fresh: bool = False) -> bool | None:
        """Whether the person sees the channel; None where the bot itself does not. `fresh`: as of this moment. Raises
        ChatUnavailable."""
        asked_at, answer = self._answers.get((person, channel), (None, False))
        if not fresh and asked_at is not None and self.clock() - asked_at < FRESH:
            return answer
        try:
            answer = await _sees(places, person, channel)
        except ChatRefused:
            return None
        if len(self._answers) >= _MOST:
            self._answers.clear()
        self._answers[person, channel] = self.clock(), answer
        return answer


async def _sees(places: Places, person: int, channel: int) -> bool:
    place = await places.at(channel)
    if not isinstance(place, discord.abc.GuildChannel | discord.Thread):
        raise ChatRefused(_NOT_THERE)
    with translate_errors():
        async with asyncio.timeout(_SECONDS):
            try:
                return await _sees_place(places.client, place, person)
            except discord.NotFound as unknown:
                if unknown.code in _NO_MEMBER:
                    return False
                raise


async def _sees_place(client: discord.Client, place: discord.abc.GuildChannel | discord.Thread, person: int) -> bool:
    """By the member's roles and the channel's permissions. A private thread has members of its own."""
    guild = client.get_guild(place.guild.id) or await client.fetch_guild(place.guild.id, with_counts=False)
    member = await guild.fetch_member(person)
    parent = place.parent_id if isinstance(place, discord.Thread) and place.parent_id else place.id
    whole = guild.get_channel(parent) or await guild.fetch_channel(parent)
    if not isinstance(whole, discord.abc.GuildChannel):
        return False
    may = whole.permissions_for(member)
    if not isinstance(place, discord.Thread) or not place.is_private() or may.manage_threads:
        return may.view_channel
    return may.view_channel and await _is_in_thread(place, person)


async def _is_in_thread(thread: discord.Thread, person: int) -> bool:
    try:
        await thread.fetch_member(person)
    except discord.NotFound:
        return False
    return True
