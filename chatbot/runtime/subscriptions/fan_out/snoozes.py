"""“Remind me tomorrow”: an alert is said once more when that is due, if it still concerns its person."""

import asyncio
from dataclasses import dataclass

import structlog

from chatbot.core.subscriptions.alerts import Situation
from chatbot.ports import Clock
from chatbot.runtime.subscriptions.fan_out.audience import OfAdvisory, planned_message
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.runtime.subscriptions.fan_out.projects import Audiences
from chatbot.store import outbox
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.subscriptions import alerts, mutes, snoozes, subscribers
from chatbot.store.subscriptions.alerts import AlertPosts
from chatbot.store.subscriptions.snoozes import Snooze
from chatbot.store.subscriptions.subscribers import Subscriber

log = structlog.get_logger(__name__)

MANY = 100  # in one look
IDLE = 300.0  # seconds after which the loop looks without being woken
AFTER_TROUBLE = 5.0  # seconds


@dataclass(slots=True)
class Snoozes:
    """Says what is due."""

    store: Store
    clock: Clock
    audiences: Audiences
    members: Members

    async def run(self) -> None:
        """Work until cancelled."""
        waker = self.store.waker(snoozes.WAKER)
        while True:
            waker.clear()
            try:
                await self.drain()
                async with self.store.reading() as tx:
                    due = await snoozes.next_due(tx)
            except StoreUnavailable as full:
                log.error("reminders wait for the database", reason=str(full))  # noqa: TRY400 - its sentence says all
                await asyncio.sleep(AFTER_TROUBLE)
                continue
            seconds = IDLE if due is None else min(max((due - self.clock()).total_seconds(), 0.1), IDLE)
            try:
                async with asyncio.timeout(seconds):
                    await waker.wait()
            except TimeoutError:
                continue

    async def drain(self) -> None:
        """Say all that is due now; one that cannot be said is given up, and the others have their turn."""
        while True:
            async with self.store.reading() as tx:
                due = await snoozes.due(tx, self.clock(), MANY)
            if not due:
                return
            for snooze in due:
                try:
                    await self._say(snooze)
                except StoreUnavailable:
                    raise
                except Exception:
                    log.exception("a reminder failed; it is not sent", project=snooze.project, advisory=snooze.advisory)
                    async with self.store.writing() as tx:
                        await snoozes.remove(tx, snooze.person, snooze.project, snooze.advisory)

    async def _say(self, snooze: Snooze) -> None:
        """Say it as it stands today, if it still concerns them and they have not reacted meanwhile."""
        audience, subscriber = await self._subscriber(snooze)
        async with self.store.writing(snooze.project) as tx:
            if snooze not in await snoozes.of(tx, snooze.person):
                return
            await snoozes.remove(tx, snooze.person, snooze.project, snooze.advisory)
            if audience is None or subscriber is None:
                return
            ids = audience.advisory.ids
            posts = await alerts.posted(tx, snooze.project, snooze.advisory, [subscriber.dm], aliases=ids)
            post = posts.get(subscriber.dm, AlertPosts())
            muted = await mutes.who(tx, snooze.project, ids, [snooze.person])
            situation = Situation(
                subscriptions=subscriber.subscriptions, posted=post.alert, replies=post.replies, muted=bool(muted)
            )
            reminder = audience.alerting.remind(situation)
            if reminder is not None:
                planned = planned_message(snooze.project, reminder, [subscriber.dm])
                await outbox.add(tx, [planned], self.clock())

    async def _subscriber(self, snooze: Snooze) -> tuple[OfAdvisory | None, Subscriber | None]:
        """What it is about, and its person as far as they may still know of it; None where there is nothing or nobody."""
        project = self.audiences.registry().project(snooze.project)
        if project is None:
            return None, None
        async with self.store.reading() as tx:
            loaded = await self.audiences.snapshot(tx, project, since=snooze.due)
            audience = await self.audiences.advisory(tx, loaded, loaded.names.get(snooze.advisory, snooze.advisory))
            them = await subscribers.one(tx, snooze.project, snooze.person)
        permission = self.members.all_of(snooze.project, them)
        if permission is None:
            self.members.forget()
            permission = await self.members.ask(snooze.project, them)
        return audience, next(iter(permission.subscribers), None)
