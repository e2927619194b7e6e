"""The store's shape: whether it is whole, which version its tables have, and how they are brought up to date."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from chatbot.store.engines import WRITING
from chatbot.store.failure import StoreUnavailable

_ADVISORY_LOCK = 0x63686174626F74  # "chatbot": replicas that start together migrate one after the other


async def look_whole(connection: AsyncConnection, where: str) -> None:
    """Raise StoreUnavailable where the file is damaged. PostgreSQL looks after itself."""
    if connection.dialect.name != "sqlite":
        return
    found = (await connection.exec_driver_sql("PRAGMA quick_check(1)")).scalar()
    await connection.rollback()
    if found != "ok":
        raise StoreUnavailable(f"{where} is damaged ({found}): restore a backup with `chatbot db restore`")


async def upgrade(connection: AsyncConnection, to: str = "head") -> None:
    """Bring the tables up to date, in one transaction. Raises StoreUnavailable where they are newer than this program."""
    await connection.execution_options(**WRITING)
    async with connection.begin():
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        await connection.run_sync(_upgrade, to)


def _upgrade(connection: sa.Connection, to: str) -> None:
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise StoreUnavailable(
            f"the database was written by a newer chatbot (schema {current}): run that version, or restore an older backup"
        )
    if current != script.get_current_head() or to != "head":
        command.upgrade(config, to)


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
