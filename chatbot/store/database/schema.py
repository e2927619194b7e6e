"""The store's shape: whether it is whole, which version its tables have, and how they are brought up to date."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from chatbot.store.database import files
from chatbot.store.database.engines import BUSY_TIMEOUT, WRITING, in_memory
from chatbot.store.database.failure import StoreUnavailable, translate_errors

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


async def upgrade(connection: AsyncConnection, to: str = "head") -> None:
    """Bring the tables up to date, in one transaction. Raises StoreUnavailable where they are newer than this program."""
    await connection.execution_options(**WRITING)
    async with connection.begin():
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
            await connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        await connection.run_sync(_upgrade, to)


async def check_current(connection: AsyncConnection) -> None:
    """Raise StoreUnavailable where the tables are not those that this program knows."""
    current, head = await connection.run_sync(lambda sync: _versions(sync, _config(sync)))
    await connection.rollback()
    if current != head:
        raise StoreUnavailable("the database has an older shape: bring it up to date with `chatbot db upgrade`")


def _upgrade(connection: sa.Connection, to: str) -> None:
    config = _config(connection)
    current, head = _versions(connection, config)
    if current is None and sa.inspect(connection).get_table_names():
        raise StoreUnavailable("the database holds tables of another program: name an empty one in `database`")
    if current != head or to != "head":
        command.upgrade(config, to)


def _versions(connection: sa.Connection, config: Config) -> tuple[str | None, str | None]:
    """The version of the tables, and the one that this program knows."""
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreUnavailable(
            f"the database was written by a newer chatbot (schema {current}): run that version, or restore an older backup"
        )
    return current, script.get_current_head()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
