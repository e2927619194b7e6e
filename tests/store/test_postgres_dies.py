"""PostgreSQL is killed and started again: what was committed is there, what was not is not, and the store goes on by itself."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.store import outbox, tables
from chatbot.store.db import Store, StoreUnavailable, open_store
from tests.standins import postgres
from tests.store.make import NOW, saying


async def test_a_killed_server_loses_nothing_that_was_committed() -> None:
    with postgres.running() as server:
        async with open_store(await postgres.new_database(server)) as store:
            await _say(store, "v1")
            with pytest.raises(StoreUnavailable, match="does not answer"):
                await _say(store, "v2", server)
            with pytest.raises(StoreUnavailable, match="does not answer"):
                await _say(store, "v3")
            await asyncio.to_thread(server.ensure_postgres_running)
            await _say(store, "v4")
            async with store.reading() as tx:
                said = await tx.rows(sa.select(tables.announcements.c.subject).order_by(tables.announcements.c.subject))
            assert [row.subject for row in said] == ["release/p/v1", "release/p/v4"]


async def _say(store: Store, name: str, kill: Any = None) -> None:
    async with store.writing("p") as tx:
        await outbox.add(tx, [saying(name)], NOW)
        if kill is not None:
            process = kill.get_postmaster_info().process
            children = process.children(recursive=True)
            process.kill()
            await asyncio.to_thread(process.wait, 20)
            for child in children:  # they notice by themselves; the next start waits for them
                await asyncio.to_thread(child.wait, 20)
