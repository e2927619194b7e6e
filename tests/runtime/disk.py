"""A disk that is full, as SQLite feels it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from chatbot.store.db import Store


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


def _grow_again(connection: sa.Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
