"""Outbox → chat. At least once; the idempotency key lets the chat drop a repeat, and a doubtful one is looked for first."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from chatbot.core.delivery import expires_at, must_look_first, next_attempt
from chatbot.ports import (
    Chat,
    ChatRefused,
    ChatStopped,
    ChatUnavailable,
    Clock,
    MessageGone,
    MessageRejected,
    Outgoing,
)
from chatbot.store import outbox
from chatbot.store.db import Store
from chatbot.store.outbox import Claimed

log = structlog.get_logger(__name__)

AT_ONCE = 16  # attempts under way in one chat; the chat's own pacer says how fast
ATTEMPT = timedelta(seconds=60)  # past this an attempt is doubtful, whatever it is still doing
ATTEMPTS = 12  # a message that still fails then is parked for a person
IDLE = timedelta(seconds=30)  # how long to sleep at most when nothing is due


@dataclass(frozen=True, slots=True)
class Sent:
    reference: str


@dataclass(frozen=True, slots=True)
class Failed:
    reason: str
    retry_after: timedelta | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str


@dataclass(frozen=True, slots=True)
class Parked:
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    reason: str


Outcome = Sent | Failed | Refused | Parked | Gone
Point = Callable[[str], None]  # called at the named points where a test may end the process


async def attempt(chat: Chat, claimed: Claimed, clock: Clock) -> Outcome:
    """Try one delivery once. Everything a chat may do wrong becomes an outcome, except that the account itself is refused."""
    outgoing = claimed.outgoing
    try:
        async with asyncio.timeout(ATTEMPT.total_seconds()):
            if claimed.doubtful or must_look_first(chat.name, outgoing.first_attempt_at, clock()):
                found = await chat.find(outgoing)
                if found is not None:
                    return Sent(found)
            return Sent(await _say(chat, outgoing))
    except TimeoutError:
        return Failed("the chat did not answer in time", None, doubtful=True)
    except ChatUnavailable as busy:
        return Failed(busy.reason, busy.retry_after, busy.doubtful)
    except ChatRefused as refusal:
        return Refused(str(refusal))
    except MessageRejected as fault:
        return Parked(str(fault))
    except MessageGone as gone:
        return Gone(str(gone))


async def _say(chat: Chat, outgoing: Outgoing) -> str:
    return await (chat.edit(outgoing) if outgoing.replaces else chat.send(outgoing))


@dataclass(slots=True)
class Delivery:
    """The loop that sends for one chat."""

    chat: Chat
    store: Store
    clock: Clock
    point: Point

    async def run(self) -> None:
        """Send until cancelled. Raises ChatStopped when the account is refused."""
        await self.chat.ready()
        async with self.store.writing() as tx:
            await outbox.recover(tx, self.chat.name, self.clock())
        under_way: dict[asyncio.Task[Outcome], Claimed] = {}
        try:
            while True:
                self.store.waker(self.chat.name).clear()
                for claimed in await self._claim(AT_ONCE - len(under_way)):
                    under_way[asyncio.create_task(attempt(self.chat, claimed, self.clock))] = claimed
                await self._pause(under_way)
                await self._record([(under_way.pop(task), task) for task in list(under_way) if task.done()])
        finally:
            await self._finish(under_way)

    async def drain(self) -> None:
        """Send what is due now, and return when nothing more is: for one-shot runs and tests."""
        while claimed := await self._claim(AT_ONCE):
            tasks = [(item, asyncio.create_task(attempt(self.chat, item, self.clock))) for item in claimed]
            await asyncio.wait([task for _, task in tasks])
            await self._record(tasks)

    async def _claim(self, free: int) -> Sequence[Claimed]:
        if free <= 0:
            return ()
        async with self.store.writing() as tx:
            claimed = await outbox.claim(tx, self.chat.name, self.clock(), free)
        self.point("claimed")
        return claimed

    async def _pause(self, under_way: dict[asyncio.Task[Outcome], Claimed]) -> None:
        async with self.store.reading() as tx:
            due = await outbox.next_due(tx, self.chat.name)
        idle = IDLE if due is None else max(timedelta(), min(IDLE, due - self.clock()))
        if under_way and len(under_way) >= AT_ONCE:
            idle = IDLE
        waker = asyncio.create_task(self.store.waker(self.chat.name).wait())
        try:
            await asyncio.wait(
                {waker, *under_way}, timeout=idle.total_seconds() or 0.01, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waker.cancel()

    async def _record(self, done: Sequence[tuple[Claimed, asyncio.Task[Outcome]]]) -> None:
        if not done:
            return
        self.point("sent")
        stopped: ChatStopped | None = None
        async with self.store.writing() as tx:
            good = [(claimed, task.result()) for claimed, task in done if task.exception() is None]
            references = [(claimed, outcome.reference) for claimed, outcome in good if isinstance(outcome, Sent)]
            await outbox.sent_all(tx, references, self.clock())
            for claimed, task in done:
                error = task.exception()
                if isinstance(error, ChatStopped):
                    stopped = error
                    await outbox.retry_at(tx, claimed, self.clock(), str(error), doubtful=False)
                elif error is not None:  # one poisoned message must not block the queue behind it
                    log.error("delivery failed", delivery=claimed.outgoing.key, exc_info=error)
                    await outbox.park(tx, claimed, f"the bot failed: {type(error).__name__}", self.clock())
                else:
                    await self._keep(tx, claimed, task.result())
        self.point("recorded")
        if stopped is not None:
            raise stopped

    async def _keep(self, tx: outbox.Tx, claimed: Claimed, outcome: Outcome) -> None:
        now, line = self.clock(), log.bind(delivery=claimed.outgoing.key, room=claimed.outgoing.room)
        match outcome:
            case Sent():
                line.info("delivered", kind=claimed.kind, revision=claimed.revision)
            case Failed(reason=reason, retry_after=wait, doubtful=doubtful):
                failed = claimed.attempts
                if failed >= ATTEMPTS and wait is None:
                    await outbox.park(tx, claimed, reason, now)
                elif now >= expires_at(claimed.lane, claimed.enqueued_at):
                    await outbox.expire(tx, claimed, reason, now)
                else:
                    due = next_attempt(failed, wait, now, random.random())  # noqa: S311 - jitter, no secret
                    await outbox.retry_at(tx, claimed, due, reason, doubtful=doubtful)
                line.warning("delivery failed", reason=reason, doubtful=doubtful, attempts=failed)
            case Refused(reason=reason):
                due = next_attempt(claimed.refusals + 6, None, now, random.random())  # noqa: S311 - jitter, no secret
                await outbox.refuse(tx, claimed, due, reason)
                line.warning("the room refuses", reason=reason, again=due.isoformat())
            case Parked(reason=reason):
                await outbox.park(tx, claimed, reason, now)
                line.error("delivery parked: see `chatbot deliveries list`", reason=reason)
            case Gone(reason=reason):
                await outbox.drop(tx, claimed, reason, now)
                line.info("not said again", reason=reason)

    async def _finish(self, under_way: dict[asyncio.Task[Outcome], Claimed]) -> None:
        """Give what is under way a moment to end and record it; what does not is doubtful at the next start."""
        if under_way:
            await asyncio.wait(under_way, timeout=2)
            done = [(claimed, task) for task, claimed in under_way.items() if task.done() and not task.cancelled()]
            for task in under_way:
                task.cancel()
            await self._record(done)
