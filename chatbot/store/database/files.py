"""The store's files: made for the bot's user alone, never through a link, and used only where they are the bot's own."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from chatbot.store.database.failure import StoreUnavailable

PRIVATE = 0o600
_OURS = frozenset({"alembic_version", "projects", "announcements", "deliveries"})  # in every schema so far
_BUSY_TIMEOUT = 5.0  # seconds to wait for another program's lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a database of ours holds: how many projects, and how many announcements that were posted or are on their way."""

    projects: int
    announcements: int


def create(path: Path) -> None:
    """Create an empty file that only the bot's user can read, where there is none. SQLite gives its WAL the same mode.

    Raises StoreUnavailable where a link leads nowhere: what it names would be created elsewhere.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE))
    except FileExistsError:
        if path.is_symlink() and not path.exists():
            raise StoreUnavailable(f"{path} is a link to a file that does not exist: remove the link") from None


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, which is created where there is none and never emptied. Raises OSError: a link is not
    followed."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    if not stat.S_ISREG(os.fstat(lock).st_mode):
        os.close(lock)
        raise OSError(f"{path} is not a regular file")
    return lock


def readable_by_others(path: Path) -> bool:
    """Whether somebody else on this machine can read or change the file."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """The path of a new file in a directory of its own beside `file`, which nobody else can enter; both are removed at the
    end, so the file is to be moved to its place before."""
    with tempfile.TemporaryDirectory(prefix=".chatbot-", dir=file.absolute().parent) as folder:
        yield Path(folder) / "new.db"


def check_ours(file: str, where: str) -> None:
    """Raise StoreUnavailable where the SQLite file holds something, but not the bot's store. It is not changed."""
    with closing(sqlite3.connect(file, timeout=_BUSY_TIMEOUT)) as connection:
        parts = _parts(connection)
    if not parts:
        return  # a new, empty one
    if not {name for kind, name in parts if kind == "table"} >= _OURS:
        raise StoreUnavailable(f"{where} belongs to another program: name another file in `database`")
    if foreign := sorted(name for kind, name in parts if kind in ("trigger", "view")):
        raise StoreUnavailable(
            f"{where} was changed by another program (it has the {len(foreign)} foreign triggers or views "
            f"{', '.join(foreign)[:100]}): restore a backup with `chatbot db restore`"
        )


def holdings(file: Path) -> Holdings:
    """What a backup or an export holds. Raises StoreUnavailable where it is not one."""
    words = f"{file} is not a backup of the bot: name a file that `chatbot db backup` or `chatbot db export` wrote"
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True, timeout=_BUSY_TIMEOUT)
        ) as connection:
            if not {name for kind, name in _parts(connection) if kind == "table"} >= _OURS:
                raise StoreUnavailable(words)
            if connection.execute("SELECT count(*) FROM alembic_version").fetchone()[0] != 1:
                raise StoreUnavailable(words)
            return counted(connection)
    except (sqlite3.Error, UnicodeDecodeError) as damaged:
        raise StoreUnavailable(f"{words} (this one is damaged, or not a database)") from damaged


def counted(connection: sqlite3.Connection) -> Holdings:
    """What a database of ours holds, counted."""
    numbers = connection.execute(
        "SELECT (SELECT count(*) FROM projects), (SELECT count(*) FROM announcements)"
    ).fetchone()
    return Holdings(projects=int(numbers[0]), announcements=int(numbers[1]))


def _parts(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """(kind, name) of every table, view, trigger and index but SQLite's own, which are tables and indexes."""
    rows = connection.execute(
        "SELECT type, name FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR type NOT IN ('table', 'index')"
    )
    return [(str(kind), str(name)) for kind, name in rows]
