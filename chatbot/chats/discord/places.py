"""Where an address leads, and of what kind the channel is, also while the library's cache does not know it."""

import asyncio
from dataclasses import dataclass, field

import discord

from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.people.openings import Openings
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused

Place = discord.abc.GuildChannel | discord.Thread | discord.abc.PrivateChannel

_SECONDS = 30.0
_MOST = 10_000  # remembered of each kind; past it, all are asked for again


@dataclass(slots=True, kw_only=True)
class Places:
    """The channels of one connection. Its cache is empty until the gateway has told of every server, knows no server that is
    away, and no archived thread: what it lacks is fetched once."""

    client: discord.Client
    openings: Openings
    seconds: float = _SECONDS
    _fetched: dict[int, Place | None] = field(default_factory=dict)

    async def channel_of(self, room: RoomAddress) -> int:
        """The channel of an address; the DM of a person is opened where it is not known yet."""
        place = room.place
        kind, _, number = place.rpartition(":")
        if kind not in ("", "user", "dm") or not number.isdigit():
            raise ChatRefused(f"{room!r} is not a Discord room: write discord:CHANNEL or discord:user:ID, with numbers")
        return await self.openings.channel(self.client, int(number)) if kind == "user" else int(number)

    async def at(self, channel: int) -> Place | None:
        """The channel, which decides how to speak in it; None where it is of a kind that the library does not know."""
        if (cached := self.client.get_channel(channel)) is not None:
            return cached
        return self._fetched[channel] if channel in self._fetched else await self._fetch(channel)

    async def may_read_back(self, channel: int) -> bool:
        """Whether Discord shows us what was said there. Permissions change: what was fetched once does not count."""
        place = self.client.get_channel(channel) or await self._fetch(channel)
        if not isinstance(place, discord.abc.GuildChannel | discord.Thread):
            return True
        me = place.guild.get_member(_me(self.client))
        whole = place.parent if isinstance(place, discord.Thread) else place
        if me is not None and whole is not None:
            return whole.permissions_for(me).read_message_history
        with translate_errors():
            async with asyncio.timeout(self.seconds):
                may = await permissions(self.client, place)
        return may is None or may.read_message_history

    async def _fetch(self, channel: int) -> Place | None:
        place_fetched: Place | None = None
        with translate_errors():
            async with asyncio.timeout(self.seconds):
                try:
                    place_fetched = await self.client.fetch_channel(channel)
                except discord.InvalidData:  # a kind that is newer than the library
                    place_fetched = None
        self._remember(channel, place_fetched)
        return place_fetched

    def _remember(self, channel: int, place: Place | None) -> None:
        if len(self._fetched) >= _MOST:
            self._fetched.clear()
        self._fetched[channel] = place


async def permissions(
    client: discord.Client, place: discord.abc.GuildChannel | discord.Thread
) -> discord.Permissions | None:
    """What we may do there, as Discord says now and without the cache; None where it does not say."""
    guild = await client.fetch_guild(place.guild.id, with_counts=False)
    me = await guild.fetch_member(_me(client))
    parent = place.parent_id if isinstance(place, discord.Thread) and place.parent_id else place.id
    whole = await guild.fetch_channel(parent)
    return whole.permissions_for(me) if isinstance(whole, discord.abc.GuildChannel) else None


def _me(client: discord.Client) -> int:
    return client.user.id if client.user else 0
