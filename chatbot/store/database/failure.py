"""How the store fails: one error whose sentence names the fix, made from whatever the drivers raise."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import sqlalchemy as sa


class StoreUnavailable(Exception):
    """The store cannot read or write now. The text is one sentence that names the fix; nothing was lost."""


_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk that holds {where} is full: free some space; the bot then goes on automatically",
    sqlite3.SQLITE_READONLY: "{where} is read-only: give the bot's user the right to write the file and its folder",
    sqlite3.SQLITE_BUSY: "{where} is locked by another program: stop that program (two bots need PostgreSQL)",
    sqlite3.SQLITE_LOCKED: "{where} is locked by another program: stop that program (two bots need PostgreSQL)",
    sqlite3.SQLITE_NOTADB: "{where} is not a database: name another file, or restore a backup with `chatbot db restore`",
    sqlite3.SQLITE_CORRUPT: "{where} is damaged: restore a backup with `chatbot db restore`",
    sqlite3.SQLITE_CANTOPEN: "{where} cannot be opened: create its folder, and let the bot's user write there",
    sqlite3.SQLITE_PERM: "{where} may not be opened: give the bot's user the right to write it",
    sqlite3.SQLITE_IOERR: "the disk that holds {where} failed: check its health and its free space",
}

_DISK = {
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.EACCES: sqlite3.SQLITE_PERM,
    errno.EPERM: sqlite3.SQLITE_PERM,
    errno.ENOENT: sqlite3.SQLITE_CANTOPEN,
    errno.ENOTDIR: sqlite3.SQLITE_CANTOPEN,
    errno.EIO: sqlite3.SQLITE_IOERR,
}

_POSTGRES: tuple[tuple[type[BaseException], str], ...] = (
    (
        asyncpg.InvalidPasswordError,
        "{where} rejects the user name or the password: correct `database` in the configuration",
    ),
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        "{where} rejects the user name or the password: correct `database` in the configuration",
    ),
    (asyncpg.InvalidCatalogNameError, "{where} does not exist: create it with `createdb`"),
    (asyncpg.InsufficientPrivilegeError, "{where} does not let the bot's role work: make it the database's owner"),
    (asyncpg.DiskFullError, "the disk that holds {where} is full: free some space; the bot then goes on automatically"),
    (asyncpg.ReadOnlySQLTransactionError, "{where} is read-only: name the primary server in `database`"),
    (asyncpg.TooManyConnectionsError, "{where} has no free connections: raise its max_connections"),
    (asyncpg.DeadlockDetectedError, "{where} ended a deadlock: it is tried again"),
    (asyncpg.LockNotAvailableError, "{where} is locked by another program: it is tried again"),
    (asyncpg.QueryCanceledError, "{where} took too long: look at its load"),
    (asyncpg.InsufficientResourcesError, "{where} is short of memory, disk space or connections: look at its log"),
    (asyncpg.TransactionRollbackError, "{where} rolled a transaction back: it is tried again"),
    (asyncpg.PostgresSystemError, "the machine of {where} failed: look at its log"),
    (asyncpg.InternalServerError, "{where} had an internal error: look at its log"),
)


_GONE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server ended the connection at the moment in which we began to ask
)


def sentence(error: BaseException, where: str) -> str | None:
    """What an operator is told of a driver's error, or None where it is a defect of ours."""
    origin = getattr(error, "orig", None) or error
    if isinstance(origin, UnicodeDecodeError):
        return _SQLITE[sqlite3.SQLITE_CORRUPT].format(where=where)
    if isinstance(origin, OSError) and origin.errno in _DISK:
        return _SQLITE[_DISK[origin.errno]].format(where=where)
    reason = _of_sqlite(origin) if isinstance(origin, sqlite3.Error) else _of_postgres(origin, error)
    return reason.format(where=where) if reason else None


def _of_sqlite(origin: sqlite3.Error) -> str | None:
    code = getattr(origin, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    return _SQLITE[sqlite3.SQLITE_CORRUPT] if "decode" in str(origin).casefold() else None  # text that is no UTF-8


def _of_postgres(origin: BaseException, error: BaseException) -> str | None:
    causes = {type(cause) for cause in _chain(origin)}
    for kind, words in _POSTGRES:
        if any(issubclass(cause, kind) for cause in causes):
            return words
    if any(issubclass(cause, _GONE) for cause in causes) or isinstance(
        error, sa.exc.InterfaceError | sa.exc.TimeoutError
    ):
        return "{where} does not answer: start it, or correct `database` in the configuration"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


_DRIVERS = (
    sa.exc.SQLAlchemyError,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
    UnicodeDecodeError,  # from a damaged file
)


@contextmanager
def translate_errors(where: str, *also: type[Exception]) -> Iterator[None]:
    """Turn the drivers' errors (and `also` these) into StoreUnavailable; what is no such error passes unchanged."""
    try:
        yield
    except (*_DRIVERS, *also) as error:
        words = sentence(error, where)
        if words is None:
            raise
        raise StoreUnavailable(words) from error
