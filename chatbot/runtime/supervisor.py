"""The loops of a running bot: sources, chats and deliveries, each supervised, ended together in order."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from chatbot.core.line_roles.server_roles import ServerRoles, server_roles
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Chat, ChatStopped, ChatUnavailable, DirectMessages
from chatbot.runtime.delivery.following import followed_in
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.delivery.refusal_retry import RefusalRetry
from chatbot.runtime.ingest.poller import Poller
from chatbot.runtime.line_roles.keeper import keeper_of
from chatbot.runtime.loops import start_task, together
from chatbot.runtime.ops.health import Health
from chatbot.runtime.ops.startup import SETTLE_SECONDS, StartReport
from chatbot.runtime.queries.inbox import Inbox
from chatbot.runtime.replicas.leadership import Leadership
from chatbot.runtime.services import Services, ServicesConfig
from chatbot.runtime.subscriptions.fan_out.members import Membership
from chatbot.runtime.subscriptions.privacy import forget_lost
from chatbot.runtime.timed.loop import timed_of
from chatbot.sources.http.client import Conditions
from chatbot.store.database.db import StoreUnavailable
from chatbot.store.outbox.deliveries import drop_unconfigured
from chatbot.store.room_watches import CHANGED
from chatbot.store.tidy import tidy

log = structlog.get_logger(__name__)

WRITE_FRESHNESS = 30.0  # seconds
TIDY = 86_400.0  # seconds
AFTER_A_CRASH = 5.0  # seconds before a loop that failed starts again
LAST_MOMENT = 3.0  # seconds for what is under way when the bot is told to stop
FROM_OTHERS = timedelta(seconds=2)  # how often a replica looks for what another one put into the outbox
STOPPED_HERE = 20.0  # seconds until a chat that was stopped is tried again where there are other replicas


async def _anybody(_chat: str) -> None:
    """Every chat may begin."""


@dataclass(slots=True)
class Supervisor:
    """A pipeline with its chats, and the tasks that walk it. `leadership` are the leases where there are other replicas;
    `admit` raises ChatStopped where this one must not hold a chat's account; `pause` is in seconds."""

    services: Services
    chats: Sequence[Chat]
    leadership: Leadership | None = None
    admit: Callable[[str], Awaitable[None]] = _anybody
    pause: float = AFTER_A_CRASH
    settle_seconds: float = SETTLE_SECONDS
    _report: StartReport = field(init=False)
    _reporting: asyncio.Task[None] | None = None
    _watching: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _reloaded: asyncio.Condition = field(default_factory=asyncio.Condition)
    _stopped: dict[str, str] = field(default_factory=dict)  # chats of ours that wait for somebody to fix them, and why

    def __post_init__(self) -> None:
        self._report = StartReport(self.services, self.chats, self.settle_seconds)
        self.services.ingestor.planner.is_followed = followed_in(self.chats)

    async def until(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then end every loop and close the chats."""
        await self.services.quarantine.recover()
        self.services.answers.stopped = lambda: dict(self._stopped)
        self.services.answers.room_name = self._room_name
        self.services.changed = self._poller
        self.services.answers.roles = {each.name: roles for each in self.chats if (roles := server_roles(each))}
        self.services.answers.direct = {each.name: each for each in self.chats if isinstance(each, DirectMessages)}
        await self._listen()
        await self._forget_rooms()
        await self._begin_report()
        self._poller()
        tasks = [start_task(self._keep_fresh(), "freshness"), start_task(self._keep_tidy(), "tidy")]
        tasks.append(start_task(self.health().run(), "health"))
        tasks.append(start_task(self._follow_watches(), "watches by command"))
        by_the_clock = timed_of(self.services, self.chats, self._room_name)
        tasks.append(start_task(self._led("clock", by_the_clock.run), "digests and reminders"))
        tasks.append(start_task(self._led("images", self.services.images.run), "images"))
        telling = {each.name: each for each in self.chats if isinstance(each, Membership)}
        self.services.fan_outs.members.chats = self.services.answers.membership = telling
        tasks.append(start_task(self._led("subscribers", self.services.fan_outs.run), "subscribers"))
        tasks.append(start_task(self._led("reminders", self.services.fan_outs.snoozes.run), "reminders"))
        tasks += [start_task(self._hold(chat), f"chat {chat.name}") for chat in self.chats]
        log.info("running", projects=len(self.services.config.projects), chats=[chat.name for chat in self.chats])
        try:
            await stop.wait()
        finally:
            log.info("stopping")
            tasks += [*self._watching.values(), *([self._reporting] if self._reporting else [])]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=LAST_MOMENT)
            for chat in self.chats:
                await chat.close()
            await self.services.freshness.write()

    def _room_name(self, room: RoomAddress) -> str:
        """What people call a room, by its address; "" where its chat does not know (yet)."""
        chat = next((chat for chat in self.chats if chat.name == room.chat), None)
        return chat.room_name(room) if chat is not None else ""

    async def change(self, config: ServicesConfig) -> None:
        """Take up new projects and rooms while running; what is no longer watched is left alone from now on. Rooms that
        refused and chats that were stopped are tried again: somebody may have fixed them."""
        self.services.change(config)
        await self._listen()
        await self._forget_rooms()
        await self._begin_report()
        self._poller()
        await self.refusal_retry().all_tried()
        async with self._reloaded:
            self._reloaded.notify_all()

    async def _begin_report(self) -> None:
        """Tell in the background what was read and what is wrong with rooms; a former report that is under way ends."""
        if self._reporting is not None:
            self._reporting.cancel()
        try:
            await self._report.begin()
        except StoreUnavailable as full:
            log.warning("the start report could not be prepared", reason=str(full))
        self._reporting = start_task(self._report.keep(), "start-up report")

    async def _listen(self) -> None:
        """Where the store cannot be written now, each project's first look writes it down with the time of this moment."""
        try:
            await self.services.listen()
        except StoreUnavailable as full:
            log.error("new rooms could not be saved; the next poll of each project tries again", reason=str(full))  # noqa: TRY400 - its sentence says all
        except Exception:  # one project's trouble must not keep the others from beginning
            log.exception("new rooms could not be saved; the next poll of each project tries again")

    async def _forget_rooms(self) -> None:
        """What waits for a room that the operator took out of the configuration is dropped, or it would be tried for days."""
        config = self.services.config
        addresses = {room.address for room in config.rooms} | {project.maintainers_room for project in config.projects}
        try:
            async with self.services.store.writing() as tx:
                dropped = await drop_unconfigured(tx, addresses, self.services.clock())
        except StoreUnavailable as full:
            log.error("messages for rooms that are no longer configured could not be dropped", reason=str(full))  # noqa: TRY400 - its sentence says all
            return
        for room, count in sorted(dropped.items()):
            log.warning("messages dropped: their room is no longer configured", room=room, count=count)

    def health(self) -> Health:
        """Whether all is well, as far as this process can know."""
        return Health(
            store=self.services.store,
            clock=self.services.clock,
            projects=lambda: self.services.config.projects,
            stopped=lambda: {chat.name: self._stopped.get(chat.name, "") for chat in self.chats},
            polled=lambda: self.services.freshness.waiting,
            ping=self._ping,
        )

    async def _ping(self) -> None:
        if self.services.config.deadman_url:
            await self.services.fetcher.get(self.services.config.deadman_url, Conditions(cap=10_000))

    def refusal_retry(self) -> RefusalRetry:
        """Who has refusing rooms tried again."""
        addresses = lambda: [room.address for room in self.services.config.rooms]  # noqa: E731 - one line says it
        return RefusalRetry(self.services.store, self.services.clock, addresses)

    def _poller(self) -> None:
        """A task for every source; those of sources that are gone, or whose project changed, end."""
        pollers_by_name = {poller.source.name: poller for poller in self.services.pollers}
        for name, task in list(self._watching.items()):
            if name not in pollers_by_name or pollers_by_name[name].replaced:
                task.cancel()
                del self._watching[name]
        for name, poller in pollers_by_name.items():
            if name not in self._watching:
                poller.replaced = False
                self._watching[name] = start_task(self._look(poller), f"watch {name}")

    async def _look(self, poller: Poller) -> None:
        await self._led(f"project/{poller.project.id}", poller.run)

    async def _hold(self, chat: Chat) -> None:
        """Hold a chat while its account is ours; one that was stopped is tried again after a reload. With other replicas
        sooner: what stopped it may be one that has not ended yet, and none of them may be fixed by then."""
        while True:
            self._stopped.pop(chat.name, None)
            await self._led(_account(chat), partial(self._chat, chat))
            again = None if self.leadership is None else STOPPED_HERE
            with suppress(TimeoutError):
                async with asyncio.timeout(again), self._reloaded:
                    await self._reloaded.wait()

    async def _led(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work; with other replicas, while it is ours to do."""
        await (work() if self.leadership is None else self.leadership.hold(name, work))

    async def _chat(self, chat: Chat) -> None:
        """Hold one chat: its connection and its deliveries. A refused account ends this chat and leaves the others."""
        stopped = False
        while not stopped:
            try:
                await self.admit(chat.name)
                await together(self._parts(chat))
            except ChatStopped as refused:
                stopped, self._stopped[chat.name] = True, str(refused)
                log.error("chat stopped; fix it, then reload or restart", chat=chat.name, reason=str(refused))  # noqa: TRY400 - its sentence says all
            except ChatUnavailable as busy:
                log.warning("chat unavailable; trying again", chat=chat.name, reason=busy.reason)
            except Exception:
                log.exception("chat crashed; restarting", chat=chat.name)
            await asyncio.sleep(0 if stopped else self.pause)

    def _parts(self, chat: Chat) -> dict[str, Coroutine[Any, Any, None]]:
        parts = {"connection": chat.run(), "deliveries": self._deliver(chat), "questions": self._answer(chat)}
        if (roles := server_roles(chat)) is not None:
            parts["line roles"] = self._keep_roles(chat, roles)
        return {f"{chat.name} {name}": part for name, part in parts.items()}

    async def _keep_roles(self, chat: Chat, roles: ServerRoles) -> None:
        """Look after the line roles of the chat's servers, once it is connected."""
        await chat.ready()
        await keeper_of(self.services, chat.name, roles).run()

    async def _deliver(self, chat: Chat) -> None:
        delivery = Delivery(
            chat=chat,
            store=self.services.store,
            clock=self.services.clock,
            failpoint=self.services.config.failpoint,
            maintainers_room=self.services.maintainers_room,
            recovery=self.services.room_recovery(),
        )
        if self.leadership is not None:
            delivery.ours = partial(self.leadership.ours, _account(chat))
            delivery.idle = FROM_OTHERS
        while True:
            try:
                await delivery.run()
            except StoreUnavailable as full:
                log.error("deliveries wait for the database", chat=chat.name, reason=str(full))  # noqa: TRY400 - its sentence says all
                await asyncio.sleep(self.pause)

    async def _answer(self, chat: Chat) -> None:
        """Answer what came into the chat's inbox; chats that hand questions over at once leave it empty."""
        await Inbox(
            chat=chat.name, store=self.services.store, answers=self.services.answers, clock=self.services.clock
        ).run()

    async def _follow_watches(self) -> None:
        """Act on what rooms watch by command whenever that changes, wherever it was asked: another replica may have answered."""
        waker = self.services.store.waker(CHANGED)
        while True:
            await waker.wait()
            waker.clear()
            try:
                await self.services.follow_watches()
            except StoreUnavailable as full:
                log.error("what rooms watch could not be read again; trying again", reason=str(full))  # noqa: TRY400 - its sentence says all
                waker.set()
                await asyncio.sleep(self.pause)

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(WRITE_FRESHNESS)
            try:
                await self.services.freshness.write()
            except StoreUnavailable as full:
                log.error("the times of the last polls could not be saved", reason=str(full))  # noqa: TRY400 - its sentence says all

    async def _keep_tidy(self) -> None:
        while True:
            try:
                async with self.services.store.writing() as tx:
                    forgotten_rows = await tidy(tx, self.services.clock())
                gone = await forget_lost(self.services.store, self.services.clock())
                log.debug("forgot old questions and answers", rows=forgotten_rows, people=gone)
            except StoreUnavailable as full:
                log.warning("old questions and answers could not be removed", reason=str(full))
            await asyncio.sleep(TIDY)


def _account(chat: Chat) -> str:
    return f"account/{chat.name}"
