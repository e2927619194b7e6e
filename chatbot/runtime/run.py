"""The loops of a running bot: sources, chats and deliveries, each supervised, ended together in order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from chatbot.ports import Chat, ChatStopped
from chatbot.runtime.deliver import Delivery
from chatbot.runtime.inbox import Inbox
from chatbot.runtime.road import Plot, Road
from chatbot.store.db import StoreUnavailable

log = structlog.get_logger(__name__)

WRITE_FRESHNESS = 30.0  # seconds
AFTER_A_CRASH = 5.0  # seconds before a loop that failed begins anew
LAST_MOMENT = 4.0  # seconds for what is under way when the bot is told to stop


@dataclass(slots=True)
class Running:
    """A road with its chats, and the tasks that walk it."""

    road: Road
    chats: Sequence[Chat]
    _watching: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def until(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then end every loop and close the chats."""
        self._watch()
        tasks = [asyncio.create_task(self._keep_fresh(), name="freshness")]
        tasks += [asyncio.create_task(self._chat(chat), name=f"chat {chat.name}") for chat in self.chats]
        log.info("running", projects=len(self.road.plot.projects), chats=[chat.name for chat in self.chats])
        try:
            await stop.wait()
        finally:
            log.info("stopping")
            tasks += self._watching.values()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=LAST_MOMENT)
            for chat in self.chats:
                await chat.close()
            await self.road.freshness.write()

    def change(self, plot: Plot) -> None:
        """Take up new projects and rooms while running; what is no longer watched is left alone from now on."""
        self.road.change(plot)
        self._watch()

    def _watch(self) -> None:
        """A task for every source; those of sources that are gone, or whose project changed, end."""
        wanted = {watch.source.name: watch for watch in self.road.watches}
        for name, task in list(self._watching.items()):
            if name not in wanted or wanted[name].replaced:
                task.cancel()
                del self._watching[name]
        for name, watch in wanted.items():
            if name not in self._watching:
                watch.replaced = False
                self._watching[name] = asyncio.create_task(watch.run(), name=f"watch {name}")

    async def _chat(self, chat: Chat) -> None:
        """Hold one chat: its connection and its deliveries. A refused account ends this chat and leaves the others."""
        stopped = False
        while not stopped:
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(chat.run(), name=f"{chat.name} connection")
                    both.create_task(self._deliver(chat), name=f"{chat.name} deliveries")
                    both.create_task(self._answer(chat), name=f"{chat.name} questions")
            except* ChatStopped as group:
                stopped = True
                log.error("a chat is stopped until it is mended", chat=chat.name, reason=str(group.exceptions[0]))  # noqa: TRY400 - its sentence says all
            except* Exception as failed:
                log.error("a chat failed and begins anew", chat=chat.name, exc_info=failed.exceptions[0])  # noqa: TRY400 - the group is unpacked
            await asyncio.sleep(0 if stopped else AFTER_A_CRASH)

    async def _deliver(self, chat: Chat) -> None:
        delivery = Delivery(
            chat=chat,
            store=self.road.store,
            clock=self.road.clock,
            point=self.road.plot.point,
        )
        while True:
            try:
                await delivery.run()
            except StoreUnavailable as full:
                log.error("deliveries wait for the store", chat=chat.name, reason=str(full))  # noqa: TRY400 - its sentence says all
                await asyncio.sleep(AFTER_A_CRASH)

    async def _answer(self, chat: Chat) -> None:
        """Answer what came into the chat's inbox; chats that hand questions over at once leave it empty."""
        await Inbox(chat=chat.name, store=self.road.store, answers=self.road.answers, clock=self.road.clock).run()

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(WRITE_FRESHNESS)
            try:
                await self.road.freshness.write()
            except StoreUnavailable as full:
                log.error("the times of the last looks could not be written", reason=str(full))  # noqa: TRY400 - its sentence says all
