"""Opening DMs: rarely, because Discord takes a bot that opens many for one that spams, and then none for hours.

Bots were quarantined after some 30 DMs that they opened in a row (https://github.com/discord-php/DiscordPHP/issues/467). A DM
that a person opened, and one that is there already, costs nothing: to know it is enough.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import discord
import structlog

from chatbot.chats.discord.errors import TooManyDms, translate_errors
from chatbot.chats.discord.pacer import Window
from chatbot.ports import ChatUnavailable, Clock, Pauses

log = structlog.get_logger(__name__)

IN_A_MINUTE, IN_AN_HOUR = 5, 20
PAUSE = timedelta(hours=6)  # after Discord said that it is too much
_PAUSED = "opening DMs"
_SECONDS = 30.0
_MOST = 10_000  # remembered; past it, all are forgotten


class NotNow(ChatUnavailable):
    """No DM is opened now. `wait`: for how long."""

    def __init__(self, reason: str, wait: timedelta) -> None:
        super().__init__(reason, wait)
        self.wait = wait


@dataclass(slots=True, kw_only=True)
class Openings:
    """The DMs of one account: those that are known, and how fast others may be opened. `pauses` None: nothing is remembered
    through a restart."""

    clock: Clock
    pauses: Pauses | None = None
    seconds: float = _SECONDS
    _minute: Window = field(default_factory=lambda: Window(IN_A_MINUTE, 60.0))
    _hour: Window = field(default_factory=lambda: Window(IN_AN_HOUR, 3600.0))
    _channels: dict[int, int] = field(default_factory=dict)  # person -> DM
    _until: datetime | None = None
    _is_loaded: bool = False

    def know(self, person: int, channel: int) -> None:
        """This is the person's DM."""
        if len(self._channels) >= _MOST:
            self._channels.clear()
        self._channels[person] = channel

    async def channel(self, client: discord.Client, person: int) -> int:
        """A person's DM, which is opened where it is not known. Raises NotNow, and what `translate_errors` makes."""
        if person in self._channels:
            return self._channels[person]
        await self._take_place()
        try:
            with translate_errors(direct=True):
                async with asyncio.timeout(self.seconds):
                    channel = await client.create_dm(discord.Object(person))
        except TooManyDms as refused:
            raise NotNow(str(refused), await self.stop(str(refused))) from refused
        self.know(person, channel.id)
        return channel.id

    async def stop(self, reason: str) -> timedelta:
        """Discord said that it is too much: open none for hours. Returns for how long."""
        self._until, self._is_loaded = self.clock() + PAUSE, True
        log.error(
            "Discord takes the bot for one that spams; no DM is opened for a while",
            reason=reason,
            until=str(self._until),
        )
        if self.pauses is not None:
            try:
                await self.pauses.pause(_PAUSED, self._until)
            except ChatUnavailable as away:
                log.error("a pause is forgotten at a restart", reason=str(away))  # noqa: TRY400 - its sentence says all
        return PAUSE

    async def _take_place(self) -> None:
        """Raises NotNow where none may be opened."""
        if not self._is_loaded and self.pauses is not None:
            self._until = await self.pauses.until(_PAUSED)
        self._is_loaded = True
        now = self.clock()
        if self._until is not None and now < self._until:
            raise NotNow("Discord does not let the bot open DMs now", self._until - now)
        at = now.timestamp()
        if wait := max(self._minute.wait(at), self._hour.wait(at)):
            raise NotNow("the bot opens only a few DMs an hour", timedelta(seconds=wait))
        self._minute.count(at)
        self._hour.count(at)
