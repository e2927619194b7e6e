"""What is forgotten after a month, and what is kept for ever."""

import asyncio
import time
from datetime import timedelta

import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store import ledger, outbox
from chatbot.store.database import tables
from chatbot.store.database.db import Store
from chatbot.store.outbox import bodies, deliveries
from chatbot.store.tidy import KEEP, tidy
from tests.cost import slowdown
from tests.store.make import NOW, message, planned_message

DAY = timedelta(days=1)


async def test_many_words_are_gone_through_once(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        rows = [{"digest": f"{number:032}", "body": "{}"} for number in range(3000)]
        await tx.run(sa.insert(tables.messages), rows)
        await outbox.add(tx, [planned_message("v1", [f"discord:{number}" for number in range(5000)])], NOW)
    began = time.process_time()
    async with store.writing() as tx:
        assert await tidy(tx, NOW) == 3000
    assert time.process_time() - began < 1.0 * slowdown(), "ten times what it takes; once for each it would be a minute"


async def test_nothing_is_forgotten_while_somebody_adds(store: Store) -> None:
    """Words that are said once more at this moment must not go with their last old delivery."""
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add_answer(tx, RoomAddress("discord:1"), "q1", message("the same words"), "k1", NOW)
        (old,) = await outbox.claim(tx, "discord", NOW, 9)
        await outbox.record_sent(tx, [(old, "ref")], NOW)

    async def tidied() -> None:
        async with store.writing() as tx:
            await tidy(tx, NOW + 2 * KEEP)

    async with store.writing(ProjectId("p")) as tx:
        await outbox.lock(tx)
        await bodies.keep(tx, message("the same words"))
        tidying = asyncio.create_task(tidied())
        await asyncio.wait({tidying}, timeout=0.2)
        await outbox.add_answer(tx, RoomAddress("discord:1"), "q2", message("the same words"), "k2", NOW + 2 * KEEP)
    await tidying
    async with store.writing() as tx:
        (again,) = await outbox.claim(tx, "discord", NOW + 2 * KEEP, 9)
    assert again.outgoing.message.title == "the same words"


async def test_answers_go_after_a_month_and_announcements_stay(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message("v1")], NOW)
        await outbox.add_answer(tx, RoomAddress("discord:1"), "q1", message("an answer"), "k1", NOW)
        for item in await outbox.claim(tx, "discord", NOW, 9):
            await outbox.record_sent(tx, [(item, f"ref {item.id}")], NOW)
        await outbox.add_answer(tx, RoomAddress("discord:2"), "q2", message("it waits"), "k2", NOW)
    async with store.writing() as tx:
        assert await tidy(tx, NOW + KEEP - DAY) == 0
        assert await tidy(tx, NOW + KEEP + DAY) == 2, "the answer and its words"
        listed = await deliveries.listing(tx, list(State))
        assert sorted(each.title for each in listed) == ["it waits", "v1 r1 new"]
        assert [item.subject for item in await ledger.posted(tx, ProjectId("p"), None)] == ["release/p/v1"]
        assert len(await tx.rows(sa.select(tables.messages))) == 2
