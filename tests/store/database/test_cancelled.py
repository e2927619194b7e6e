"""A writer that is cancelled, wherever it stands, leaves no transaction behind that would lock out the next."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId
from chatbot.store.database.db import Store, open_store
from chatbot.store.database.tables import projects
from tests.patience import PATIENCE


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path}/chatbot.db") as opened:
        yield opened


async def write(store: Store, name: ProjectId) -> None:
    async with store.writing(name) as tx:
        await tx.rows(sa.select(projects.c.id))


async def names(store: Store) -> set[str]:
    async with store.reading() as tx:
        return {str(row.id) for row in await tx.rows(sa.select(projects.c.id))}


async def test_one_that_waits_for_the_lock(store: Store, tmp_path: Path) -> None:
    waiting = asyncio.Event()

    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            waiting.set()

    sa.event.listen(store.engine.sync_engine, "before_cursor_execute", _note)
    other = sqlite3.connect(tmp_path / "chatbot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(write(store, ProjectId("cancelled")))
    async with asyncio.timeout(PATIENCE):
        await waiting.wait()
        for _ in range(10):  # until the driver's thread has the statement
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # whoever cancels twice tears nothing off either
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await task
    other.close()
    await write(store, ProjectId("next"))
    assert await names(store) == {"next"}


@pytest.mark.parametrize("turns", range(0, 64, 4))
async def test_one_that_is_at_any_step(store: Store, turns: int) -> None:
    for number in range(8):
        task = asyncio.create_task(write(store, ProjectId("cancelled")))
        for _ in range(turns + number % 4):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        await write(store, ProjectId(f"next {number}"))
    assert {f"next {number}" for number in range(8)} <= await names(store)
