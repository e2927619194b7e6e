"""What a database holds, counted and nothing else: also one of another version of the bot, and without changing it."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL

from chatbot.core.model.ids import ProjectId
from chatbot.store.database.columns import metadata
from chatbot.store.database.engines import driver_url, engine_of, in_memory
from chatbot.store.database.failure import StoreUnavailable, translate_errors

_PROJECTS = sa.text("SELECT id FROM projects ORDER BY id")
_SECONDS = 5.0  # to wait for another program's lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """kind: SQLite or PostgreSQL, with the version
    schema: the version of the tables
    size: bytes of the file, where it is one
    whole: what SQLite says of the file, `ok` where it is undamaged
    rows: of each table
    projects: what the projects are called.
    """

    kind: str
    schema: str
    size: int | None = None
    whole: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    projects: Sequence[ProjectId] = ()


async def take(url: str) -> Inventory:
    """Count the rows of the database at `url`. Raises StoreUnavailable."""
    parsed = driver_url(url)
    if not parsed.drivername.startswith("sqlite"):
        return await _of_server(parsed)
    if in_memory(parsed) or not await asyncio.to_thread(Path(str(parsed.database)).is_file):
        raise StoreUnavailable("there is no database file yet: start the bot once with `chatbot run`")
    with translate_errors("the database file", OSError):
        return await asyncio.to_thread(_of_file, Path(str(parsed.database)))


def _of_file(file: Path) -> Inventory:
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=_SECONDS)) as connection:
        names = [
            str(name)
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if name in metadata.tables or name == "alembic_version"
        ]
        ours = "alembic_version" in names
        return Inventory(
            kind=f"SQLite {sqlite3.sqlite_version}",
            schema=str(*connection.execute("SELECT version_num FROM alembic_version").fetchone()) if ours else "none",
            size=file.stat().st_size,
            whole=str(*connection.execute("PRAGMA quick_check(1)").fetchone()),
            rows={name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names},  # noqa: S608 - our own names
            projects=[ProjectId(name) for (name,) in connection.execute(str(_PROJECTS))] if "projects" in names else [],
        )


async def _of_server(url: URL) -> Inventory:
    engine = engine_of(url)
    try:
        with translate_errors("the database", OSError, TimeoutError):
            async with engine.connect() as connection:
                there = set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))
                names = sorted(there & {*metadata.tables, "alembic_version"})
                counting = [sa.text(f"SELECT count(*) FROM {name}") for name in names]  # noqa: S608 - our own names
                rows = [(await connection.execute(each)).scalar_one() for each in counting]
                version = sa.text("SELECT version_num FROM alembic_version")
                schema = (await connection.execute(version)).scalar() if "alembic_version" in there else "none"
                ids = (await connection.execute(_PROJECTS)).scalars().all() if "projects" in there else []
                kind = (await connection.execute(sa.text("SHOW server_version"))).scalar()
                return Inventory(
                    kind=f"PostgreSQL {kind}",
                    schema=str(schema),
                    rows=dict(zip(names, rows, strict=True)),
                    projects=[ProjectId(each) for each in ids],
                )
    finally:
        await engine.dispose()
