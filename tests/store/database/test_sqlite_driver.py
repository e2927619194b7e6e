"""The way to SQLite's thread: one switch for each statement, streams that do not gather everything, errors as the driver's own."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.store.database.db import open_store
from chatbot.store.database.sqlite_driver import AT_HAND, Connection, connect
from chatbot.store.database.tables import watches
from tests.store.make import NOW, watch

MANY = 2 * AT_HAND + 7


async def test_rows_come_with_the_statement_or_piece_by_piece(tmp_path: Path) -> None:
    rooms = [f"console:{number:05}" for number in range(MANY)]
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        async with store.writing() as tx:
            await watch(tx, "p", rooms, NOW)
        statement = sa.select(watches.c.room).order_by(watches.c.room)
        async with store.reading() as tx:
            assert [row.room for row in await tx.rows(statement)] == rooms
            first = await tx.row(statement)
            assert first is not None
            assert first.room == rooms[0]
            assert await tx.row(statement.where(watches.c.room == "nowhere")) is None
            stream = await tx.connection.stream(statement)
            batches = [len(batch) async for batch in stream.partitions(300)]
            assert (sum(batches), max(batches)) == (MANY, 300)
            one_by_one = await tx.connection.stream(statement)
            assert [row.room async for row in one_by_one] == rooms


async def test_what_a_returning_touches_is_counted(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, store.writing() as tx:
        await watch(tx, "p", [f"console:{number}" for number in range(MANY)], NOW)
        statement = sa.update(watches).values(since=NOW).returning(watches.c.room)
        few = statement.where(watches.c.room.in_(["console:1", "console:2"]))
        assert [await tx.run(few), await tx.run(statement)] == [2, MANY]


async def test_a_cursor_that_has_more_keeps_it_and_lets_go(tmp_path: Path) -> None:
    database = await connect(str(tmp_path / "plain.db"))
    assert isinstance(database, Connection)
    numbers = f"WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n LIMIT {MANY}) SELECT v FROM n"
    try:
        async with database.cursor() as cursor:
            await cursor.execute(numbers)
            assert len(cursor._rows) == AT_HAND, "not everything was gathered"
            assert await cursor.fetchone() == (1,)
            assert await cursor.fetchmany(2) == [(2,), (3,)]
            assert len(await cursor.fetchall()) == MANY - 3
            assert await cursor.fetchall() == []
        async with database.cursor() as cursor:
            await cursor.execute(numbers)
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            async with database.cursor() as cursor:
                await cursor.execute("SELECT * FROM absent")
    finally:
        await database.close()
    with pytest.raises(ValueError, match="closed"):
        async with database.cursor() as cursor:
            await cursor.execute(numbers)
