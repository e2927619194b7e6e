"""From the operator's URL to a connection that keeps its promises: durable, strict about references, patient with locks."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chatbot.store.database import sqlite_driver
from chatbot.store.database.failure import StoreUnavailable

BUSY_TIMEOUT = 5.0  # seconds to wait for another program's lock
LONGEST_COMMAND = 30.0  # seconds: a server that is silent for longer does not answer
_AT_THE_SERVER = {
    "application_name": "chatbot",
    "jit": "off",
    "idle_in_transaction_session_timeout": "20000",  # ms: a replica that is stopped in the middle must not stop the others
    "lock_timeout": "15000",  # ms
}
_BEGIN = "chatbot_begin"  # the execution option that says how a SQLite transaction begins
WRITING = {_BEGIN: "BEGIN IMMEDIATE"}  # two writers at once otherwise both read before either writes
READING = {_BEGIN: "BEGIN"}


def driver_url(url: str) -> URL:
    """The URL as SQLAlchemy needs it. Raises StoreUnavailable, naming the fix, where it is none of ours."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnavailable(
            "`database` is not a URL: write sqlite:///chatbot.db or postgresql://user@host/name"
        ) from error
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    if kind in ("postgresql", "postgres"):
        query = dict(parsed.query)
        if "sslmode" in query:  # libpq's word; asyncpg calls it ssl
            query["ssl"] = query.pop("sslmode")
        return parsed.set(drivername="postgresql+asyncpg", query=query)
    raise StoreUnavailable(f"`database` begins with {kind}: write sqlite:///chatbot.db or postgresql://user@host/name")


def place(url: URL) -> str:
    """What the store is called in an error: the file, or the database and its host, never a password."""
    if url.drivername.startswith("sqlite"):
        return f"the database {url.database or 'in memory'}"
    return f"the database {url.database or 'postgres'} on {url.host or url.query.get('host') or 'localhost'}"


def in_memory(url: URL) -> bool:
    """Whether the store lives in this process only."""
    return url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:")


def engine_of(url: URL) -> AsyncEngine:
    """An engine for the driver URL; nothing is opened yet."""
    if url.drivername.startswith("sqlite"):
        lifo = {} if in_memory(url) else {"pool_use_lifo": True}  # the last connection's page cache is still true
        ours = {"timeout": BUSY_TIMEOUT, "async_creator_fn": sqlite_driver.connect}
        engine = create_async_engine(
            url, connect_args=ours, pool_reset_on_return=None, **lifo
        )  # `Store` ends what it began
        sa.event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_pre_ping=True,
        pool_timeout=BUSY_TIMEOUT,
        connect_args={"timeout": 10, "command_timeout": LONGEST_COMMAND, "server_settings": _AT_THE_SERVER},
    )


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: we say how a transaction begins
    cursor = connection.cursor()
    try:
        for pragma in (
            f"busy_timeout = {int(BUSY_TIMEOUT * 1000)}",
            "journal_mode = WAL",
            "synchronous = FULL",  # NORMAL may forget the last commits when the power fails: something would be said twice
            "foreign_keys = ON",
            "secure_delete = FAST",  # what is deleted is overwritten where that costs no further page
            "cache_size = -32000",  # kB: a fan-out to many rooms touches many pages
            "wal_autocheckpoint = 4000",  # pages: copied back rarely, not after every fan-out
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()  # nobody else knows it yet, and its thread would outlive us
        raise


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
