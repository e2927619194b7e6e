"""Outbox → chat. At least once; the idempotency key lets the chat drop a repeat, and a doubtful one is looked for first."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from chatbot.core.delivery import LAST, Lane
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.ports import Chat, ChatStopped, Clock
from chatbot.runtime.delivery.attempt import Sender, Sent
from chatbot.runtime.delivery.in_flight import AT_ONCE, InFlight, Result
from chatbot.runtime.delivery.outage import Clockwork, Outage
from chatbot.runtime.delivery.record import Recorder
from chatbot.runtime.delivery.room_recovery import RoomRecovery
from chatbot.store import outbox
from chatbot.store.database.db import Store, StoreUnavailable, Tx
from chatbot.store.outbox import Claimed, backoff

log = structlog.get_logger(__name__)

IDLE = timedelta(seconds=30)  # how long to sleep at most when nothing is due
LAST_MOMENT = 2.0  # seconds for what is under way when sending ends
RECORDING = 5.0  # seconds for writing down what became of it then
Failpoint = Callable[[str], None]  # called at the named points where a test may end the process


def _go_on(_failpoint: str) -> None:
    """Do nothing at a named point."""


def _nobody(_project: ProjectId) -> RoomAddress:
    return NOWHERE


def _always() -> bool:
    return True


@dataclass(slots=True)
class Delivery:
    """The loop that sends for one chat.

    maintainers_room: gives that of a project, or an empty string
    ours: whether this process may still send for the account
    recovery: folds what waited for a room that takes messages again; without it each message is sent
    """

    chat: Chat
    store: Store
    clock: Clock
    failpoint: Failpoint = _go_on
    maintainers_room: Callable[[ProjectId], RoomAddress] = _nobody
    ours: Callable[[], bool] = _always
    recovery: RoomRecovery | None = None
    idle: timedelta = IDLE
    _in_flight: InFlight = field(default_factory=InFlight, init=False)
    _results: list[tuple[Claimed, Result]] = field(default_factory=list, init=False)  # what is not written down yet
    _outage: Outage = field(default_factory=Outage, init=False)
    _clockwork: Clockwork = field(default_factory=Clockwork, init=False)

    async def run(self) -> None:
        """Send until cancelled. Raises ChatStopped when the account is refused."""
        await self.chat.ready()
        await self.recover()
        try:
            while True:
                self.store.waker(self.chat.name).clear()
                await self._turn(*self._in_flight.room(_steady()))
                await self._pause()
                self._results += self._in_flight.take()
        finally:
            await self._finish()

    async def recover(self) -> None:
        """What a process before us was sending may be in its room or not; what became of our own attempts is written first."""
        await self._recorder.prepare(self._results)
        async with self.store.writing() as tx:
            stopped = await self._recorder.record(tx, self._results)
            await outbox.recover(tx, self.chat.name, self.clock())
        self._results.clear()
        if stopped is not None:
            raise stopped

    async def drain(self) -> None:
        """Send what is due now, and return when nothing more is: for one-shot runs and tests."""
        await self._turn(AT_ONCE)
        while self._in_flight:
            await self._in_flight.end(within=3600)
            self._results += self._in_flight.take()
            await self._turn(AT_ONCE)

    async def _turn(self, many: int, lowest: Lane = LAST) -> None:
        """Write down what has ended and take what is due, in one transaction. An account that is refused takes no more."""
        refused = any(isinstance(result, ChatStopped) for _, result in self._results)
        many = many if self.ours() and not refused else 0
        if not self._results and not many:
            return
        await self._recorder.prepare(self._results)
        async with self.store.writing() as tx:
            stopped = await self._recorder.record(tx, self._results)
            await self._look_at_the_time(tx)
            claimed = await outbox.claim(tx, self.chat.name, self.clock(), many, lowest) if many else []
            if self._results:
                self.failpoint("before mark")
        if self._results:
            self._results.clear()
            self.failpoint("recorded")
        if stopped is not None:
            raise stopped
        if claimed:
            self.failpoint("claimed")
        for item in claimed:
            self._in_flight.begin(item, self._sender.attempt, _steady())

    async def _look_at_the_time(self, tx: Tx) -> None:
        """Let nothing wait for an hour that was given by a clock ahead of this one."""
        if by := self._clockwork.set_back(self.clock(), _steady()):
            log.warning("the system clock was set back; waiting deliveries are due now", chat=self.chat.name)
            await backoff.clamp_future_times(tx, self.chat.name, self.clock(), by)

    async def _pause(self) -> None:
        """Sleep until something is due, ends, or is told."""
        now = _steady()  # of both: what is quick at one moment may be slow at the next
        (many, lowest), slower = self._in_flight.room(now), self._in_flight.slower_in(now)
        async with self.store.reading() as tx:
            due = await outbox.next_due(tx, self.chat.name, lowest)
        idle = self.idle if due is None else max(timedelta(), min(self.idle, due - self.clock()))
        seconds = (self.idle if not many else idle).total_seconds() or 0.01
        waker = asyncio.create_task(self.store.waker(self.chat.name).wait())
        try:
            await self._in_flight.wait(seconds if slower is None or many else min(seconds, slower), waker)
        finally:
            waker.cancel()

    async def _finish(self) -> None:
        """Give what is under way a moment to end, and write down what became of it; where that cannot be, it is known still
        if we begin again, and looked for by whoever else does."""
        try:
            await self._in_flight.end(within=LAST_MOMENT)
        finally:
            self._results += self._in_flight.take()
        count = sum(isinstance(result, Sent) for _, result in self._results)
        try:
            async with asyncio.timeout(RECORDING):
                await self._turn(0)
        except ChatStopped:
            log.debug("the account is refused", chat=self.chat.name)  # whoever runs us has heard so
        except (StoreUnavailable, TimeoutError) as full:
            log.error("sent messages could not be recorded; a retry looks for them", sent=count, reason=str(full))  # noqa: TRY400 - its sentence says all
        except Exception:  # a fault while we end must not hide why we end
            log.exception("sent messages could not be recorded; a retry looks for them", sent=count)

    @property
    def _sender(self) -> Sender:
        return Sender(chat=self.chat, clock=self.clock, ours=self.ours, failpoint=self.failpoint)

    @property
    def _recorder(self) -> Recorder:
        return Recorder(
            self.chat.name, self.clock, self.maintainers_room, self.recovery, self._outage, self.chat.room_name
        )


def _steady() -> float:
    return asyncio.get_running_loop().time()
