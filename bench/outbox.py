"""The outbox under load: 100,000 deliveries to 10,000 rooms claimed and recorded, beside a bare loop of the same SQL."""

import asyncio
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone, paragraph
from chatbot.store import outbox
from chatbot.store.database.db import Store, open_store
from tests.standins import postgres

ROOMS, EACH, AT_ONCE = 10_000, 10, 50
MEASURED = 100  # claims: 5,000 deliveries
NOW = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
Statement = tuple[str, Any, bool]  # the words, the parameters, whether they are for many rows


def main(store: str) -> None:
    """A line for `sqlite` or `postgresql`."""
    if store == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_measure("SQLite", f"sqlite:///{folder}/bench.db", Path(folder)))
    else:
        with postgres.running() as server:
            asyncio.run(_on_postgres(server))


async def _on_postgres(server: Any) -> None:
    await _measure("PostgreSQL", await postgres.new_database(server), None)


def _planned_message(number: int, rooms: int) -> PlannedMessage:
    message = Message(title=f"Ferry 1.0.{number}", tone=Tone.ROUTINE, body=(paragraph("What it repairs. " * 20),))
    places = {RoomAddress(f"discord:{10**17 + room}"): 1 for room in range(rooms)}
    subject = f"release/ferry/{number}"
    return PlannedMessage(
        project=ProjectId("ferry"), subject=subject, kind="new", message=message, lane=Lane.ROUTINE, revisions=places
    )


async def _measure(name: str, url: str, folder: Path | None) -> None:
    async with open_store(url) as store:
        for number in range(EACH):
            await _enqueue(store, number, ROOMS)
        took = sorted([await _enqueue(store, EACH + number, 200) for number in range(20)])
        copy = await _copied(url, folder)
        transactions: list[list[Statement]] = []
        with _listening(store, transactions):
            first = await _cycles(store, 0)
        _without_reading(transactions)
        later = MEASURED
        while (_claimed := await _cycles(store, later)) and later < 4 * MEASURED:
            last, later = _claimed, later + MEASURED
        bare = await (
            _replayed_sqlite(copy, transactions) if folder is not None else _replayed_postgres(copy, transactions)
        )
    many = MEASURED * AT_ONCE
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"outbox on {name}: {many / first:,.0f} deliveries/s claimed and recorded at 100,000 pending to 10,000 rooms, "
        f"{many / last:,.0f}/s at the end; the same SQL bare {many / bare:,.0f}/s, so {bare / first:.0%} of it; "
        f"200 rooms enqueued in {took[10] * 1000:.1f} ms; memory {memory:.0f} MB"
    )


async def _enqueue(store: Store, number: int, rooms: int) -> float:
    began = time.perf_counter()
    async with store.writing(ProjectId("ferry")) as tx:
        await outbox.add(tx, [_planned_message(number, rooms)], NOW)
    return time.perf_counter() - began


async def _cycles(store: Store, since: int) -> float:
    """Seconds for recording and claiming, in one transaction as the delivery loop does, with a chat that costs nothing."""
    began = time.perf_counter()
    claimed: Sequence[outbox.Claimed] = ()
    for number in range(since, since + MEASURED + 1):
        now = NOW + timedelta(seconds=number)
        async with store.writing() as tx:
            await outbox.record_sent(tx, [(item, f"ref-{item.id}") for item in claimed], now)
            claimed = await outbox.claim(tx, "discord", now, AT_ONCE if number < since + MEASURED else 0)
        if not claimed and number < since + MEASURED:
            raise RuntimeError("the outbox ran dry")
    return time.perf_counter() - began


# ---- the same SQL without us --------------------------------------------------------------------------------------------


class _listening:  # noqa: N801 - it is used like a function
    """Remembers what the store says to its driver, transaction by transaction."""

    def __init__(self, store: Store, transactions: list[list[Statement]]) -> None:
        self._engine, self._heard = store.engine.sync_engine, transactions

    def __enter__(self) -> None:
        sa.event.listen(self._engine, "begin", self._begin)
        sa.event.listen(self._engine, "before_cursor_execute", self._execute)

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self._engine, "begin", self._begin)
        sa.event.remove(self._engine, "before_cursor_execute", self._execute)

    def _begin(self, _connection: object) -> None:
        self._heard.append([])

    def _execute(self, _c: object, _cursor: object, words: str, values: Any, _context: object, many: bool) -> None:
        if self._heard:
            self._heard[-1].append((words, values, many))


def _without_reading(transactions: list[list[Statement]]) -> None:
    """The words by which a transaction begins are the replay's own."""
    transactions[:] = [
        [each for each in transaction if not each[0].startswith("BEGIN")] for transaction in transactions
    ]


async def _copied(url: str, folder: Path | None) -> str:
    if folder is not None:
        source = sqlite3.connect(folder / "bench.db")
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        source.close()
        shutil.copyfile(folder / "bench.db", folder / "bare.db")
        return str(folder / "bare.db")
    async with _connected(url) as connection:
        name = await connection.fetchval("SELECT current_database()")
    admin = url.replace(f"/{name}", "/postgres", 1)
    async with _connected(admin) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
            name,
        )
        await connection.execute(f'CREATE DATABASE "{name}_bare" TEMPLATE "{name}"')
    return url.replace(f"/{name}", f"/{name}_bare", 1)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _replayed_sqlite(copy: str, transactions: Sequence[Sequence[Statement]]) -> float:
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    began = time.perf_counter()
    for transaction in transactions:
        connection.execute("BEGIN IMMEDIATE")
        for words, values, many in transaction:
            if many:
                connection.executemany(words, values)
            else:
                connection.execute(words, values).fetchall()
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took


async def _replayed_postgres(url: str, transactions: Sequence[Sequence[Statement]]) -> float:
    async with _connected(url) as connection:
        began = time.perf_counter()
        for transaction in transactions:
            async with connection.transaction():
                for words, values, many in transaction:
                    if many:
                        await connection.executemany(words, values)
                    else:
                        await connection.fetch(words, *values)
        return time.perf_counter() - began
