"""“Remind me tomorrow”: an alert is said once more when that is due, if it still concerns its person."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from chatbot.core.model.watches import Project
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
AGAIN = timedelta(minutes=15)  # after which one is tried again, where nobody could tell whether it may be said


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
        project = self.audiences.registry().project(snooze.project)
        if project is None:  # a reload may bring it back
            await self._put_off(snooze)
            return
        audience, subscriber, is_sure = await self._subscriber(snooze, project)
        if not is_sure:
            await self._put_off(snooze)
            return
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

    async def _put_off(self, snooze: Snooze) -> None:
        """Nobody can tell at the moment whether it may be said: try again later."""
        async with self.store.writing() as tx:
            if snooze in await snoozes.of(tx, snooze.person):
                due = self.clock() + AGAIN
                await snoozes.put(tx, snooze.person, snooze.project, snooze.advisory, due)

    async def _subscriber(self, snooze: Snooze, project: Project) -> tuple[OfAdvisory | None, Subscriber | None, bool]:
        """What it is about, its person as far as they may still know of it (None where there is nothing or nobody), and whether
        that is sure."""
        async with self.store.reading() as tx:
            loaded = await self.audiences.snapshot(tx, project)
            audience = await self.audiences.advisory(tx, loaded, loaded.names.get(snooze.advisory, snooze.advisory))
            them = await subscribers.one(tx, snooze.project, snooze.person)
        permission = self.members.all_of(snooze.project, them)
        if permission is None:
            self.members.forget()
            permission = await self.members.ask(snooze.project, them)
        stored = [each.id for person in them for each in person.stored]
        able = [each.id for person in permission.subscribers for each in person.stored]
        is_sure = bool(able) or len(permission.lost_ids) == len(stored)
        return audience, next(iter(permission.subscribers), None), is_sure
