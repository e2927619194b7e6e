"""A backup before each change of the tables: whoever has to go back to the former version of the bot finds what it wrote."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from chatbot.store.backups.backup import BACKED_UP_AT, close_file, copy_file, new_file
from chatbot.store.database import schema
from chatbot.store.database.columns import to_number
from chatbot.store.database.db import Store, open_store
from chatbot.store.database.engines import driver_url, engine_of, in_memory
from chatbot.store.database.failure import StoreUnavailable, translate_errors

log = structlog.get_logger(__name__)

KEPT = 2  # the newest
_BATCH = 500  # rows at once
_TIME = "%Y%m%dT%H%M%SZ"


def tell_the_log(file: Path) -> None:
    """Say where the backup is to whoever reads the log."""
    log.info("the database was backed up before its tables are brought up to date", file=str(file))


@asynccontextmanager
async def open_upgraded(
    url: str, clock: Callable[[], datetime], tell: Callable[[Path], None] = tell_the_log
) -> AsyncIterator[Store]:
    """Open the store at `url`; where its tables are older than this program, back them up, and bring them up to date. `tell` is
    given the path of the backup.

    The backup of an SQLite file lies beside it (`chatbot.db.before-upgrade-20261128T081500Z`), that of a PostgreSQL database
    in the working directory. It has the old tables, so that `chatbot db restore` of the former version takes it. The newest
    two stay. Raises StoreUnavailable, with nothing changed, also where the backup cannot be written.
    """
    parsed = driver_url(url)

    async def keep(connection: AsyncConnection, version: str) -> None:
        tell(await _keep(parsed, connection, version, clock()))

    async with open_store(url, before_upgrade=None if in_memory(parsed) else keep) as store:
        yield store


async def _keep(url: URL, connection: AsyncConnection, version: str, now: datetime) -> Path:
    place = _place(url)
    file = place.with_name(f"{place.name}{now:{_TIME}}")
    try:
        with new_file(file, f"the backup {file}") as fresh:
            if connection.dialect.name == "postgresql":
                await _copy_rows(connection, version, fresh)
            else:
                await asyncio.to_thread(copy_file, str(url.database), fresh)
            await asyncio.to_thread(_date, fresh, now)
    except (StoreUnavailable, sqlite3.Error) as refused:
        raise StoreUnavailable(
            f"the database has to be brought up to date, and could not be backed up before ({refused}); nothing was changed"
        ) from refused
    await asyncio.to_thread(_remove_old, place)
    return file


def _place(url: URL) -> Path:
    """What the names of all backups of this database begin with."""
    name = (
        str(url.database) if url.drivername.startswith("sqlite") else quote(f"{url.database or 'postgres'}.db", safe="")
    )
    return Path(f"{name}.before-upgrade-")


async def _copy_rows(connection: AsyncConnection, version: str, file: Path) -> None:
    """Write every row into an SQLite file that has the same tables: those of that version, not of this program."""
    columns = await _make_tables(version, file)
    await connection.execute(sa.text(f"LOCK TABLE {', '.join(columns)} IN SHARE MODE"))  # nobody writes until the end
    with closing(sqlite3.connect(file, isolation_level=None)) as target:
        target.execute("BEGIN")
        for table, names in columns.items():
            target.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are those of our own migrations
            copying = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"  # noqa: S608 - as above
            rows = await connection.stream(sa.text(f"SELECT {', '.join(names)} FROM {table}"))  # noqa: S608 - as above
            async for batch in rows.partitions(_BATCH):
                target.executemany(copying, [tuple(row) for row in batch])
        target.execute("COMMIT")


async def _make_tables(version: str, file: Path) -> dict[str, list[str]]:
    """Make the tables of that version; return the names of their columns."""
    engine = engine_of(driver_url(f"sqlite:///{file}"))
    try:
        async with engine.connect() as connection:
            await schema.upgrade(connection, version)
    finally:
        await engine.dispose()
    with closing(sqlite3.connect(file)) as connection_again:
        tables = connection_again.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        return {
            table: [f'"{name}"' for _, name, *_ in connection_again.execute(f"PRAGMA table_info({table})")]
            for (table,) in tables.fetchall()
        }


def _date(file: Path, now: datetime) -> None:
    """Write into the backup when it was made: a restoration looks in the rooms for what may have been posted since."""
    with translate_errors(f"the backup {file}"), closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (BACKED_UP_AT, str(to_number(now)))
        )
    close_file(file)


def _remove_old(place: Path) -> None:
    backups = sorted(path for path in place.absolute().parent.iterdir() if _is_backup(path.name, place.name))
    for path in backups[:-KEPT]:
        path.unlink(missing_ok=True)


def _is_backup(name: str, beginning: str) -> bool:
    with suppress(ValueError):
        return name.startswith(beginning) and bool(datetime.strptime(name[len(beginning) :], _TIME))  # noqa: DTZ007 - Z is UTC
    return False
