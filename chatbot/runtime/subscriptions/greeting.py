"""The way into a person's DM, by their own command: the first message is the confirmation, a refusal is told at once."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from chatbot.core.announce.messages import short_hash
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Paragraph, paragraph
from chatbot.core.model.watches import Project
from chatbot.core.queries import reach
from chatbot.core.rate_allowance import RateAllowance
from chatbot.core.subscriptions.answers import refusals
from chatbot.core.text.words import count
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable
from chatbot.runtime.subscriptions.visit import Parts, Visit
from chatbot.store.subscriptions import people, undelivered

log = structlog.get_logger(__name__)

TRIES_AT_ONCE, TRY_EVERY = 3, 60.0  # of one person: messages to a DM that perhaps takes none, and seconds for one more


@dataclass(slots=True)
class Greeting:
    """Reaches people. One at a time in each chat, so that two commands of one person open one DM."""

    parts: Parts
    tries: RateAllowance = field(default_factory=lambda: RateAllowance(TRIES_AT_ONCE, TRY_EVERY))
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    def is_possible(self, guest: Visit) -> bool:
        """Whether this chat has DMs at all."""
        return bool(guest.ask.dm) or guest.address.chat in self.parts.direct()

    async def reach(
        self, guest: Visit, message: Message, project: Project | None = None, line: str = ""
    ) -> Message | None:
        """Say this in the person's DM, and remember where that is. Where they ask in the DM, the answer says it. None: they
        are reached; else why not, for them to read, with the line to send in a DM. Raises StoreUnavailable."""
        if guest.ask.dm:
            await self.settle(guest, guest.ask.dm)
            return None
        async with self._turns.setdefault(guest.address.chat, asyncio.Lock()):
            return await self._greet(guest, message, self._alternatives(guest, project, line))

    async def settle(self, guest: Visit, dm: RoomAddress) -> None:
        """This is their DM. What was kept from them, or waits for a former DM, is looked through once more."""
        async with self.parts.store.writing() as tx:
            if guest.dm and guest.dm != dm:
                await undelivered.take_back(tx, guest.dm, self.parts.clock())
            await people.settle_dm(tx, guest.address, dm)

    async def _greet(self, guest: Visit, message: Message, alternatives: Sequence[Paragraph]) -> Message | None:
        direct = self.parts.direct().get(guest.address.chat)
        if direct is None:
            return refusals.no_alerts_here()
        is_stored = guest.person is not None
        if not self.tries.take(guest.address, self.parts.clock()):
            again = f"I tried several times just now. Please try again in {count(math.ceil(TRY_EVERY / 60), 'minute')}."
            return refusals.try_again(again, alternatives, is_stored=is_stored)
        try:
            dm = await direct.greet(guest.address, message, short_hash("greet", guest.address, guest.ask.key))
        except ChatRefused as refused:
            log.info("a DM was refused", chat=guest.address.chat)
            if is_stored:
                async with self.parts.store.writing() as tx:
                    await people.trouble(tx, guest.address, str(refused))
            return refusals.unreachable(str(refused), alternatives, is_stored=is_stored)
        except (ChatUnavailable, ChatStopped) as away:
            wait = away.retry_after if isinstance(away, ChatUnavailable) else None
            log.warning("a DM could not be opened", chat=guest.address.chat, reason=str(away))
            return refusals.try_again(_later(guest, wait), alternatives, is_stored=is_stored)
        await self.settle(guest, dm)
        return None

    def _alternatives(self, guest: Visit, project: Project | None, line: str) -> list[Paragraph]:
        """The way without a DM that is opened for them, and what else brings the news."""
        own = [refusals.own_dm(line)] if line else []
        return own + [paragraph(each) for each in self._room_tells_too(guest, project)]

    def _room_tells_too(self, guest: Visit, project: Project | None) -> list[str]:
        if project is None or not reach.is_watched_here(guest.ask, project, self.parts.rooms()):
            return []
        here = next(room for room in self.parts.rooms() if room.address == guest.ask.room)
        hears = "security" in here.watch_filter.events
        return [refusals.room_tells_too(project.name, guest.profile.room_word)] if hears else []


def _later(guest: Visit, wait: timedelta | None) -> str:
    minutes = max(math.ceil(wait.total_seconds() / 60), 1) if wait is not None else 1
    when = count(minutes, "minute") if minutes <= 90 else count(math.ceil(minutes / 60), "hour")
    return f"{guest.profile.title} did not let me write a DM just now. Please try again in {when}, or write me a DM yourself."
