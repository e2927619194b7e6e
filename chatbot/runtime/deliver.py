"""Outbox → chat. At least once; the idempotency key lets the chat drop a repeat, and a doubtful one is looked for first."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from chatbot.core.delivery import expires_at, next_attempt
from chatbot.ports import Chat, ChatStopped, Clock
from chatbot.runtime import notices
from chatbot.runtime.attempt import Failed, Gone, Outcome, Parked, Refused, Sender, Sent
from chatbot.store import outbox
from chatbot.store.db import Store, StoreUnavailable
from chatbot.store.outbox import Claimed

log = structlog.get_logger(__name__)

AT_ONCE = 16  # attempts under way in one chat; the chat's own pacer says how fast
ATTEMPTS = 12  # a message that still fails then, while others get through, is parked for a person
LATELY = timedelta(hours=1)  # the longest wait between two attempts: by then some message was sent if the chat works
IDLE = timedelta(seconds=30)  # how long to sleep at most when nothing is due
Point = Callable[[str], None]  # called at the named points where a test may end the process


def _nobody(_project: str) -> str:
    return ""


def _always() -> bool:
    return True


async def _as_it_was(_tx: outbox.Tx, _room: str) -> None:
    """Say what waited one by one."""


@dataclass(slots=True)
class Delivery:
    """The loop that sends for one chat. `maintainers_room` gives that of a project, or an empty string; `ours` says whether
    this process may still send for the account; `back` folds what waited for a room that takes messages again."""

    chat: Chat
    store: Store
    clock: Clock
    point: Point
    maintainers_room: Callable[[str], str] = _nobody
    ours: Callable[[], bool] = _always
    back: Callable[[outbox.Tx, str], Awaitable[None]] = _as_it_was
    idle: timedelta = IDLE
    _worked_at: datetime | None = field(default=None, init=False)  # when a message last got through

    @property
    def _sender(self) -> Sender:
        return Sender(chat=self.chat, clock=self.clock, ours=self.ours, point=self.point)

    async def run(self) -> None:
        """Send until cancelled. Raises ChatStopped when the account is refused."""
        await self.chat.ready()
        await self.recover()
        under_way: dict[asyncio.Task[Outcome], Claimed] = {}
        try:
            while True:
                self.store.waker(self.chat.name).clear()
                for claimed in await self._claim(AT_ONCE - len(under_way)):
                    under_way[asyncio.create_task(self._sender.attempt(claimed))] = claimed
                await self._pause(under_way)
                await self._record([(under_way.pop(task), task) for task in list(under_way) if task.done()])
        finally:
            await self._finish(under_way)

    async def recover(self) -> None:
        """What a process before us was sending may be in its room or not."""
        async with self.store.writing() as tx:
            await outbox.recover(tx, self.chat.name, self.clock())

    async def drain(self) -> None:
        """Send what is due now, and return when nothing more is: for one-shot runs and tests."""
        while claimed := await self._claim(AT_ONCE):
            tasks = [(item, asyncio.create_task(self._sender.attempt(item))) for item in claimed]
            await asyncio.wait([task for _, task in tasks])
            await self._record(tasks)

    async def _claim(self, free: int) -> Sequence[Claimed]:
        if free <= 0 or not self.ours():
            return ()
        async with self.store.writing() as tx:
            claimed = await outbox.claim(tx, self.chat.name, self.clock(), free)
        if claimed:
            self.point("claimed")
        return claimed

    async def _pause(self, under_way: dict[asyncio.Task[Outcome], Claimed]) -> None:
        async with self.store.reading() as tx:
            due = await outbox.next_due(tx, self.chat.name)
        idle = self.idle if due is None else max(timedelta(), min(self.idle, due - self.clock()))
        if len(under_way) >= AT_ONCE:
            idle = self.idle
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
        stopped: ChatStopped | None = None
        async with self.store.writing() as tx:
            good = [(claimed, task.result()) for claimed, task in done if task.exception() is None]
            references = [(claimed, outcome.reference) for claimed, outcome in good if isinstance(outcome, Sent)]
            await outbox.sent_all(tx, references, self.clock())
            if references:
                self._worked_at = self.clock()
            for room in sorted({claimed.outgoing.room for claimed, _ in references if claimed.refusals}):
                await self.back(tx, room)
            for claimed, task in done:
                error = task.exception()
                if isinstance(error, ChatStopped):
                    stopped = error
                    await outbox.retry_at(tx, claimed, self.clock(), str(error), doubtful=False)
                elif error is not None:  # one poisoned message must not block the queue behind it
                    log.error("delivery failed", delivery=claimed.outgoing.key, exc_info=error)
                    await self._keep(tx, claimed, Parked(f"the bot failed: {type(error).__name__}"))
                else:
                    await self._keep(tx, claimed, task.result())
            self.point("before mark")
        self.point("recorded")
        if stopped is not None:
            raise stopped

    async def _keep(self, tx: outbox.Tx, claimed: Claimed, outcome: Outcome) -> None:
        now, line = self.clock(), log.bind(delivery=claimed.outgoing.key, room=claimed.outgoing.room)
        match outcome:
            case Sent():
                line.info("delivered", kind=claimed.kind, revision=claimed.revision)
            case Failed():
                await self._failed(tx, claimed, outcome)
                line.warning("delivery failed", reason=outcome.reason, attempts=claimed.attempts)
            case Refused(reason=reason):
                due = next_attempt(claimed.refusals + 6, None, now, random.random())  # noqa: S311 - jitter, no secret
                await outbox.refuse(tx, claimed, due, reason)
                if not claimed.refusals:
                    await notices.refused(tx, self._told(claimed), claimed, reason, now)
                line.warning("the room refuses", reason=reason, again=due.isoformat())
            case Parked(reason=reason):
                await outbox.park(tx, claimed, reason, now)
                await notices.parked(tx, self._told(claimed), claimed, reason, now)
                line.error("delivery parked: see `chatbot deliveries list`", reason=reason)
            case Gone(reason=reason):
                await outbox.drop(tx, claimed, reason, now)
                line.info("not said again", reason=reason)

    async def _failed(self, tx: outbox.Tx, claimed: Claimed, outcome: Failed) -> None:
        """Try again later, unless it is too old by now or fails while other messages get through."""
        now = self.clock()
        others_pass = self._worked_at is not None and now - self._worked_at < LATELY
        if now >= expires_at(claimed.lane, claimed.enqueued_at):
            await outbox.expire(tx, claimed, outcome.reason, now)
            if not claimed.answer:
                await notices.given_up(tx, self._told(claimed), claimed, outcome.reason, now)
        elif claimed.attempts >= ATTEMPTS and outcome.counted and outcome.retry_after is None and others_pass:
            await self._keep(tx, claimed, Parked(outcome.reason))
        else:
            due = next_attempt(claimed.attempts, outcome.retry_after, now, random.random())  # noqa: S311 - jitter, no secret
            await outbox.retry_at(tx, claimed, due, outcome.reason, doubtful=outcome.doubtful)

    def _told(self, claimed: Claimed) -> str:
        return self.maintainers_room(claimed.project) if claimed.project else ""

    async def _finish(self, under_way: dict[asyncio.Task[Outcome], Claimed]) -> None:
        """Give what is under way a moment to end and record it; what does not is doubtful at the next start."""
        if not under_way:
            return
        await asyncio.wait(under_way, timeout=2)
        done = [(claimed, task) for task, claimed in under_way.items() if task.done() and not task.cancelled()]
        for task in under_way:
            task.cancel()
        try:
            await self._record(done)
        except StoreUnavailable as full:
            log.error("what was sent could not be recorded and is looked for later", reason=str(full))  # noqa: TRY400 - its sentence says all
