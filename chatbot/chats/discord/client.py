"""The Discord chat behind the port: it holds the connection, says what it is given, and hands questions over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import discord
import structlog

from chatbot.chats.discord import endpoints, forum
from chatbot.chats.discord.checking import channel_name, check_rooms
from chatbot.chats.discord.crossposts import Crossposts
from chatbot.chats.discord.errors import TooManyDms, translate_errors
from chatbot.chats.discord.faults import FaultLog
from chatbot.chats.discord.gateway import (
    IDENTIFIES_AN_HOUR,
    Connection,
    ConnectionOptions,
    Hooks,
    ShardedConnection,
    hold,
)
from chatbot.chats.discord.history import History
from chatbot.chats.discord.pacer import Window
from chatbot.chats.discord.people.greeting import greet
from chatbot.chats.discord.people.members import Members
from chatbot.chats.discord.people.openings import Openings
from chatbot.chats.discord.places import Places
from chatbot.chats.discord.profile import PROFILE
from chatbot.chats.discord.questions.asking import Asking
from chatbot.chats.discord.questions.limits import QuestionLimits
from chatbot.chats.discord.servers.events import of_servers
from chatbot.chats.discord.speaking import Speaker, read_reference, reference
from chatbot.chats.discord.syncing import sync, sync_at_start
from chatbot.chats.discord.traffic import Traffic
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.ports import (
    Ability,
    Answerer,
    ChatRefused,
    ChatUnavailable,
    Clock,
    Outgoing,
    Pauses,
)

log = structlog.get_logger(__name__)
_LOGIN_SECONDS = 60.0
_LAST_MOMENT = 3.0  # seconds


async def _nobody(_: frozenset[str]) -> None:
    """Nobody wants to know."""


class DiscordChat:
    """One bot account. `token` is asked for when it is needed; `changed` is told the addresses of rooms that refused us
    and may take messages again."""

    profile = PROFILE
    name = PROFILE.name

    def __init__(
        self,
        *,
        token: Callable[[], str],
        answerer: Answerer,
        clock: Clock,
        api_url: str = endpoints.API_URL,
        gateway_url: str = endpoints.GATEWAY_URL,
        options: ConnectionOptions | None = None,
        limits: QuestionLimits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        changed: Callable[[frozenset[str]], Awaitable[None]] = _nobody,
        pauses: Pauses | None = None,
    ) -> None:
        self._token, self._answerer, self._clock = token, answerer, clock
        self._endpoints = (api_url, gateway_url)
        self._options = options or ConnectionOptions()
        self._changed = changed
        self._sleep = sleep
        self._limits = limits or QuestionLimits()
        self._openings, self._members = Openings(clock=clock, pauses=pauses), Members(clock=clock)
        self.roles, self.events = of_servers(lambda: self._speaking().places)
        self._faults = FaultLog()
        self._identifies = Window(IDENTIFIES_AN_HOUR, 3600.0)
        self._traffic = Traffic()
        self._crossposts = Crossposts()
        self._ready = asyncio.Event()
        self._speaker: Speaker | None = None
        self._closed = False
        self._at_work = 0
        self._refusing: set[str] = set()
        self._names: dict[str, str] = {}  # of rooms that were checked
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.EDIT, Ability.REPLY, Ability.THREAD, Ability.HISTORY, Ability.REMOVE})

    async def run(self) -> None:
        """Hold the connection until cancelled. Raises ChatStopped where the account is refused."""
        pause = self._options.first_pause
        while True:
            try:
                async with self._logged_in() as connection:
                    if self._options.only_in is None:
                        await sync_at_start(connection)
                    publishing = asyncio.create_task(self._publish(connection), name="discord crossposts")
                    try:
                        await hold(connection, self._options)
                    finally:
                        publishing.cancel()
                    return
            except ChatUnavailable as away:
                if self._closed:
                    return
                seconds_asked = away.retry_after.total_seconds() if away.retry_after else 0.0
                wait = max(pause, seconds_asked)
                log.warning("Discord is unavailable; trying again", reason=away.reason, seconds=wait)
            await self._sleep(wait)
            pause = min(pause * 2, self._options.longest_pause)

    async def ready(self) -> None:
        await self._ready.wait()

    async def send(self, outgoing: Outgoing) -> str:
        async with self._under_way(outgoing.room):
            return await self._send(self._speaking(), outgoing)

    async def edit(self, outgoing: Outgoing) -> str:
        async with self._under_way(outgoing.room):
            speaker = self._speaking()
            channel, message = read_reference(outgoing.replaces)
            await speaker.correct(channel, message, outgoing)
            if channel == message:  # the first message of a forum's post has the post's id
                await forum.retitle(speaker.client, channel, outgoing.message)
        return outgoing.replaces

    async def _send(self, speaker: Speaker, outgoing: Outgoing) -> str:
        channel = await speaker.channel_for(outgoing)
        place = await speaker.place_for(outgoing, channel)
        if isinstance(place, discord.ForumChannel):
            thread = await forum.send(place, self._token(), outgoing, self._traffic.trace())
            return reference(thread, thread)
        message = await speaker.say(channel, outgoing)
        if isinstance(place, discord.TextChannel) and place.is_news() and self._options.only_in is None:
            self._crossposts.put(channel, message, urgent=outgoing.message.loud)
        return reference(channel, message)

    async def find(self, outgoing: Outgoing) -> str | None:
        speaker = self._speaking()
        reference = await History(client=speaker.client, places=speaker.places).find(speaker, outgoing)
        channel, message = read_reference(outgoing.replaces) if outgoing.replaces else (0, 1)
        if reference and channel == message:  # the message was edited; whether its post follows is not known
            await forum.retitle(speaker.client, channel, outgoing.message)
        return reference

    async def remove(self, room: RoomAddress, reference: str) -> None:
        async with self._under_way(room):
            await self._speaking().take_back(*read_reference(reference))

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        async with self._connected():
            yield

    async def greet(self, person: RoomAddress, message: Message, key: str) -> RoomAddress:
        async with self._under_way(person):
            return await greet(self._speaking(), self._openings, person, message, key)

    async def shares(self, person: RoomAddress, room: RoomAddress, *, fresh: bool = False) -> bool | None:
        """Whether the person still belongs to the room's server and sees the channel; None where that cannot be told.
        `fresh`: as of this moment, else an answer of the last minutes will do."""
        member, channel = person.place.rpartition(":")[2], room.place
        if not (member.isdecimal() and channel.isdecimal()):
            return False
        return await self._members.sees(self._speaking().places, int(member), int(channel), fresh=fresh)

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        """What works and what is wrong: the account, and each of the rooms."""
        async with self._connected() as connection:
            return await check_rooms(connection, rooms, self._names, self._options.allow_guilds)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[discord.Client]:
        """The connection that is held, else one for the moment."""
        if self._speaker is not None:
            yield self._speaker.client
            return
        async with self._logged_in() as connection:
            yield connection

    def room_name(self, room: RoomAddress) -> str:
        """The channel's name, by the gateway or by the last check."""
        channel = self._speaker.channel(room.place) if self._speaker else None
        return channel_name(channel) or self._names.get(room, "")

    def is_followed(self, room: RoomAddress) -> bool:
        """Whether it is an announcement channel, by the gateway."""
        return self._speaker is not None and self._speaker.is_followed(room.place)

    def link(self, reference: str) -> str:
        """Where a message is on the web, once its channel is known."""
        return self._speaker.link(reference) if self._speaker else ""

    async def sync(self, *, dry_run: bool = False) -> list[str]:
        """Bring the slash commands up to date; return what was (or would be) changed, a line each."""
        async with self._logged_in() as connection:
            return await sync(connection, dry_run=dry_run)

    async def close(self) -> None:
        self._closed = True
        if self._speaker is not None:
            await self._speaker.client.close()

    def _speaking(self) -> Speaker:
        if self._speaker is None:
            raise ChatUnavailable("Discord is not connected")
        return self._speaker

    @asynccontextmanager
    async def _under_way(self, room: RoomAddress) -> AsyncIterator[None]:
        self._at_work += 1
        self._idle.clear()
        try:
            yield
        except ChatRefused:
            if room.place.isdigit():  # no event says when a person can be reached again
                self._refusing.add(room)
            raise
        except TooManyDms as refused:
            await self._openings.stop(str(refused))
            raise
        finally:
            self._at_work -= 1
            if not self._at_work:
                self._idle.set()

    @asynccontextmanager
    async def _logged_in(self) -> AsyncIterator[Connection]:
        """A client that can make requests; it is closed at the end, whatever happened."""
        endpoints.point_at(*self._endpoints)
        asking = Asking(
            answerer=self._answerer,
            clock=self._clock,
            remove=lambda channel, message: self._speaking().remove(channel, message),
            author=lambda channel, message: self._speaking().author(channel, message),
            note_dm=self._openings.know,
            limits=self._limits,
            faults=self._faults,
        )
        hooks = Hooks(ready=self._ready.set, on_interaction=asking.take, changed=self._may_return, faults=self._faults)
        kind = ShardedConnection if self._options.sharded else Connection
        connection = kind(hooks, self._options, self._identifies, self._traffic)
        before = self._speaker
        try:
            with translate_errors():
                async with asyncio.timeout(_LOGIN_SECONDS):
                    await connection.login(self._token())
            self._speaker = Speaker(client=connection, places=Places(client=connection, openings=self._openings))
            yield connection
        finally:
            self._speaker = before
            if before is None:  # else this was a look beside the connection that is held
                self._ready.clear()  # the next one knows no channels until it says so itself
            with suppress(TimeoutError):  # what is under way is worth a moment: cut off, it would be in doubt
                async with asyncio.timeout(_LAST_MOMENT):
                    await self._idle.wait()
            await connection.close()

    async def _publish(self, connection: Connection) -> None:
        await self._ready.wait()
        speaker = self._speaking()
        log.info("connected to Discord", user=str(connection.user), servers=len(connection.guilds))
        if self._options.only_in is not None:
            return
        await self._crossposts.catch_up(connection.guilds, self._clock())
        await self._crossposts.run(speaker)

    async def _may_return(self, channels: frozenset[int]) -> None:
        rooms = self._refusing & {f"discord:{channel}" for channel in channels}
        if rooms:
            self._refusing -= rooms
            await self._changed(frozenset(rooms))
