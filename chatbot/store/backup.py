"""The whole store as one SQLite file: a backup of a running bot, its restoration, and the move to PostgreSQL and back."""

import asyncio
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from chatbot.store import restored
from chatbot.store.account_tables import leases, notes
from chatbot.store.columns import from_number, metadata, to_number
from chatbot.store.db import Store, Tx, open_store
from chatbot.store.failure import StoreUnavailable, named

_TAKEN = "backed_up_at"
_BATCH = 500  # rows at once
_SIDE_FILES = ("", "-wal", "-shm")


async def backup(store: Store, file: Path, now: datetime) -> None:
    """Write the store as it stands at this moment into a new SQLite file, while everybody goes on. Raises StoreUnavailable."""
    if await asyncio.to_thread(file.exists):
        raise StoreUnavailable(f"{file} exists: name another file, or remove it")
    fresh = file.with_name(f"{file.name}.part")
    _remove(fresh)
    try:
        if store.postgres:
            await transfer(store, f"sqlite:///{fresh}")
        else:
            with named(f"the backup {file}", OSError):
                await asyncio.to_thread(_copy_file, str(store.url.database), fresh)
        async with open_store(f"sqlite:///{fresh}") as copy, copy.writing() as tx:
            adding = tx.insert(notes).values(name=_TAKEN, value=str(to_number(now)))
            await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_={"value": str(to_number(now))}))
        with named(f"the backup {file}", OSError):
            await asyncio.to_thread(_one_file, fresh)
            fresh.replace(file)  # a backup is there whole or not at all
    finally:
        _remove(fresh)


def _copy_file(database: str, to: Path) -> None:
    source, target = sqlite3.connect(f"file:{database}?mode=ro", uri=True), sqlite3.connect(to)
    try:
        source.backup(target, pages=256, sleep=0.01)  # a few pages at a time: writers get between
    finally:
        target.close()
        source.close()


def _one_file(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = DELETE")  # everything in the one file that is carried away
    connection.close()
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _remove(file: Path) -> None:
    for suffix in _SIDE_FILES:
        Path(f"{file}{suffix}").unlink(missing_ok=True)


async def restore(url: str, file: Path, now: datetime) -> restored.Gap:
    """Put a backup in the place of the store at `url`, which no bot may be using. An old SQLite file is kept beside it, with
    `.before-restore` at the end of its name. What may have been said since the backup is marked as doubtful."""
    if not await asyncio.to_thread(file.is_file):
        raise StoreUnavailable(f"{file} is not there: name a file that `chatbot db backup` wrote")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "backup.db"
        with named(f"the backup {file}", OSError):
            await asyncio.to_thread(shutil.copyfile, file, copy)
        async with AsyncExitStack() as closing:
            source = await closing.enter_async_context(open_store(f"sqlite:///{copy}"))
            since = restored.Gap(begin=await _taken(source, file, now), end=now)
            with _set_aside(url):
                async with open_store(url) as target, target.writing() as tx:
                    await _empty(tx)
                    await _fill(source, tx)
                    await restored.mark(tx, since)
    return since


async def _taken(source: Store, file: Path, now: datetime) -> datetime:
    async with source.reading() as tx:
        row = await tx.row(sa.select(notes.c.value).where(notes.c.name == _TAKEN))
    if row is not None:
        return from_number(int(json.loads(row.value)))
    copied = await asyncio.to_thread(file.stat)  # a file that was copied by hand
    return min(from_number(int(copied.st_mtime * 1_000_000)), now)


@contextmanager
def _set_aside(url: str) -> Iterator[None]:
    """Keep an old SQLite file beside its place, and put it back if its successor does not come to be."""
    parsed = sa.make_url(url)
    database = parsed.database if parsed.drivername.startswith("sqlite") else None
    if not database:
        yield
        return
    aside = f"{database}.before-restore"
    with named(f"the file {database}", OSError):
        _remove(Path(aside))
        moved = _move(database, aside)
    try:
        yield
    except BaseException:
        if moved:
            _remove(Path(database))
            _move(aside, database)
        raise


def _move(old: str, new: str) -> bool:
    found = [suffix for suffix in _SIDE_FILES if Path(f"{old}{suffix}").exists()]
    for suffix in found:
        Path(f"{old}{suffix}").replace(f"{new}{suffix}")
    return bool(found)


async def transfer(source: Store, to: str) -> int:
    """Copy everything into the empty store at `to`; return how many rows that was. Raises StoreUnavailable if it is in use."""
    async with open_store(to) as target, target.writing() as tx:
        if await _in_use(tx):
            raise StoreUnavailable(f"{target.where} is in use already: name an empty one")
        many = await _fill(source, tx)
        await tx.run(sa.delete(leases))  # nobody holds anything there
        return many


async def _in_use(tx: Tx) -> bool:
    return any([await tx.row(sa.select(sa.literal(1)).select_from(table)) for table in metadata.sorted_tables])


async def _empty(tx: Tx) -> None:
    for table in metadata.sorted_tables:
        await tx.run(sa.delete(table))


async def _fill(source: Store, into: Tx) -> int:
    """Copy every table from one state of the source, in batches."""
    many = 0
    async with source.reading() as tx:
        if tx.postgres:
            await tx.run(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        for table in metadata.sorted_tables:
            rows = await tx.connection.stream(sa.select(table))
            async for batch in rows.mappings().partitions(_BATCH):
                many += len(batch)
                await into.run(sa.insert(table), [dict(row) for row in batch])
            if into.postgres:
                await _count_on(into, table)
    return many


async def _count_on(tx: Tx, table: sa.Table) -> None:
    """Numbers that count up by themselves go on after the highest that was copied."""
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, sa.BigInteger):
        return
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
    await tx.run(sa.select(sa.func.setval(sequence, highest, sa.false())))
