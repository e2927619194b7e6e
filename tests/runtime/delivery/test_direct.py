"""A DM that refuses a message: its person is suspended at once, nothing is tried again, and nobody reads whose DM it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatRefused, MessageRejected, PersonLost
from chatbot.runtime.delivery.loop import Delivery
from chatbot.store import outbox
from chatbot.store.outbox import deliveries
from chatbot.store.subscriptions import people
from tests.runtime.delivery.test_loop import OPS, loop, watching, words
from tests.runtime.harness import Harness
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

ADA, BEN = RoomAddress("console:user:ada"), RoomAddress("console:user:ben")
DMS = {ADA: RoomAddress("console:dm:4711"), BEN: RoomAddress("console:dm:4712")}
CLOSED = ChatRefused("DMs from the bot are switched off")
PERSON_LOST = PersonLost("this person no longer shares a server with the bot")


@asynccontextmanager
async def people_with_dms(
    ferry: Repository, clock: ManualClock, folder: Path, chat: FaultyChat
) -> AsyncIterator[tuple[Harness, Delivery]]:
    async with watching(ferry, clock, folder, chat) as harness:
        async with harness.services.store.writing() as tx:
            for person, dm in DMS.items():
                await people.settle_dm(tx, person, dm)
        yield harness, loop(harness)


async def alert(harness: Harness, *names: str) -> None:
    """Alerts for both."""
    async with harness.services.store.writing() as tx:
        for name in names:
            planned = PlannedMessage(
                project=ProjectId("ferry"),
                subject=f"alert/ferry/{name}",
                kind="new",
                message=Message(title=f"Your 1.0.0 is affected by {name}", tone=Tone.SECURITY),
                lane=Lane.ALERT,
                revisions=dict.fromkeys(DMS.values(), 1),
            )
            await outbox.add(tx, [planned], harness.clock())


async def open_in(harness: Harness, dm: RoomAddress) -> list[State]:
    async with harness.services.store.reading() as tx:
        states = [each for each in State if each is not State.SENT]
        return [each.state for each in await deliveries.listing(tx, states) if each.room == dm]


@pytest.mark.parametrize("refusal", [CLOSED, PERSON_LOST])
async def test_one_refusal_ends_what_is_queued_and_tells_the_person_why(
    ferry: Repository, clock: ManualClock, tmp_path: Path, refusal: ChatRefused
) -> None:
    chat = FaultyChat(refusing={DMS[ADA]: refusal})
    async with people_with_dms(ferry, clock, tmp_path, chat) as (harness, delivery):
        await alert(harness, "GHSA-1", "GHSA-2", "GHSA-3")
        await delivery.drain()
        for _ in range(24):
            clock.advance(timedelta(hours=1))
            await delivery.drain()
        assert chat.attempted_rooms.count(DMS[ADA]) == 1, "each refusal counts at Discord"
        assert len(chat.titles(DMS[BEN])) == 3
        assert await open_in(harness, DMS[ADA]) == []
        async with harness.services.store.reading() as tx:
            ada, ben = await people.get(tx, ADA), await people.get(tx, BEN)
        assert ada is not None
        assert ben is not None
        assert (ada.trouble, ben.trouble) == (str(refusal), "")
        assert (ada.lost_at is not None) == isinstance(refusal, PersonLost), "from then on all is kept for a while only"
        assert ben is not None
        assert not ben.trouble


@pytest.mark.parametrize("failure", [CLOSED, PERSON_LOST, MessageRejected("the embed is malformed")])
async def test_nobody_else_reads_whose_dm_it_was(
    ferry: Repository, clock: ManualClock, tmp_path: Path, failure: Exception
) -> None:
    chat = FaultyChat(refusing={DMS[ADA]: failure})
    async with people_with_dms(ferry, clock, tmp_path, chat) as (harness, delivery):
        await alert(harness, "GHSA-1")
        with capture_logs() as lines:
            await delivery.drain()
            clock.advance(timedelta(hours=1))
            await delivery.drain()
        assert any(line["log_level"] in ("warning", "error") for line in lines)
        assert not [line for line in lines if "471" in str(line)]
        assert not [post for post in chat.rooms.get(OPS, []) if "471" in words(post.message)]


async def test_a_person_who_is_lost_while_we_look_for_a_message_is_lost(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    chat = FaultyChat(unreadable={DMS[ADA]: PERSON_LOST}, late_failures=[TimeoutError()])
    async with people_with_dms(ferry, clock, tmp_path, chat) as (harness, delivery):
        chat.refusing = {DMS[BEN]: CLOSED}
        await alert(harness, "GHSA-1")
        await delivery.drain()
        for _ in range(3):
            clock.advance(timedelta(hours=1))
            await delivery.drain()
        async with harness.services.store.reading() as tx:
            ada = await people.get(tx, ADA)
        assert ada is not None
        assert ada.lost_at is not None
        assert await open_in(harness, DMS[ADA]) == [State.DROPPED], "it may have arrived"
