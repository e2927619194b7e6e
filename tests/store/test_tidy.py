"""What is forgotten after a month, and what is kept for ever."""

from datetime import timedelta

import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.store import deliveries, ledger, outbox, tables
from chatbot.store.db import Store
from chatbot.store.tidy import KEPT, tidy
from tests.store.make import NOW, message, saying

DAY = timedelta(days=1)


async def test_answers_go_after_a_month_and_announcements_stay(store: Store) -> None:
    async with store.writing("p") as tx:
        await outbox.add(tx, [saying("v1")], NOW)
        await outbox.add_answer(tx, "discord:1", "q1", message("an answer"), "k1", NOW)
        for item in await outbox.claim(tx, "discord", NOW, 9):
            await outbox.sent(tx, item, f"ref {item.id}", NOW)
        await outbox.add_answer(tx, "discord:2", "q2", message("it waits"), "k2", NOW)
    async with store.writing() as tx:
        assert await tidy(tx, NOW + KEPT - DAY) == 0
        assert await tidy(tx, NOW + KEPT + DAY) == 2, "the answer and its words"
        kept = await deliveries.listing(tx, list(State))
        assert sorted(each.title for each in kept) == ["it waits", "v1 r1 new"]
        assert [item.subject for item in await ledger.said(tx, "p", None)] == ["release/p/v1"]
        assert len(await tx.rows(sa.select(tables.messages))) == 2
