"""The store's shape: whether it is whole, which version its tables have, and how they are brought up to date."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from chatbot.store.database import account_tables, files, people_tables, tables
from chatbot.store.database.columns import metadata
from chatbot.store.database.engines import BUSY_TIMEOUT, WRITING, in_memory
from chatbot.store.database.failure import StoreUnavailable, translate_errors

TABLES = (tables, account_tables, people_tables)  # the modules that name all of them
_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_VERSION = sa.table("alembic_version", sa.column("version_num"))
BeforeUpgrade = Callable[
    [AsyncConnection, str], Awaitable[None]
]  # is given the connection, and the version of the tables
_ADVISORY_LOCK = 0x63686174626F74  # "chatbot": replicas that start together migrate one after the other


async def check_whole(url: URL, where: str) -> None:
    """Raise StoreUnavailable where the file cannot be opened, is damaged or is not the bot's. PostgreSQL looks after itself."""
    if url.drivername.startswith("sqlite") and not in_memory(url):
        file = str(url.database)
        with translate_errors(where, OSError):
            await asyncio.to_thread(files.create, Path(file))
            verdict = await asyncio.to_thread(_check, file)
            if verdict == "ok":
                await asyncio.to_thread(files.check_ours, file, where)
        if verdict != "ok":
            raise StoreUnavailable(f"{where} is damaged ({verdict}): restore a backup with `chatbot db restore`")


def _check(database: str) -> str:
    with closing(sqlite3.connect(database, timeout=BUSY_TIMEOUT)) as connection:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])


async def upgrade(connection: AsyncConnection, to: str = "head", before: BeforeUpgrade | None = None) -> None:
    """Bring the tables up to date, in one transaction. `before` is called in it where somebody's tables change, and keeps that
    from happening by an error. Raises StoreUnavailable where they are newer than this program."""
    await connection.execution_options(**WRITING)
    async with connection.begin():
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
            await connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        current = await connection.run_sync(_current)
        if before is not None and current is not None and current != known_versions()[-1]:
            await before(connection, current)
        await connection.run_sync(_upgrade, to)


async def check_current(connection: AsyncConnection) -> None:
    """Raise StoreUnavailable where the tables are not those that this program knows."""
    current = await connection.run_sync(_current)
    await connection.rollback()
    if current != known_versions()[-1]:
        raise StoreUnavailable("the database was last used by an older chatbot: update it with `chatbot db upgrade`")


def known_versions() -> list[str]:
    """The versions that the tables have had, the newest last: each migration's file begins with its own."""
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _upgrade(connection: sa.Connection, to: str) -> None:
    current, head = _current(connection), known_versions()[-1]
    if current is None and sa.inspect(connection).get_table_names():
        raise StoreUnavailable("the database holds tables of another program: name an empty one in `database`")
    if current is None and to == "head":
        _create(connection, head)
    elif current != head or to != "head":
        _migrate(connection, to)


def _create(connection: sa.Connection, head: str) -> None:
    """The tables of an empty database as they are now: nobody's data has to follow through all migrations."""
    metadata.create_all(connection)
    connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(sa.insert(_VERSION).values(version_num=head))


def _current(connection: sa.Connection) -> str | None:
    """The version of the tables; None where there are none. Raises StoreUnavailable for one of a newer program."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    current = connection.scalar(sa.select(_VERSION.c.version_num))
    if current is not None and current not in known_versions():
        raise StoreUnavailable(
            f"the database was written by a newer chatbot (schema {current}): run that version, or restore an older backup"
        )
    return current


def _migrate(connection: sa.Connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and a start without a migration does not need it
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
