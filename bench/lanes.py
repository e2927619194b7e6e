"""Lanes: an urgent message behind a backlog of a thousand routine ones in the same two hundred rooms, beside an idle bot."""

import asyncio
import multiprocessing
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.account import Account
from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.delivery import Lane
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone, paragraph
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.suggest import Suggestion
from chatbot.ports import Ability, Chat, Outgoing
from chatbot.runtime.delivery.loop import Delivery
from chatbot.store import outbox
from chatbot.store.database.db import Store, open_store
from tests.chats.matrix.bot import Memory
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.limits import Limits
from tests.standins.synapse import synapse

ROOMS, BACKLOG = 200, 5  # so many routine messages in each room: a thousand
LATENCY = 0.05  # seconds that Discord takes to answer


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Watched:
    """A chat, and when each of its messages was taken."""

    chat: Chat
    taken: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    more: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def profile(self) -> ChatProfile:
        return self.chat.profile

    @property
    def name(self) -> str:
        return self.chat.name

    @property
    def abilities(self) -> frozenset[Ability]:
        return self.chat.abilities

    async def run(self) -> None:
        await self.chat.run()

    async def ready(self) -> None:
        await self.chat.ready()

    def room_name(self, room: RoomAddress) -> str:
        return self.chat.room_name(room)

    async def send(self, outgoing: Outgoing) -> str:
        result = await self.chat.send(outgoing)
        self.taken[outgoing.message.title].append(time.perf_counter())
        async with self.more:
            self.more.notify_all()
        return result

    async def edit(self, outgoing: Outgoing) -> str:
        return await self.chat.edit(outgoing)

    async def find(self, outgoing: Outgoing) -> str | None:
        return await self.chat.find(outgoing)

    async def remove(self, room: RoomAddress, reference: str) -> None:
        await self.chat.remove(room, reference)

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        async with self.chat.beside():
            yield

    async def check(self, rooms: Sequence[RoomToCheck]) -> list[CheckResult]:
        return await self.chat.check(rooms)

    async def close(self) -> None:
        await self.chat.close()

    async def said(self, *titles: str) -> None:
        async with self.more:
            await self.more.wait_for(lambda: all(len(self.taken[title]) >= ROOMS for title in titles))

    def span(self, title: str, began: float) -> tuple[float, float]:
        """Seconds until the first room and until the last one."""
        return min(self.taken[title]) - began, max(self.taken[title]) - began


def planned_message(title: str, lane: Lane, rooms: Sequence[str]) -> PlannedMessage:
    body = (paragraph("What it repairs, in a few words. " * 8),)
    return PlannedMessage(
        project=ProjectId("ferry"),
        subject=f"release/ferry/{title}",
        kind="new",
        message=Message(title=title, tone=Tone.ROUTINE, body=body),
        lane=lane,
        revisions=dict.fromkeys(map(RoomAddress, rooms), 1),
    )


async def say(store: Store, lane: Lane, rooms: Sequence[str], *titles: str) -> float:
    async with store.writing(ProjectId("ferry")) as tx:
        await outbox.add(tx, [planned_message(title, lane, rooms) for title in titles], now())
    return time.perf_counter()


async def measured(chat: Chat, rooms: Sequence[str], results: Any) -> None:
    """Unloaded first, then behind the backlog; prints both."""
    watched = Watched(chat)
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{folder}/bench.db") as store, asyncio.TaskGroup() as tasks:
            running = tasks.create_task(watched.run())
            await watched.ready()
            sending = tasks.create_task(Delivery(chat=watched, store=store, clock=now).run())
            began = await say(store, Lane.SECURITY, rooms, "alone")
            await watched.said("alone")
            first, all_alone = watched.span("alone", began)
            routine = [f"routine {number}" for number in range(BACKLOG)]
            before = await say(store, Lane.ROUTINE, rooms, *routine)
            await asyncio.sleep(1)  # the backlog is on its way
            began = await say(store, Lane.SECURITY, rooms, "urgent")
            await watched.said("urgent")
            urgent, all_urgent = watched.span("urgent", began)
            await watched.said(*routine)
            thousand = max(max(watched.taken[title]) for title in routine) - before - all_urgent
            for task in (running, sending):
                task.cancel()
    times = all_urgent / all_alone
    print(
        f"lanes on {chat.name}: behind {ROOMS * BACKLOG} routine messages a security message is in its first room after "
        f"{urgent:.2f} s (goal: 1 s; alone {first:.2f} s) and in all {ROOMS} after {all_urgent:.1f} s, {times:.2f} times "
        f"the {all_alone:.1f} s that it takes alone (goal: 1.25); the thousand themselves take {thousand:.1f} s{results}"
    )


# ---- Discord, in a process of its own -----------------------------------------------------------------------------------


def _platform(pipe: Connection) -> None:
    asyncio.run(_stand_in(pipe))


async def _stand_in(pipe: Connection) -> None:
    limits = Limits(per_channel=5, window=5.0, global_per_second=50)
    async with DiscordStandIn(limits=limits, latency=LATENCY) as discord:
        rooms = [discord.room(name=f"room-{n}") for n in range(ROOMS)]
        pipe.send({"rooms": rooms, "api": discord.api_url, "gateway": discord.gateway_url, "token": discord.token})
        await asyncio.to_thread(pipe.recv)
        pipe.send(discord.answers_429)


class _Nobody:
    """Answers no questions."""

    async def answer(self, ask: CommandRequest) -> Message:
        return Message(title=ask.command, tone=Tone.UNSURE)

    async def suggest(self, ask: CommandRequest, parameter: str, text: str) -> list[Suggestion]:
        del ask, parameter, text
        return []


async def _on_discord(pipe: Connection) -> None:
    message = pipe.recv()
    chat = DiscordChat(
        token=lambda: str(message["token"]),
        answerer=_Nobody(),
        clock=now,
        api_url=message["api"],
        gateway_url=message["gateway"],
    )
    await measured(chat, [f"discord:{room}" for room in message["rooms"]], " (goal: 21.5 s)")
    pipe.send("done")
    print(f"429s provoked on Discord: {pipe.recv()} (goal: none)")


def on_discord() -> None:
    """On the stand-in, with Discord's limits."""
    ours, theirs = multiprocessing.Pipe()
    platform = multiprocessing.get_context("fork").Process(target=_platform, args=(theirs,))
    platform.start()
    try:
        asyncio.run(_on_discord(ours))
    finally:
        platform.terminate()
        platform.join()


# ---- Matrix ---------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _matrix(folder: Path) -> AsyncIterator[tuple[Chat, list[str]]]:
    async with AsyncExitStack() as closing:
        server = closing.enter_context(synapse())
        alice, bot = server.register("alice"), server.register("bot")
        rooms = [await asyncio.to_thread(lambda: alice.create_room(invite=[bot.id])) for _ in range(ROOMS)]
        for room in rooms:
            await asyncio.to_thread(bot.join, room)
        account = Account(homeserver=server.url, user_id=bot.id, password=bot.password, store_path=folder)
        yield MatrixChat(account, Memory(), now), [f"matrix:{room}" for room in rooms]


async def _on_matrix() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with _matrix(Path(folder)) as (chat, rooms):
            await measured(chat, rooms, "")


def on_matrix() -> None:
    """On a real Synapse without rate limits."""
    asyncio.run(_on_matrix())
