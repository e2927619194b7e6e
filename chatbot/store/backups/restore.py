"""A backup put in the place of the store, and an exported file taken into an empty one."""

import asyncio
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from chatbot.core.line_roles.line_role import LineRole
from chatbot.store import line_roles
from chatbot.store.backups.backup import BACKED_UP_AT, copy_file
from chatbot.store.backups.transfer import empty, fill, transfer
from chatbot.store.database import files
from chatbot.store.database.account_tables import notes
from chatbot.store.database.columns import from_number
from chatbot.store.database.db import Store, open_store
from chatbot.store.database.failure import StoreUnavailable, translate_errors
from chatbot.store.database.files import Holdings
from chatbot.store.database.tables import projects
from chatbot.store.outbox import restore_gap
from chatbot.store.privacy import forgetting

_SIDE_FILES = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restoration brought back. `former` is where the former SQLite file lies now, None where there was none; `forgotten`
    people were forgotten since the backup, and are again."""

    gap: restore_gap.Gap
    holdings: Holdings
    former: Path | None
    forgotten: int = 0


async def restore(url: str, file: Path, now: datetime) -> Restored:
    """Put a backup in the place of the store at `url`, which no bot may be using. Raises StoreUnavailable where the file is
    not a backup of the bot; nothing is changed then. A former SQLite file is kept beside it under a name that ends in
    `.before-restore`, with a number where there is such a file. What may have been posted since the backup is in doubt."""
    async with _opened_copy(file) as (source, holdings):
        if not holdings.projects and await _holds_projects(url):
            raise StoreUnavailable(
                f"{file} holds no projects, but the database does: nothing was changed; name another backup"
            )
        since = restore_gap.Gap(begin=await _backed_up_at(source, file, now), end=now)
        (names, roles), count_forgotten = await _former(url), 0
        with _set_aside(url) as aside:
            async with open_store(url) as target, target.writing() as tx:
                await empty(tx)
                await fill(source, tx)
                await restore_gap.mark(tx, since)
                for role in roles:  # only its id says that a role is ours
                    await line_roles.put(tx, role)
                if names is not None:
                    count_forgotten = await forgetting.forget_again(tx, names, since.begin)
    return Restored(gap=since, holdings=holdings, former=aside, forgotten=count_forgotten)


async def _former(url: str) -> tuple[forgetting.Forgotten | None, Sequence[LineRole]]:
    """What a restoration must not lose of the present store: whom it has forgotten, and the roles that it made in servers;
    nothing where there is none, or it cannot be read."""
    parsed = sa.make_url(url)
    with tempfile.TemporaryDirectory() as folder:
        try:
            if parsed.drivername.startswith("sqlite"):  # a copy: a damaged or older file stays as it is
                copy = Path(folder) / "former.db"
                await asyncio.to_thread(copy_file, str(parsed.database), copy)
                url = f"sqlite:///{copy}"
            async with open_store(url) as store, store.reading() as tx:
                roles = [role for role in await line_roles.every(tx) if role.role]
                return await forgetting.recall(tx), roles
        except (StoreUnavailable, sqlite3.Error):
            return None, ()


async def import_file(file: Path, url: str) -> tuple[int, Holdings]:
    """Fill the empty store at `url` from an exported file; return how many rows that was, and of what. Raises
    StoreUnavailable where the file is not of the bot, or the store is in use."""
    async with _opened_copy(file) as (source, holdings):
        return await transfer(source, url), holdings


@asynccontextmanager
async def _opened_copy(file: Path) -> AsyncIterator[tuple[Store, Holdings]]:
    """A copy of a backup, brought up to date: the file itself stays as it is."""
    if not await asyncio.to_thread(file.is_file):
        raise StoreUnavailable(f"{file} does not exist: name a file that `chatbot db backup` or `export` wrote")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "backup.db"
        with translate_errors(f"the backup {file}", OSError):
            await asyncio.to_thread(shutil.copyfile, file, copy)
        try:
            holdings = await asyncio.to_thread(files.holdings, copy)
            async with open_store(f"sqlite:///{copy}") as source:
                yield source, holdings
        except StoreUnavailable as refused:
            raise StoreUnavailable(str(refused).replace(str(copy), str(file))) from refused


async def _holds_projects(url: str) -> bool:
    """Whether the store at `url` remembers anything; one that is missing or damaged does not."""
    parsed = sa.make_url(url)
    if parsed.drivername.startswith("sqlite"):
        try:
            return (await asyncio.to_thread(files.holdings, Path(str(parsed.database)))).projects > 0
        except StoreUnavailable:
            return False
    async with open_store(url) as store, store.reading() as tx:
        return await tx.row(sa.select(sa.literal(1)).select_from(projects)) is not None


async def _backed_up_at(source: Store, file: Path, now: datetime) -> datetime:
    async with source.reading() as tx:
        row = await tx.row(sa.select(notes.c.value).where(notes.c.name == BACKED_UP_AT))
    if row is not None:
        return from_number(int(json.loads(row.value)))
    copied = await asyncio.to_thread(file.stat)  # a file that was copied by hand
    return min(from_number(int(copied.st_mtime * 1_000_000)), now)


@contextmanager
def _set_aside(url: str) -> Iterator[Path | None]:
    """Keep a former SQLite file beside its place, and put it back if its successor does not come to be."""
    parsed = sa.make_url(url)
    database = parsed.database if parsed.drivername.startswith("sqlite") else None
    if not database:
        yield None
        return
    aside = _free_name(f"{database}.before-restore")
    with translate_errors(f"the file {database}", OSError):
        moved = _move(database, aside)
    try:
        yield Path(aside) if moved else None
    except BaseException:
        if moved:
            _remove(Path(database))
            _move(aside, database)
        raise


def _free_name(name: str) -> str:
    """The name, or the first of `name-2`, `name-3`, … that no file has: a saved copy is never overwritten."""
    tried = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(each for each in tried if not any(os.path.lexists(f"{each}{suffix}") for suffix in _SIDE_FILES))


def _move(old: str, new: str) -> bool:
    suffixes = [suffix for suffix in _SIDE_FILES if Path(f"{old}{suffix}").exists()]
    for suffix in suffixes:
        Path(f"{old}{suffix}").replace(f"{new}{suffix}")
    return bool(suffixes)


def _remove(file: Path) -> None:
    for suffix in _SIDE_FILES:
        Path(f"{file}{suffix}").unlink(missing_ok=True)
