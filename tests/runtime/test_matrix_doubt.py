"""Matrix after a broken way: what may be in the room is looked for there, however long the homeserver was away since."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.chats.matrix.client import MatrixChat
from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId
from chatbot.runtime.delivery.loop import Delivery
from chatbot.store import outbox
from chatbot.store.database.db import Store, open_store
from tests.chats.matrix.bot import Memory, away, now, running
from tests.standins.clock import ManualClock
from tests.standins.faults import Fault, Kind
from tests.standins.proxy import FaultyProxy
from tests.standins.synapse import Synapse, User
from tests.store.make import planned_message

SENDS = r"PUT .*/send/m\.room\.message/"


def clock_of_today() -> ManualClock:
    clock = ManualClock()
    clock.now = now()  # a device knows by the true time what it cannot have said
    return clock


async def enqueue(store: Store, clock: ManualClock, room: str, names: Sequence[str]) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message(name, [f"matrix:{room}"]) for name in names], clock())


async def send_what_is_due(chat: MatrixChat, store: Store, clock: ManualClock) -> None:
    await Delivery(chat=chat, store=store, clock=clock).drain()


def bodies_in(alice: User, room: str) -> list[str]:
    words = [event["content"]["body"] for event in alice.history(room) if event["type"] == "m.room.message"]
    return [body.split(" ")[1] for body in words]


async def open_room(alice: User, user: User) -> str:
    room = str(await away(lambda: alice.create_room(invite=[user.id])))
    await away(user.join, room)
    return room


@pytest.mark.parametrize("kind", ["drop_after", "status_after"])
async def test_a_lost_reply_and_a_day_away_give_one_post(homeserver: Synapse, tmp_path: Path, kind: Kind) -> None:
    """The homeserver knows a message's key for a day and one device: here both are gone."""
    alice, user, clock, memory = homeserver.register("alice"), homeserver.register("bot"), clock_of_today(), Memory()
    room = await open_room(alice, user)
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, FaultyProxy(homeserver.url) as way:
        await enqueue(store, clock, room, ["v1"])
        async with running(homeserver, tmp_path / "one", user=user, memory=memory, homeserver=way.url) as bot:
            way.faults.plant(Fault(kind=kind, where=SENDS, times=2 if kind == "drop_after" else 1))
            await send_what_is_due(bot.chat, store, clock)
            assert way.faults.left == 0
            clock.advance(timedelta(hours=1))
            way.faults.plant(Fault(kind="status", where="PUT|/messages", times=9))
            await send_what_is_due(bot.chat, store, clock)  # away still
            way.faults.clear()
        clock.advance(timedelta(hours=25))
        async with running(homeserver, tmp_path / "two", user=user, memory=memory, homeserver=way.url) as bot:
            await send_what_is_due(bot.chat, store, clock)
        assert await away(bodies_in, alice, room) == ["v1"]
        async with store.reading() as tx:
            assert await outbox.counts(tx) == {}


async def test_what_certainly_never_left_is_not_searched_for(homeserver: Synapse, tmp_path: Path) -> None:
    """Where a room's history is closed to the bot, what is in doubt for a day waits for a person; what is not goes out."""
    alice, user, clock = homeserver.register("alice"), homeserver.register("bot"), clock_of_today()
    room = await open_room(alice, user)
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, FaultyProxy(homeserver.url) as way:
        await enqueue(store, clock, room, ["v1"])
        async with running(homeserver, tmp_path, user=user, homeserver=way.url) as bot:
            way.faults.plant(Fault(kind="limit", where=SENDS, retry_after=60))
            await send_what_is_due(bot.chat, store, clock)
        clock.advance(timedelta(hours=25))
        async with running(homeserver, tmp_path, user=user, homeserver=way.url) as bot:
            way.faults.plant(Fault(kind="status", where="/messages", times=9))
            await send_what_is_due(bot.chat, store, clock)
        assert await away(bodies_in, alice, room) == ["v1"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop_after", where=SENDS, times=2),
        Fault(kind="drop", where=SENDS, times=2),
        Fault(kind="status_after", where=SENDS, status=502),
        Fault(kind="status", where=SENDS, status=503),
        Fault(kind="limit", where=SENDS, retry_after=60),
    ],
    ids=lambda fault: fault.kind,
)
async def test_a_room_gets_everything_once_and_in_order(homeserver: Synapse, tmp_path: Path, fault: Fault) -> None:
    alice, user, clock = homeserver.register("alice"), homeserver.register("bot"), clock_of_today()
    room = await open_room(alice, user)
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, FaultyProxy(homeserver.url) as way:
        await enqueue(store, clock, room, ["v1", "v2", "v3"])
        async with running(homeserver, tmp_path, user=user, homeserver=way.url) as bot:
            way.faults.plant(fault)
            await send_what_is_due(bot.chat, store, clock)
            assert (way.faults.left, await away(bodies_in, alice, room)) == (0, ["v1"] if "after" in fault.kind else [])
            async with store.reading() as tx:
                waits = State.PENDING if fault.kind == "limit" else State.DOUBTFUL
                assert (await outbox.counts(tx))[waits] == (3 if fault.kind == "limit" else 1)
        clock.advance(timedelta(hours=1))
        async with running(homeserver, tmp_path, user=user, homeserver=way.url) as bot:
            await send_what_is_due(bot.chat, store, clock)
        assert await away(bodies_in, alice, room) == ["v1", "v2", "v3"]
