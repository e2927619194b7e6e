"""PostgreSQL is killed and started again: what was committed is there, what was not is not, and the store goes on by itself."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId
from chatbot.store import outbox
from chatbot.store.database import tables
from chatbot.store.database.db import Store, StoreUnavailable, open_store
from tests.standins import postgres
from tests.store.make import NOW, planned_message


async def test_a_killed_server_loses_nothing_that_was_committed() -> None:
    with postgres.running() as server:
        async with open_store(await postgres.new_database(server)) as store:
            await _say(store, "v1")
            with pytest.raises(StoreUnavailable, match="does not answer"):
                await _say(store, "v2", server)
            with pytest.raises(StoreUnavailable, match="does not answer"):
                await _say(store, "v3")
            await asyncio.to_thread(postgres.start, server)
            await _say(store, "v4")
            async with store.reading() as tx:
                rows = await tx.rows(sa.select(tables.announcements.c.subject).order_by(tables.announcements.c.subject))
            assert [row.subject for row in rows] == ["release/p/v1", "release/p/v4"]


async def _say(store: Store, name: str, kill: Any = None) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message(name)], NOW)
        if kill is not None:
            await asyncio.to_thread(postgres.end, kill)
