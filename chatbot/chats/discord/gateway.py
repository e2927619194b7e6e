"""The connection: a discord.py client that asks for little, keeps nothing, is held open and identifies itself sparingly."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import discord
import structlog

from chatbot.chats.discord import global_limit, library
from chatbot.chats.discord.faults import FaultLog
from chatbot.chats.discord.pacer import Window
from chatbot.chats.discord.traffic import Traffic
from chatbot.ports import ChatStopped, ChatUnavailable

log = structlog.get_logger(__name__)

# More than 1000 identifications a day make Discord reset the token (https://discord.com/developers/docs/events/gateway).
IDENTIFIES_AN_HOUR = 20
MOST_GUILDS = 2500  # Discord wants sharding from there on

_FINAL_CODES = {  # https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
    4004: "Discord refuses the bot's token: make a new one on the application's Bot page and set discord.token.",
    4010: "Discord refuses the shard: start the bot without sharding settings of your own.",
    4011: "Discord wants the bot to be sharded: switch discord.sharded on.",
    4012: "Discord does not serve this version of its gateway any more: update the bot.",
    4013: "Discord refuses the intents asked for: update the bot.",
    4014: "Discord refuses the intents asked for: update the bot.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What the client tells its owner; `faults` is where events that cannot be dealt with are told."""

    ready: Callable[[], None]
    on_interaction: Callable[[discord.Interaction[Any]], Awaitable[None]]
    changed: Callable[
        [frozenset[int]], Awaitable[None]
    ]  # channels in which something changed that may let us speak again
    faults: FaultLog = field(default_factory=FaultLog)


class TooManyIdentifies(Exception):
    """The hour's identifications are used up; `wait` seconds remain."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"too many identifications; {wait:.0f} s to wait")
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """How the connection behaves; tests are less patient. `only_in`: the one channel where anything happens, in a rehearsal: what
    is asked elsewhere is not answered, and no server is left."""

    only_in: int | None = None
    allow_guilds: frozenset[int] = frozenset()
    sharded: bool = False
    most_guilds: int = MOST_GUILDS
    ready_timeout: float = 2.0
    heartbeat_timeout: float = 60.0
    identify_pause: float = 5.0
    first_pause: float = 1.0
    longest_pause: float = 300.0


class Connection(discord.Client):
    """Answers interactions and knows its guilds' channels; members, messages and presences are never kept."""

    def __init__(self, hooks: Hooks, options: ConnectionOptions, identifies: Window, traffic: Traffic) -> None:
        library.prepare()
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=30,
            guild_ready_timeout=options.ready_timeout,
            heartbeat_timeout=options.heartbeat_timeout,
            http_trace=traffic.trace(),
        )
        global_limit.fix(self.http)
        self.failure: ChatStopped | None = None
        self._owner, self._options, self._identifies = hooks, options, identifies
        self._guard_parsers()

    def _guard_parsers(self) -> None:
        """An event that the library cannot read is passed over: it would end the connection, and the events behind it would be
        lost. Without READY and RESUMED there is no connection, so what is wrong with those ends it."""
        parsers = self._connection.parsers
        for name, parse in list(parsers.items()):
            if name not in ("READY", "RESUMED"):
                parsers[name] = partial(self._parse, name, parse)

    def _parse(self, name: str, parse: Callable[[Any], object], event: Any) -> None:
        try:
            parse(event)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it belongs to this event alone
            self._owner.faults.tell("a Discord event could not be read", fault, event_name=name)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """An event that could not be dealt with; the library calls this from within its `except`."""
        fault = sys.exception()
        if fault is not None:
            self._owner.faults.tell("a Discord event could not be handled", fault, event_name=event_method)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        del shard_id
        now = self.loop.time()
        if wait := self._identifies.wait(now):
            raise TooManyIdentifies(wait)
        self._identifies.count(now)
        if not initial:
            await asyncio.sleep(self._options.identify_pause)

    async def on_ready(self) -> None:
        if len(self.guilds) >= self._options.most_guilds and not self._options.sharded:
            self.failure = ChatStopped(
                f"The bot is in {len(self.guilds)} Discord servers and must be sharded from {self._options.most_guilds} on: "
                "switch discord.sharded on, or name the servers it serves in discord.allow_guilds."
            )
            await self.close()
            return
        for guild in list(self.guilds):
            await self._leave_if_foreign(guild)
        self._owner.ready()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        if not await self._leave_if_foreign(guild):
            await self._changed(guild)

    async def _leave_if_foreign(self, guild: discord.Guild) -> bool:
        if (
            self._options.only_in is not None
            or not self._options.allow_guilds
            or guild.id in self._options.allow_guilds
        ):
            return False
        log.warning("leaving a Discord server that is not in discord.allow_guilds", guild=guild.id)
        try:
            await guild.leave()
        except (discord.HTTPException, aiohttp.ClientError, OSError, ChatUnavailable) as failed:
            log.warning("could not leave a Discord server", guild=guild.id, reason=str(failed)[:200])
        return True

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        here = (interaction.channel_id, getattr(interaction.channel, "parent_id", None))  # or in a thread there
        if self._options.only_in is None or self._options.only_in in here:
            await self._owner.on_interaction(interaction)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self._owner.changed(frozenset({channel.id}))

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        await self._owner.changed(frozenset({after.id}))

    async def on_thread_update(self, _: discord.Thread, after: discord.Thread) -> None:
        await self._owner.changed(frozenset({after.id}))

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        await self._changed(after.guild)

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        if after.id == after.guild.me.id:
            await self._changed(after.guild)

    async def _changed(self, guild: discord.Guild) -> None:
        await self._owner.changed(frozenset(channel.id for channel in (*guild.channels, *guild.threads)))


class ShardedConnection(Connection, discord.AutoShardedClient):
    """The same over as many connections as Discord asks for."""


async def hold(connection: Connection, options: ConnectionOptions) -> None:
    """Keep the gateway open until cancelled. Raises ChatStopped where Discord will not have us any more, and
    ChatUnavailable where the client is spent and another one must be made.

    The library resumes by itself after outages; what ends its loop is an event that its parser chokes on, so it is
    started again, ever more slowly.
    """
    pause = options.first_pause
    while True:
        opened = connection.loop.time()
        try:
            await connection.connect(reconnect=True)
        except TooManyIdentifies as spent:
            log.warning("waiting to reconnect to Discord: too many logins", seconds=round(spent.wait))
            pause = max(spent.wait, options.first_pause)
        except discord.PrivilegedIntentsRequired as refused:
            raise ChatStopped(_FINAL_CODES[4014]) from refused
        except discord.ConnectionClosed as closed:
            why = f"Discord closed the connection for good ({closed.code})."
            raise ChatStopped(_FINAL_CODES.get(closed.code, why)) from closed
        except Exception as broken:  # an event that the library cannot read must not end the bot
            if connection.loop.time() - opened > 2 * options.longest_pause:
                pause = options.first_pause  # it held for long: this is a new trouble
            log.exception("the connection to the Discord gateway broke; reconnecting", seconds=pause)
            if connection.is_closed() and connection.failure is None:  # a sharded client closes itself
                raise ChatUnavailable("the gateway broke") from broken
            await _put_down(connection)
        if connection.failure is not None:
            raise connection.failure
        if connection.is_closed():
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, options.longest_pause)


async def _put_down(connection: Connection) -> None:
    """Close the socket whose loop has ended, and with it the thread that sends its heartbeats."""
    socket = getattr(connection, "ws", None)
    if socket is not None and socket.open:
        await socket.close(code=1000)
