"""Whether the bot is healthy: each source and chat, and the age of what waits; while it is, a dead man's switch is pinged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.ports import Clock, SourceRefused, SourceUnavailable
from chatbot.store import outbox
from chatbot.store.database.db import Store, StoreUnavailable, Tx
from chatbot.store.knowledge import source_states

log = structlog.get_logger(__name__)

STALE = timedelta(hours=1)  # a source that was not read for so long; the slowest is asked every half hour
OVERDUE = timedelta(minutes=15)  # what is due to be sent for so long is not being sent
EVERY = 60.0  # seconds between two pings


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatState:
    """`overdue`: for how long a message has waited that only the chat keeps from being sent, while nothing else was sent
    either. `stopped` says what an operator must fix."""

    name: str
    stopped: str
    oldest_pending: timedelta | None
    overdue: timedelta

    @property
    def wrong(self) -> str:
        if self.stopped:
            return f"{self.name} is stopped: {self.stopped}"
        if self.overdue > OVERDUE:
            return f"{self.name} accepts no messages: the oldest has been waiting for {_minutes(self.overdue)}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """`age` is that of the last successful poll; None before the first one."""

    name: str
    age: timedelta | None
    trouble: str

    @property
    def wrong(self) -> str:
        if self.age is None:
            return f"{self.name} was never read: {self.trouble}" if self.trouble else ""
        if self.age > STALE:
            return f"{self.name} was last read {_minutes(self.age)} ago: {self.trouble or 'no poller is running'}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All of it at one moment. `store` is what is wrong with the store; the rest is empty then."""

    chats: Sequence[ChatState] = ()
    sources: Sequence[SourceState] = ()
    store: str = ""

    @property
    def wrong(self) -> list[str]:
        """What is unhealthy, a sentence each; nothing where all is fine."""
        problems = [self.store, *(each.wrong for each in self.chats), *(each.wrong for each in self.sources)]
        return [sentence for sentence in problems if sentence]


@dataclass(slots=True)
class Health:
    """Looks at the whole bot. `stopped` gives for each chat of this process why it is stopped, or an empty string; `polled`
    are the times of polls that are not written down yet. `ping` tells the outside."""

    store: Store
    clock: Clock
    projects: Callable[[], Sequence[Project]]
    stopped: Callable[[], Mapping[str, str]]
    polled: Callable[[], Mapping[tuple[ProjectId, str], datetime]]
    ping: Callable[[], Awaitable[None]]
    _reported: list[str] = field(default_factory=list)
    _store_failures: int = 0  # writing transactions that had failed by the last beat

    async def look(self) -> State:
        """The state of this moment; a store that does not answer is part of it."""
        now = self.clock()
        chats, problems = [], []
        try:
            async with self.store.reading() as tx:
                for name, reason in self.stopped().items():
                    oldest = await outbox.oldest_pending(tx, name)
                    age = None if oldest is None else now - oldest
                    overdue = await self._overdue(tx, name, now)
                    chats.append(ChatState(name=name, stopped=reason, oldest_pending=age, overdue=overdue))
                for project in self.projects():
                    for each in await source_states.of_project(tx, project.id):
                        times = [at for at in (each.read_at, self.polled().get((project.id, each.name))) if at]
                        age = now - max(times) if times else None
                        problems.append(SourceState(name=each.name, age=age, trouble=each.trouble))
        except StoreUnavailable as error:
            return State(store=str(error))
        return State(chats=tuple(chats), sources=tuple(problems), store=self._store())

    async def _overdue(self, tx: Tx, chat: str, now: datetime) -> timedelta:
        """A long backlog that moves is healthy; so is a message that waits for its own time."""
        stuck = await outbox.oldest_stuck(tx, chat, now)
        if stuck is None or now - stuck <= OVERDUE:
            return timedelta()
        last_sent_at = await outbox.last_sent(tx, chat)
        return now - stuck if last_sent_at is None else min(now - stuck, now - last_sent_at)

    def _store(self) -> str:
        """Why nothing could be written lately, where reading still works: a disk that is full, a file that is read-only."""
        return self.store.trouble if self.store.failures > self._store_failures else ""

    async def unready(self) -> list[str]:
        """What keeps the bot from its work: the database and the chats. Sources do not count: they recover on their own."""
        state = await self.look()
        self._store_failures = self.store.failures
        return [sentence for sentence in (state.store, *(chat.wrong for chat in state.chats)) if sentence]

    async def beat(self) -> None:
        """Tell the outside that all is well; where it is not, log once what is wrong, and send no ping."""
        wrong = (await self.look()).wrong
        self._store_failures = self.store.failures
        for sentence in wrong:
            if sentence.partition(":")[0] not in self._reported:
                log.error("unhealthy", reason=sentence)
        if self._reported and not wrong:
            log.info("healthy again")
        self._reported = [sentence.partition(":")[0] for sentence in wrong]
        if not wrong:
            with suppress(SourceUnavailable, SourceRefused):  # whoever waits for it will notice
                await self.ping()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)  # at the start everything is as old as the last end
            await self.beat()


def _minutes(age: timedelta) -> str:
    return f"{age.total_seconds() // 60:.0f} minutes"
