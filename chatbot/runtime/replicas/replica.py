"""What lets one process, or one of several, do the work: a lock beside SQLite's file, leases on PostgreSQL."""

import asyncio
import errno
import fcntl
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from chatbot.ports import ChatStopped, Clock
from chatbot.runtime.loops import start_task
from chatbot.runtime.replicas.leadership import Leadership
from chatbot.store import leases
from chatbot.store.database import files
from chatbot.store.database.db import Store, StoreUnavailable, open_store

SQLITE = "sqlite:///"
MARK = "replicas.id"  # a file in an account's directory: replicas that see the same one share the directory


@asynccontextmanager
async def leading(store: Store, clock: Clock) -> AsyncIterator[Leadership | None]:
    """The leases of this process, or None where it is alone: SQLite serves one bot. Raises StoreUnavailable where another
    one uses the file."""
    if not store.postgres:
        with alone(store):
            yield None
        return
    holder = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
    leadership = Leadership(store=store, holder=holder, clock=clock)
    beating = start_task(leadership.run(), "leases")
    try:
        yield leadership
    finally:
        beating.cancel()
        await asyncio.wait({beating})
        await leadership.release()


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Hold the lock beside the database's file; the system lets go of it when the process ends, however it ends."""
    with _locked(store.url.database, store.where):
        yield


@contextmanager
def _locked(file: str | None, where: str) -> Iterator[None]:
    if file in (None, "", ":memory:"):
        yield
        return
    try:
        lock = files.open_lock(Path(f"{file}.lock"))
    except OSError as refused:
        words = "is a link: remove it" if refused.errno == errno.ELOOP else "cannot be written"
        raise StoreUnavailable(f"{file}.lock {words}; the bot's user must be able to write it") from refused
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreUnavailable(
                f"{where} is in use by another bot{_process(lock)}: stop that one first (several bots need PostgreSQL)"
            ) from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(lock)


def _process(lock: int) -> str:
    """The process that wrote its number into the lock file."""
    number = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
    return f" (process {number})" if number.isdecimal() else ""


@asynccontextmanager
async def unused(url: str, clock: Clock) -> AsyncIterator[None]:
    """Make sure that no bot uses the store at `url` while something takes its place. Raises StoreUnavailable."""
    file = url.removeprefix(SQLITE)
    if file != url:
        with _locked(file, f"the database {file}"):
            yield
        return
    async with open_store(url) as store, store.reading() as tx:
        now = await leases.clock(tx, clock())
        if any(until > now for _, until in (await leases.holders(tx)).values()):
            raise StoreUnavailable(f"{store.where} is in use by a bot: end it first, and wait half a minute")
    yield


async def same_directory(store: Store, chat: str, folder: Path) -> None:
    """An account whose directory holds its keys moves to another replica only with that directory. Raises ChatStopped,
    naming the fix, where this replica has another one."""
    if not store.postgres:
        return
    mark = folder / MARK
    async with store.writing() as tx:
        noted_directory = await leases.read_note(tx, f"directory/{chat}")
        if noted_directory is None:
            noted_directory = secrets.token_hex(16)
            await leases.note(tx, f"directory/{chat}", noted_directory)
            await asyncio.to_thread(_write, mark, noted_directory)
        here = await asyncio.to_thread(_read_file, mark)
        if here == "new":  # the operator's word that the old directory is lost
            await asyncio.to_thread(_write, mark, noted_directory)
            here = noted_directory
    if here != noted_directory:
        raise ChatStopped(
            f"{folder} is not the directory that this account's other replica used: put {chat}.store_path on storage that all "
            f"replicas share; if the old one is lost for good, write the word new into {mark}"
        )


def _write(mark: Path, words: str) -> None:
    mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark.write_text(words)


def _read_file(mark: Path) -> str:
    try:
        return mark.read_text().strip()
    except OSError:
        return ""
