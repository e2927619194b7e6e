"""How replicas on one PostgreSQL wake one another: who adds to the outbox says so, and every sleeper for that chat hears it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress

import asyncpg
import sqlalchemy as sa
import structlog
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

log = structlog.get_logger(__name__)

CHANNEL = "chatbot_outbox"
AGAIN = 2.0  # seconds before a lost connection is made again; sleepers look by themselves meanwhile


async def send(connection: AsyncConnection, chats: Collection[str]) -> None:
    """Wake the sleepers for these chats when this transaction commits."""
    for chat in sorted(chats):
        await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, chat)))


@asynccontextmanager
async def listening(url: URL, wakers: Mapping[str, asyncio.Event]) -> AsyncIterator[None]:
    """Set a chat's waker whenever another replica tells."""
    ready = asyncio.Event()
    task = asyncio.create_task(_listen(url, wakers, ready), name="listen")
    try:
        await ready.wait()
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(url: URL, wakers: Mapping[str, asyncio.Event], ready: asyncio.Event) -> None:
    while True:
        try:
            await _listen_once(url, wakers, ready)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as away:
            log.debug(
                "not listening for other replicas for a moment", reason=str(away)
            )  # the store's own transactions say what is wrong
        except Exception:  # who does not listen any more would learn of news late, for ever
            log.exception("listening for other replicas failed")
        ready.set()
        await asyncio.sleep(AGAIN)


async def _listen_once(url: URL, wakers: Mapping[str, asyncio.Event], ready: asyncio.Event) -> None:
    """Listen until the connection is lost."""
    disconnected = asyncio.Event()

    def hear(*arguments: object) -> None:
        if (waker := wakers.get(str(arguments[-1]))) is not None:
            waker.set()

    connection = await asyncpg.connect(_address(url))
    try:
        connection.add_termination_listener(lambda _: disconnected.set())
        await connection.add_listener(CHANNEL, hear)
        for waker in list(wakers.values()):  # something may have been said while nobody listened
            waker.set()
        ready.set()
        await disconnected.wait()
    finally:
        connection.terminate()


def _address(url: URL) -> str:
    """The URL as asyncpg itself reads it."""
    query = dict(url.query)
    if "ssl" in query:
        query["sslmode"] = query.pop("ssl")
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
