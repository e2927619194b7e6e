"""Publishing what stands in announcement channels to the servers that follow them, within what Discord allows in an hour."""

import asyncio
import heapq
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import discord
import structlog

from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.faults import FaultLog
from chatbot.chats.discord.history import texts
from chatbot.chats.discord.marks import is_marked
from chatbot.chats.discord.pacer import Window
from chatbot.chats.discord.speaking import Speaker
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable, MessageGone, MessageRejected

log = structlog.get_logger(__name__)

AN_HOUR = 10  # for each channel; Discord does not document its limit, this is what bots meet
FOR_SECURITY = 3  # of these, kept for what cannot wait
_CATCH_UP = timedelta(hours=24)
_LOOK_BACK = 20
_MOST_CHANNELS = 50
_ALREADY = 40033  # This message has already been crossposted
_PAUSE = 60.0
_REMEMBERED = 10_000  # messages; the newest


@dataclass(slots=True)
class Crossposts:
    """What waits to be published: security first, then in the order of coming."""

    an_hour: int = AN_HOUR
    faults: FaultLog = field(default_factory=FaultLog)
    _waiting: list[tuple[int, int, int, int]] = field(default_factory=list)  # (urgency, order, channel, message)
    _remembered: dict[int, None] = field(default_factory=dict)
    _windows: dict[int, Window] = field(default_factory=dict)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, channel: int, message: int, *, urgent: bool) -> None:
        if message not in self._remembered:
            self._remembered[message] = None
            if len(self._remembered) > _REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            heapq.heappush(self._waiting, (0 if urgent else 1, next(self._order), channel, message))
            self._bell.set()

    def take(self, now: float) -> tuple[int, int, int, int] | None:
        """Take the first whose channel has something left of its hour; routine leaves a part for security."""
        for item in sorted(self._waiting):
            window = self._windows.setdefault(item[2], Window(self.an_hour, 3600.0))
            reserve = FOR_SECURITY if item[0] else 0
            if window.remaining(now) > reserve:
                window.count(now)
                self._waiting.remove(item)
                heapq.heapify(self._waiting)
                return item
        return None

    async def run(self, speaker: Speaker) -> None:
        """Publish until cancelled."""
        while True:
            self._bell.clear()
            item = self.take(asyncio.get_running_loop().time())
            if item is not None:
                await self._publish(speaker, item)
                continue
            try:
                async with asyncio.timeout(_PAUSE):
                    await self._bell.wait()
            except TimeoutError:
                pass

    async def _publish(self, speaker: Speaker, item: tuple[int, int, int, int]) -> None:
        _, _, channel, message = item
        try:
            await _crosspost(speaker, channel, message)
        except ChatUnavailable as busy:
            log.info("publishing waits", channel=channel, reason=busy.reason)
            wait = busy.retry_after.total_seconds() if busy.retry_after else 5.0
            asyncio.get_running_loop().call_later(wait, self._again, item)
        except asyncio.CancelledError:  # to publish twice is to publish once: Discord says that it is done already
            self._again(item)
            raise
        except (ChatRefused, ChatStopped, MessageGone, MessageRejected) as refused:
            log.warning("a message could not be published", channel=channel, message=message, reason=str(refused))
        except Exception as fault:  # noqa: BLE001 - one message that fails must not keep the others from being published
            self.faults.tell("a message could not be published", fault)
        else:
            log.info("published to following servers", channel=channel, message=message)

    def _again(self, item: tuple[int, int, int, int]) -> None:
        heapq.heappush(self._waiting, item)
        self._bell.set()

    async def catch_up(self, guilds: Iterable[discord.Guild], now: datetime) -> None:
        """Find what was said before a restart and not published yet: only channels in which something was said lately."""
        news = [c for guild in guilds for c in guild.text_channels if c.is_news() and _recent(c.last_message_id, now)]
        for channel in news[:_MOST_CHANNELS]:
            try:
                with translate_errors():
                    async for message in channel.history(limit=_LOOK_BACK):
                        ours = message.author.id == channel.guild.me.id and is_marked(texts(message))
                        if ours and _recent(message.id, now) and not message.flags.crossposted:
                            urgent = not message.flags.suppress_notifications
                            self.put(channel.id, message.id, urgent=urgent)
            except (ChatRefused, ChatStopped, ChatUnavailable, MessageGone, MessageRejected) as problem:
                log.info(
                    "a channel could not be searched for unpublished messages", channel=channel.id, reason=str(problem)
                )
            except Exception as fault:  # noqa: BLE001 - as above
                self.faults.tell("a channel could not be searched for unpublished messages", fault)


def _recent(number: int | None, now: datetime) -> bool:
    return number is not None and now - discord.utils.snowflake_time(number) < _CATCH_UP


async def _crosspost(speaker: Speaker, channel: int, message: int) -> None:
    with translate_errors():
        try:
            async with asyncio.timeout(speaker.attempt_seconds):
                await speaker.client.get_partial_messageable(channel).get_partial_message(message).publish()
        except discord.HTTPException as refused:
            if refused.code != _ALREADY:
                raise
