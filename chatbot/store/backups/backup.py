"""The store as it stands at one moment, as a file to be carried away, while everybody goes on."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from chatbot.store.backups.transfer import transfer
from chatbot.store.database import files
from chatbot.store.database.account_tables import notes
from chatbot.store.database.columns import to_number
from chatbot.store.database.db import Store, open_store
from chatbot.store.database.failure import StoreUnavailable, translate_errors
from chatbot.store.database.files import Holdings

BACKED_UP_AT = "backed_up_at"  # the note that says when


async def backup(store: Store, file: Path, now: datetime) -> Holdings:
    """Write the store as it stands at this moment into a new SQLite file, while everybody goes on; return what it holds.
    Raises StoreUnavailable."""
    with new_file(file, f"the backup {file}") as fresh:
        if store.postgres:
            await transfer(store, f"sqlite:///{fresh}")
        else:
            await asyncio.to_thread(copy_file, str(store.url.database), fresh)
        async with open_store(f"sqlite:///{fresh}") as copy, copy.writing() as tx:
            adding = tx.insert(notes).values(name=BACKED_UP_AT, value=str(to_number(now)))
            await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_={"value": str(to_number(now))}))
        return await asyncio.to_thread(close_file, fresh)


async def export(store: Store, file: Path) -> int:
    """Write everything into a new SQLite file; return how many rows that was. Raises StoreUnavailable."""
    with new_file(file, f"the export {file}") as fresh:
        many = await transfer(store, f"sqlite:///{fresh}")
        await asyncio.to_thread(close_file, fresh)
        return many


@contextmanager
def new_file(file: Path, where: str) -> Iterator[Path]:
    """A path to write to; what is there at the end takes its place at `file`: whole, or not at all."""
    if file.exists() or file.is_symlink():
        raise StoreUnavailable(f"{file} already exists: name another file, or remove it")
    with translate_errors(where, OSError), files.beside(file) as fresh:
        files.create(fresh)
        yield fresh
        _place(fresh, file)


def _place(fresh: Path, file: Path) -> None:
    try:
        os.link(fresh, file)  # unlike a rename, it never replaces what somebody has put there meanwhile
    except FileExistsError:
        raise StoreUnavailable(f"{file} already exists: name another file, or remove it") from None
    except OSError:
        fresh.rename(file)  # a file system without links


def copy_file(database: str, to: Path) -> None:
    """Copy an SQLite file that others may be writing to; its schema may be any."""
    source, target = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True), sqlite3.connect(to)
    try:
        source.backup(target, pages=256, sleep=0.01)  # a few pages at a time: writers get between
    finally:
        target.close()
        source.close()


def close_file(file: Path) -> Holdings:
    """Put everything into the one file that is carried away, and see that it is on the disk."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        holdings = files.counted(connection)
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    return holdings
