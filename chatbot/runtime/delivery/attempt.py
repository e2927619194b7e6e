"""One attempt at one delivery: everything that a chat may do wrong becomes an outcome."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from chatbot.core.announce.render.correction import in_short, matters
from chatbot.core.delivery import must_look_first
from chatbot.ports import (
    Ability,
    Chat,
    ChatRefused,
    ChatUnavailable,
    Clock,
    MessageGone,
    MessageRejected,
    Outgoing,
    PersonLost,
)
from chatbot.store.outbox import Claimed

ATTEMPT = timedelta(seconds=60)  # past this an attempt is doubtful, whatever it is still doing


@dataclass(frozen=True, slots=True)
class Sent:
    reference: str


@dataclass(frozen=True, slots=True)
class Failed:
    """`counted`: the delivery may be at fault; else it was never handed over."""

    reason: str
    retry_after: timedelta | None
    doubtful: bool
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """`final`: nobody can be reached there any more."""

    reason: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Parked:
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    reason: str


Outcome = Sent | Failed | Refused | Parked | Gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who attempts. `ours` says, at this very moment, whether this process may still send for the account."""

    chat: Chat
    clock: Clock
    ours: Callable[[], bool]
    failpoint: Callable[[str], None]

    async def attempt(self, claimed: Claimed) -> Outcome:
        """Try once. Raises ChatStopped where the account itself is refused."""
        outgoing = claimed.outgoing
        handed_over = False
        try:
            async with asyncio.timeout(ATTEMPT.total_seconds()):
                if claimed.doubtful:
                    outcome = await self._look(claimed)
                    if outcome is not None:
                        return outcome
                if not self.ours():
                    return Failed("another replica sends for this account now", None, doubtful=False, counted=False)
                handed_over = True
                reference = await self._say(outgoing)
        except TimeoutError:
            return Failed("the chat did not answer in time", None, doubtful=handed_over)
        except ChatUnavailable as busy:
            return Failed(busy.reason, busy.retry_after, busy.doubtful)
        except ChatRefused as refusal:
            return Refused(str(refusal), final=isinstance(refusal, PersonLost))
        except MessageRejected as fault:
            return Parked(str(fault))
        except MessageGone as error:
            return Gone(str(error))
        self.failpoint("sent")
        return Sent(reference)

    async def _say(self, outgoing: Outgoing) -> str:
        """Edit, reply or say it as new. Where a chat cannot edit, what matters for security becomes one short new message,
        and a mere correction is not said."""
        if not outgoing.replaces:
            return await self.chat.send(outgoing)
        if Ability.EDIT in self.chat.abilities:
            return await self.chat.edit(outgoing)
        if not matters(outgoing.message):
            return outgoing.replaces
        await self.chat.send(replace(outgoing, replaces="", message=in_short(outgoing.message)))
        return outgoing.replaces

    async def _look(self, claimed: Claimed) -> Outcome | None:
        """Whether an earlier attempt reached the room. Where the room cannot be read, a new message waits for a person: to
        say it again might say it twice – unless the chat still knows its key and drops a repeat by itself. An edit that is
        made twice is the same edit."""
        outgoing = claimed.outgoing
        try:
            reference = await self.chat.find(outgoing)
        except PersonLost:
            raise
        except ChatRefused as refusal:
            if outgoing.replaces or not must_look_first(
                self.chat.profile.key_window, outgoing.first_attempt_at, self.clock()
            ):
                return None
            return Parked(f"it may be in the room already, which cannot be read: {refusal}")
        return None if reference is None else Sent(reference)
