"""Lanes: an urgent message is not held up by a backlog, in the same rooms and through the same account."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import Outgoing
from chatbot.runtime.delivery.in_flight import AT_ONCE
from chatbot.runtime.delivery.loop import Delivery
from chatbot.store import outbox
from chatbot.store.database.db import open_store
from tests.patience import PATIENCE
from tests.standins.chat import FaultyChat

ROOMS = tuple(f"console:{number}" for number in range(200))


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Turnstile(FaultyChat):
    """A chat that takes one message after the other, in the order in which they are handed to it."""

    order: list[str] = field(default_factory=list)
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)
    some: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, outgoing: Outgoing) -> str:
        async with self.gate:
            await asyncio.sleep(0)
            reference = await FaultyChat.send(self, outgoing)
            self.order.append(outgoing.message.title)
        async with self.some:
            self.some.notify_all()
        return reference

    async def until_sent(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE), self.some:
            await self.some.wait_for(lambda: len(self.order) >= count)


def planned_message(title: str, lane: Lane) -> PlannedMessage:
    return PlannedMessage(
        project=ProjectId("ferry"),
        subject=f"release/ferry/{title}",
        kind="new",
        message=Message(title=title, tone=Tone.ROUTINE),
        lane=lane,
        revisions=dict.fromkeys(map(RoomAddress, ROOMS), 1),
    )


@pytest.mark.parametrize("lane", [Lane.CRITICAL, Lane.SECURITY])
async def test_a_security_message_overtakes_a_thousand_routine_ones_in_the_same_rooms(
    lane: Lane, tmp_path: Path
) -> None:
    chat = Turnstile()
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        async with store.writing(ProjectId("ferry")) as tx:
            await outbox.add(tx, [planned_message(f"routine {number}", Lane.ROUTINE) for number in range(5)], now())
        sending = asyncio.create_task(Delivery(chat=chat, store=store, clock=now, failpoint=lambda _: None).run())
        await chat.until_sent(20)
        async with store.writing(ProjectId("ferry")) as tx:
            await outbox.add(tx, [planned_message("urgent", lane)], now())
        before = len(chat.order)
        await chat.until_sent(len(ROOMS) * 6)
        sending.cancel()
        await asyncio.wait({sending})
    urgent = [place for place, title in enumerate(chat.order) if title == "urgent"]
    assert len(urgent) == len(ROOMS)
    assert urgent[0] - before <= 2 * AT_ONCE, "only what was under way goes before it"
    assert urgent[-1] - before <= len(ROOMS) * 1.25, "and hardly anything comes between"
    assert all(len(chat.rooms[room]) == 6 for room in ROOMS)
