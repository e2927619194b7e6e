"""SQLite in a thread of its own, asked once for each statement: aiosqlite asks three or four times, and each is a switch."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import aiosqlite

AT_HAND = 1_000  # rows that are brought with the statement; a stream asks for the rest as it goes


class Connection(aiosqlite.Connection):
    """aiosqlite's connection with cursors that bring their rows along. Its thread ends with the process."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=AT_HAND)
        self._thread.daemon = True  # a process that ends does not wait for it

    def cursor(self) -> "Cursor":  # type: ignore[override]  # theirs is made in the thread at once, ours with its statement
        return Cursor(self)

    async def ask(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Have something done in the thread."""
        return await self._execute(work, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite has no words for it

    def new_cursor(self) -> sqlite3.Cursor:
        """A cursor of the driver; in the thread."""
        return self._conn.cursor()


class Cursor:
    """What SQLAlchemy's adapter needs of a cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: sqlite3.Cursor | None = None  # while there may be more rows
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def execute(self, words: str, parameters: Sequence[Any] = ()) -> Self:
        await self._connection.ask(self._in_thread, sqlite3.Cursor.execute, words, parameters)
        return self

    async def executemany(self, words: str, parameters: Sequence[Sequence[Any]]) -> Self:
        await self._connection.ask(self._in_thread, sqlite3.Cursor.executemany, words, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        if self._open is not None:
            rows += await self._connection.ask(self._open.fetchall)
            self.rowcount = self._open.rowcount
            await self.close()
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        limit = size or self.arraysize
        if len(self._rows) < limit and self._open is not None:
            self._rows += await self._connection.ask(self._open.fetchmany, max(limit, AT_HAND))
        rows, self._rows = self._rows[:limit], self._rows[limit:]
        return rows

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def __aiter__(self) -> AsyncIterator[Any]:
        while (row := await self.fetchone()) is not None:
            yield row

    async def close(self) -> None:
        cursor, self._open = self._open, None
        if cursor is not None:
            await self._connection.ask(cursor.close)

    def _in_thread(self, how: Callable[..., Any], words: str, parameters: Sequence[Any]) -> None:
        cursor = self._connection.new_cursor()
        how(cursor, words, parameters)
        self._rows = cursor.fetchmany(AT_HAND) if cursor.description else []
        # SQLite counts what a RETURNING touches only when its rows are read
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        self._open = cursor if len(self._rows) == AT_HAND else None
        if self._open is None:
            cursor.close()


def connect(database: str, **options: Any) -> Connection:
    """A connection that is opened when it is awaited."""
    return Connection(partial(sqlite3.connect, database, **options))
