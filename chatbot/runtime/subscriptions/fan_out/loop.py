"""News → subscribers, in slices: each is one short transaction with its cursor, so that a kill loses nothing and repeats nothing.

Rooms come first: their deliveries are written by the transaction that brought the news. While one slice is written the next is
read and computed; a slice beside which somebody changed what they want is prepared again.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.subscriptions.reasons import tags_advised
from chatbot.ports import Clock
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.subscriptions.fan_out.ahead import ReadAhead
from chatbot.runtime.subscriptions.fan_out.audience import Alike, Audience, Messages, planned_message
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.runtime.subscriptions.fan_out.memory import seldom_collected
from chatbot.runtime.subscriptions.fan_out.projects import Audiences
from chatbot.runtime.subscriptions.fan_out.registry import Configuration, Registry
from chatbot.runtime.subscriptions.fan_out.snoozes import Snoozes
from chatbot.store import outbox
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.subscriptions import changes, fan_outs, subscribers, subscriptions
from chatbot.store.subscriptions.fan_outs import FanOut, FanOutKey
from chatbot.store.subscriptions.subscribers import Subscriber

log = structlog.get_logger(__name__)

SLICE = timedelta(milliseconds=40)  # what writing one should take: nobody else may write meanwhile
SMALLEST, LARGEST = 500, 2_500  # people in one
BEGIN = 1_000  # people in the first one
COPIED_TOGETHER = 4_000  # people: a third of what SQLite's log may hold before a commit must copy it
IDLE = 60.0  # seconds after which the loop looks without being woken
AFTER_TROUBLE = 5.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some people one after the other, and what each gets.

    stamp: of what people had changed when it was prepared
    addressed: the same with the rows of each DM, computed before others wait for the transaction
    alike: its DMs, by what their messages depend on
    lost_ids: subscriptions of people who may not know of the project any more
    unsure: people of whom nobody can tell whether they may
    last: the DM of the last of them; empty where there are no more
    most_urgent: of all fan-outs, which one is to be worked off first
    """

    stamp: str
    planned: Sequence[PlannedMessage]
    addressed: Sequence[outbox.Addressed]
    alike: Sequence[Alike]
    lost_ids: Sequence[int]
    unsure: Sequence[RoomAddress]
    last: str
    size: int
    most_urgent: FanOutKey | None


@dataclass(slots=True)
class FanOuts:
    """Works off what is open, one fan-out after the other."""

    store: Store
    clock: Clock
    audiences: Audiences
    members: Members
    failpoint: Callable[[str], None]
    snoozes: Snoozes
    monotonic: Callable[[], float] = time.monotonic
    last_slice: float = 0.0  # seconds for which its transaction kept others waiting
    _size: int = BEGIN
    _not_copied: int = 0  # people since SQLite's log was last copied back
    _advised: frozenset[str] = frozenset()  # tags that are noted as recommended by the fan-out that is under way
    _ahead: ReadAhead = field(default_factory=ReadAhead)
    _computed: dict[Hashable, Messages] = field(default_factory=dict)  # of the fan-out that is under way

    async def run(self) -> None:
        """Work until cancelled; whatever one fan-out does wrong, the others come."""
        waker = self.store.waker(fan_outs.WAKER)
        while True:
            waker.clear()
            try:
                await self.drain()
            except StoreUnavailable as full:
                log.error("alerts wait for the database", reason=str(full))  # noqa: TRY400 - its sentence says all
                await asyncio.sleep(AFTER_TROUBLE)
                continue
            except Exception:  # one that fails must not keep the others from going on
                log.exception("a fan-out failed; trying again")
                await asyncio.sleep(AFTER_TROUBLE)
                continue
            try:
                async with asyncio.timeout(IDLE):
                    await waker.wait()
            except TimeoutError:
                continue

    async def drain(self) -> None:
        """Work until nothing is open any more but what failed: that waits for the next time, and holds up no other."""
        failed: set[FanOutKey] = set()
        while (fan_out := await self._first(failed)) is not None:
            if self.audiences.registry().project(fan_out.project) is None:
                failed.add(fan_out.key)  # a reload may bring the project back
                continue
            try:
                with seldom_collected():
                    await self._go_through(fan_out)
            except StoreUnavailable:
                raise
            except Exception:  # one that fails must not keep the others from going on
                log.exception("a fan-out failed; trying again later", project=fan_out.project, news=fan_out.name)
                failed.add(fan_out.key)

    async def _first(self, failed: Collection[FanOutKey] = ()) -> FanOut | None:
        async with self.store.reading() as tx:
            return await fan_outs.first(tx, self.clock(), failed)

    async def _go_through(self, fan_out: FanOut) -> None:
        """Until everybody was gone through, something more urgent came, or the news changed."""
        self._computed.clear()
        self._advised = frozenset()
        self.members.forget()
        began, messages = self.monotonic(), 0
        audience = await self.audiences.of(fan_out)
        if audience is None:  # nothing is known of it any more
            async with self.store.writing(fan_out.project) as tx:
                await fan_outs.finish(tx, fan_out)
            return
        ready = await self._prepare(audience, fan_out.person, fan_out.after)
        while True:
            following = None
            if ready.last:
                following = asyncio.create_task(self._prepare(audience, fan_out.person, ready.last))
            try:
                advanced = await self._write(audience, fan_out, ready)
            except BaseException:
                if following is not None:
                    following.cancel()
                    await asyncio.wait({following})
                raise
            self.failpoint("slice committed")
            prepared = await following if following is not None else None
            await self._copy_back(ready.size, at_once=prepared is None)
            if advanced is None:  # the news changed, or somebody their mind: begin again from what is stored
                return
            messages += sum(len(each.revisions) for each in ready.planned)
            if prepared is None:
                break
            fan_out, ready = advanced, prepared
            if prepared.most_urgent not in (None, fan_out.key):
                return
        if fan_out.person and not messages:  # somebody who is tried again and again
            return
        seconds = round(self.monotonic() - began, 1)
        log.info(
            "subscribers were gone through",
            project=fan_out.project,
            news=fan_out.name,
            messages=messages,
            seconds=seconds,
        )

    # ---- reading and computing, beside everybody else ---------------------------------------------------------------------

    async def _prepare(self, audience: Audience, person: str, after: str) -> Slice:
        """The next people behind `after` and what they get; or the one person that a fan-out is for."""
        async with self.store.reading() as tx:
            stamp = await changes.count(tx)
            if person:
                them: Sequence[Subscriber] = await subscribers.one(tx, audience.project, RoomAddress(person))
                more = False
            else:
                them, more = await self._ahead.after(tx, audience.project, after, self._size, stamp)
            most_urgent = await fan_outs.first(tx, self.clock())
            permission = self.members.all_of(audience.project, them)
            alike = await audience.look(tx, them) if permission is not None else []
        if permission is None:
            permission = await self.members.ask(audience.project, them)
            async with self.store.reading() as tx:
                alike = await audience.look(tx, permission.subscribers)
        planned = await asyncio.to_thread(self._planned, audience.project, alike)
        return Slice(
            stamp=stamp,
            planned=planned,
            addressed=await asyncio.to_thread(lambda: list(map(outbox.address, planned))),
            alike=alike,
            lost_ids=permission.lost_ids,
            unsure=permission.unsure,
            last=them[-1].dm if more else "",
            size=len(them),
            most_urgent=most_urgent.key if most_urgent is not None else None,
        )

    def _planned(self, project: ProjectId, alike: Sequence[Alike]) -> list[PlannedMessage]:
        """One planned message for all DMs that get the same: edits and replies after first messages."""
        for each in alike:
            if each.key not in self._computed:
                self._computed[each.key] = each.work()
        planned = [
            planned_message(project, message, each.dms) for each in alike for message in self._computed[each.key]
        ]
        return sorted(planned, key=lambda each: each.kind != "new")

    # ---- writing ----------------------------------------------------------------------------------------------------------

    async def _write(self, audience: Audience, fan_out: FanOut, ready: Slice) -> FanOut | None:
        """Enqueue a slice; return the fan-out as it stands then, None where the slice does not hold any more."""
        async with self.store.writing(fan_out.project) as tx:
            began = self.monotonic()
            if not await fan_outs.still(tx, fan_out) or await changes.count(tx, lock=True) != ready.stamp:
                return None
            await outbox.add_addressed(tx, ready.addressed, self.clock())
            await audience.note(tx, ready.alike)
            if ready.lost_ids:
                await subscriptions.remove(tx, ready.lost_ids)
            tags = frozenset[str]().union(*(tags_advised(each.notified_for) for each in ready.planned))
            if not tags <= self._advised:
                await fan_outs.advise(tx, fan_out, tags)
                tx.committed.append(lambda: self._note_advised(tags))
            advanced = fan_out
            if ready.last:
                advanced = await fan_outs.advance(tx, fan_out, RoomAddress(ready.last))
            else:
                await fan_outs.finish(tx, fan_out)
            if ready.unsure:
                await fan_outs.put_off(tx, fan_out, ready.unsure, self.clock())
            self.failpoint("before slice commit")
        self.last_slice = self.monotonic() - began
        self._adapt(ready)
        return advanced

    def _note_advised(self, tags: frozenset[str]) -> None:
        self._advised |= tags

    async def _copy_back(self, size: int, *, at_once: bool) -> None:
        """Now and then, so that a page that many slices change is copied once."""
        self._not_copied += size
        if at_once or self._not_copied >= COPIED_TOGETHER:
            self._not_copied = 0
            await self.store.copy_back()

    def _adapt(self, ready: Slice) -> None:
        """The next slices are of a size that takes as long as one should: smaller at once, larger step by step."""
        if ready.planned and ready.size:
            fitting = ready.size * SLICE.total_seconds() / max(self.last_slice, 0.001)
            self._size = round(min(max(min(fitting, (self._size + fitting) / 2), SMALLEST), LARGEST))


def fan_outs_of(
    store: Store,
    clock: Clock,
    reader: PolicyReader,
    settle: timedelta,
    failpoint: Callable[[str], None],
    configuration: Callable[[], Configuration],
) -> FanOuts:
    """The fan-outs of a store. `configuration` gives the projects and rooms as they are at each moment."""
    registry = lambda: Registry(configuration())  # noqa: E731 - one line says it
    audiences = Audiences(store=store, clock=clock, reader=reader, registry=registry, settle=settle)
    members = Members(registry)
    return FanOuts(store, clock, audiences, members, failpoint, Snoozes(store, clock, audiences, members))
