"""“Remind me tomorrow”: an alert is said once more when that is due, if it still concerns its person."""

import asyncio
from dataclasses import dataclass, replace

import structlog

from chatbot.core.announce.messages import PlannedMessage, short_hash
from chatbot.core.model.ids import SubjectId
from chatbot.core.subscriptions.alerts import PersonalMessage, Situation
from chatbot.ports import Clock
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.runtime.subscriptions.fan_out.projects import Audiences
from chatbot.store import outbox
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.subscriptions import alerts, mutes, people, snoozes, subscriptions
from chatbot.store.subscriptions.snoozes import Snooze

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
                    log.exception("a reminder failed; it is not said", project=snooze.project, advisory=snooze.advisory)
                    async with self.store.writing() as tx:
                        await snoozes.remove(tx, snooze.person, snooze.project, snooze.advisory)

    async def _say(self, snooze: Snooze) -> None:
        message = await self._message(snooze)
        async with self.store.writing(snooze.project) as tx:
            if snooze not in await snoozes.of(tx, snooze.person):
                return  # they reacted meanwhile
            await snoozes.remove(tx, snooze.person, snooze.project, snooze.advisory)
            dms = await people.dms(tx, [snooze.person])
            if message is None or snooze.person not in dms:
                return
            dm = dms[snooze.person]
            posts = await alerts.posted(tx, snooze.project, snooze.advisory, [dm])
            before = posts[dm].alert if dm in posts else None
            name = short_hash(snooze.advisory, snooze.due.isoformat())
            reminder = PlannedMessage(
                project=snooze.project,
                subject=str(SubjectId("reminder", snooze.project, name)),
                kind="reply" if before is not None else "new",
                message=message.message,
                lane=message.lane,
                revisions={dm: 1},
                parent=before.subject if before is not None else "",
            )
            await outbox.add(tx, [reminder], self.clock())

    async def _message(self, snooze: Snooze) -> PersonalMessage | None:
        """The alert as it would be given today; None where it does not concern them any more."""
        project = self.audiences.registry().project(snooze.project)
        if project is None:
            return None
        async with self.store.reading() as tx:
            loaded = await self.audiences.snapshot(tx, project, since=snooze.due)
            name = loaded.names.get(snooze.advisory, snooze.advisory)
            audience = await self.audiences.advisory(tx, loaded, name)
            subscribers = await subscriptions.one(tx, snooze.project, snooze.person)
            is_muted = await mutes.has(tx, snooze.person, snooze.project, snooze.advisory)
        if audience is None or is_muted:
            return None
        permission = self.members.all_of(snooze.project, subscribers)
        if permission is None:
            self.members.forget()
            permission = await self.members.ask(snooze.project, subscribers)
        for subscriber in permission.subscribers:
            for planned in audience.alerting.plan(Situation(subscriptions=subscriber.subscriptions)).messages:
                label = " · ".join(filter(None, ("Reminder", planned.message.label)))
                return replace(planned, message=replace(planned.message, label=label))
        return None
