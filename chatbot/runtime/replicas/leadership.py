"""Which of several replicas does what: leases that a heartbeat keeps, and work that ends before its lease does."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from chatbot.ports import Clock
from chatbot.store import leases
from chatbot.store.database.db import Store, StoreUnavailable

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=20)
BEAT = 5.0  # seconds between heartbeats, and between looks for what is free: a takeover takes 25 s at most
MARGIN = 5.0  # seconds before a lease ends in which nothing is begun, and what is under way is ended
LAST_MOMENT = 3.0  # seconds for giving the leases back


def boot_clock() -> float:
    """Seconds that go on while the process or the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class Leadership:
    """One replica's leases. `holder` names the replica. What counts is our own monotonic clock, from before each heartbeat
    was sent: it runs out before the database's does."""

    store: Store
    holder: str
    clock: Clock
    monotonic: Callable[[], float] = boot_clock
    lease: timedelta = LEASE
    beat: float = BEAT
    margin: float = MARGIN
    _claims: Counter[str] = field(default_factory=Counter)
    _until: dict[str, float] = field(default_factory=dict)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def remaining(self, name: str) -> float:
        """For how many seconds work may still go on under this lease; negative where it is not ours."""
        return self._until.get(name, float("-inf")) - self.margin - self.monotonic()

    def ours(self, name: str) -> bool:
        """Whether something may be begun under this lease at this very moment."""
        return self.remaining(name) > 0

    async def run(self) -> None:
        """Keep what is ours and take what is free, until cancelled."""
        while True:
            try:
                await self.round()
            except StoreUnavailable as error:
                log.error("leases wait for the database", reason=str(error))  # noqa: TRY400 - its sentence says all
            except TimeoutError:
                log.error("leases wait for the database: it does not answer")  # noqa: TRY400 - there is no more to say
            except Exception:  # whatever it is, a replica that stops asking leads nothing any more
                log.exception("the leases could not be kept")
            self._more.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.beat):
                    await self._more.wait()

    async def round(self) -> None:
        """One heartbeat for all leases of ours, and one look for those we want."""
        asked_at = self.monotonic()
        async with asyncio.timeout(self.lease.total_seconds() / 2), self.store.writing() as tx:
            now = await leases.clock(tx, self.clock())
            names = await leases.beat(tx, self.holder, now, self.lease)
            for name in await leases.free(tx, self._claims.keys() - names, now):
                if await leases.take(tx, name, self.holder, now, self.lease):
                    names.add(name)
            for name in names - self._claims.keys():
                await leases.release(tx, name, self.holder)
            names &= self._claims.keys()
        for name in sorted(names - self._until.keys()):
            log.info("leading", lease=name)
        for name in sorted(self._until.keys() - names):
            log.warning("no longer leading", lease=name)
        self._until = dict.fromkeys(names, asked_at + self.lease.total_seconds())
        async with self._news:
            self._news.notify_all()

    async def hold(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work whenever the lease is ours, and end it before the lease ends. Returns when the work does."""
        self._claims[name] += 1
        self._more.set()
        try:
            while True:
                async with self._news:
                    await self._news.wait_for(partial(self.ours, name))
                if await self._led(name, work):
                    return
        finally:
            self._claims[name] -= 1
            self._claims += Counter()  # forget those that nobody wants any more

    async def _led(self, name: str, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether the work came to its end before the lease was lost; raises what the work raises."""
        doing = asyncio.ensure_future(work())
        try:
            while (seconds := self.remaining(name)) > 0 and not doing.done():
                await asyncio.wait({doing}, timeout=seconds)
        finally:
            finished = doing.done()
            doing.cancel()
            await asyncio.wait({doing})
        if finished:
            doing.result()
        elif not doing.cancelled() and (error := doing.exception()) is not None:
            log.error("work under a lease failed", lease=name, exc_info=error)
        return finished

    async def release(self) -> None:
        """Give everything back at a clean end, so that another replica goes on at once."""
        names, self._until = self._until, {}
        try:
            async with asyncio.timeout(LAST_MOMENT), self.store.writing() as tx:
                for name in names:
                    await leases.release(tx, name, self.holder)
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("leases could not be released; they expire on their own", reason=str(error))
