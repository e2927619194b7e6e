"""The store itself: opened by one URL, brought up to date, and used in transactions that are kept whole or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chatbot.core.model.ids import ProjectId
from chatbot.store.database import notify, schema
from chatbot.store.database.engines import READING, WRITING, driver_url, engine_of, in_memory, place
from chatbot.store.database.failure import StoreUnavailable, translate_errors
from chatbot.store.database.tables import projects

__all__ = ["Store", "StoreUnavailable", "Tx", "open_store"]

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction.

    woken: the chats whose outbox got something: they are told after the commit
    locks: those that it holds until its end
    committed: called once it is kept, in this order; never if it is undone
    remembered: what was read in it and cannot have changed since; who writes it forgets it, or writes it here too
    """

    connection: AsyncConnection
    postgres: bool
    where: str = ""
    woken: set[str] = field(default_factory=set)
    locks: set[str] = field(default_factory=set)
    remembered: dict[tuple[str, ...], Any] = field(default_factory=dict)
    committed: list[Callable[[], None]] = field(default_factory=list)

    async def run(self, statement: sa.Executable, parameters: Parameters | None = None) -> int:
        """Execute a statement, or the same for many rows; return how many rows it touched, where the driver knows."""
        if parameters is not None and not parameters:
            return 0
        return (await self._execute(statement, parameters)).rowcount

    async def rows(
        self, statement: sa.Executable, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[sa.Row[Any]]:
        """Everything the statement returns."""
        return (await self._execute(statement, parameters)).all()

    async def row(self, statement: sa.Executable, parameters: Mapping[str, Any] | None = None) -> sa.Row[Any] | None:
        """The first row, or None."""
        return (await self._execute(statement, parameters)).first()

    async def _execute(self, statement: sa.Executable, parameters: Parameters | None) -> sa.CursorResult[Any]:
        with translate_errors(self.where, TimeoutError):  # the driver's: who cancels us is not heard in here as one
            return await _finish(self.connection.execute(statement, parameters), self.postgres)

    def insert(self, table: sa.Table) -> "postgresql.Insert | sqlite.Insert":
        """An INSERT that knows what to do on a conflict, in this store's dialect."""
        return postgresql.insert(table) if self.postgres else sqlite.insert(table)


@dataclass(slots=True)
class Store:
    """An open store. Writing transactions of one process follow one another on SQLite; on PostgreSQL those of one project."""

    engine: AsyncEngine
    url: URL
    where: str
    _writer: asyncio.Lock = field(default_factory=asyncio.Lock)
    wakers: dict[str, asyncio.Event] = field(default_factory=dict)
    failures: int = 0  # writing transactions, since the store was opened
    trouble: str = ""  # why the last of them failed

    @property
    def postgres(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @asynccontextmanager
    async def writing(self, *projects: ProjectId) -> AsyncIterator[Tx]:
        """A transaction that may write: committed at the end, undone on any error. With projects, writers of any of these
        follow one another, in other processes too. Raises StoreUnavailable."""
        async with AsyncExitStack() as stack:
            stack.enter_context(self._watched())
            if not self.postgres:  # SQLite has one writer: waiting here is cheaper than polling its lock
                await stack.enter_async_context(self._writer)
            tx = await stack.enter_async_context(self._transaction(WRITING))
            for project in sorted(set(projects)):
                await _lock(tx, project)
            yield tx
            if tx.woken and self.postgres:
                with translate_errors(self.where, TimeoutError):
                    await notify.send(tx.connection, tx.woken)
        for then in tx.committed:
            then()
        for chat in tx.woken:
            self.waker(chat).set()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Remember whether what is written can be written: nobody else would notice a disk that is full."""
        try:
            yield
        except StoreUnavailable as full:
            self.failures, self.trouble = self.failures + 1, str(full)
            raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A transaction that only reads, on one state of the store. Raises StoreUnavailable."""
        async with AsyncExitStack() as stack:
            if in_memory(self.url):  # all share one connection
                await stack.enter_async_context(self._writer)
            yield await stack.enter_async_context(self._transaction(READING))

    async def copy_back(self) -> None:
        """Copy what was written lately from SQLite's log into its file, while others write: else a commit does it now and then
        for the last sixteen megabytes, and every other write waits for that one."""
        if self.postgres or in_memory(self.url):
            return
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            if raw.driver_connection is not None:
                with translate_errors(self.where):
                    await raw.driver_connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def waker(self, chat: str) -> asyncio.Event:
        """Is set whenever the chat's outbox got something; whoever waits for it clears it."""
        return self.wakers.setdefault(chat, asyncio.Event())

    @asynccontextmanager
    async def _transaction(self, options: Mapping[str, str]) -> AsyncIterator[Tx]:
        async with AsyncExitStack() as stack:
            stack.enter_context(
                translate_errors(self.where)
            )  # around the commit too: a full disk may first be felt there
            connection = self.engine.connect()
            stack.push_async_callback(self._close, connection)
            with translate_errors(self.where, OSError):
                await _finish(connection.start(), self.postgres)
            await connection.execution_options(**options)
            await _finish(connection.begin().start(), self.postgres)
            yield Tx(connection, self.postgres, self.where)
            with translate_errors(self.where, TimeoutError):
                await _finish(connection.commit(), self.postgres)

    async def _close(self, connection: AsyncConnection) -> None:
        """Give the connection back; what was not committed is undone."""
        if connection.sync_connection is not None:  # else it never came to be
            await asyncio.shield(_finish(connection.close(), self.postgres))


async def _finish(step: Coroutine[Any, Any, Result], postgres: bool) -> Result:
    """The driver's step, awaited to its end even where the caller is cancelled: one that is torn off on SQLite goes on in the
    driver's thread, and leaves a transaction that nobody ends and that locks every writer out."""
    if postgres:  # there the server undoes what is torn off, and a server that is gone must not hold us up
        return await step
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():  # a few milliseconds; BUSY_TIMEOUT at most
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # it is the cancellation that goes on
        raise


async def _lock(tx: Tx, project: ProjectId) -> None:
    if not tx.postgres:
        await ensure_project(tx, project)
        return
    ours = sa.select(projects.c.id).where(projects.c.id == project).with_for_update()
    if await tx.row(ours) is None:  # its first transaction
        await ensure_project(tx, project)
        await tx.row(ours)
    tx.remembered["project", project] = True


async def ensure_project(tx: Tx, project: ProjectId) -> None:
    """See that the project has its row."""
    if ("project", project) not in tx.remembered:
        await tx.run(tx.insert(projects).values(id=project).on_conflict_do_nothing())
        tx.remembered["project", project] = True


@asynccontextmanager
async def open_store(
    url: str, *, migrate: bool = True, before_upgrade: schema.BeforeUpgrade | None = None
) -> AsyncIterator[Store]:
    """Open the store at `url`, look whether it is whole, and bring its tables up to date (or, without `migrate`, look whether
    they are); `before_upgrade` is called before they change. Raises StoreUnavailable."""
    parsed = driver_url(url)
    store = Store(engine_of(parsed), parsed, place(parsed))
    async with AsyncExitStack() as closing:
        closing.push_async_callback(store.engine.dispose)
        await schema.check_whole(parsed, store.where)
        with translate_errors(store.where, OSError):
            async with store.engine.connect() as connection:
                if migrate:
                    await schema.upgrade(connection, before=before_upgrade)
                else:
                    await schema.check_current(connection)
        if store.postgres:
            await closing.enter_async_context(notify.listening(parsed, store.wakers))
        yield store
