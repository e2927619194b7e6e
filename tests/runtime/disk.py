"""A disk that is full or broken, as SQLite feels it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from chatbot.store.database.db import Store


@contextmanager
def full(store: Store) -> Iterator[None]:
    """The disk has no page left."""

    def stop_growing(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(store.engine.sync_engine, "begin", stop_growing)
    try:
        yield
    finally:
        sa.event.remove(store.engine.sync_engine, "begin", stop_growing)
        sa.event.listen(store.engine.sync_engine, "begin", _grow_again)


@contextmanager
def broken(store: Store) -> Iterator[None]:
    """No transaction can be begun."""

    def fail(_: sa.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    sa.event.listen(store.engine.sync_engine, "begin", fail)
    try:
        yield
    finally:
        sa.event.remove(store.engine.sync_engine, "begin", fail)


def _grow_again(connection: sa.Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
