"""How replicas on one PostgreSQL wake one another: who adds to the outbox says so, and every sleeper for that chat hears it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress

import asyncpg
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL = "chatbot_outbox"
AGAIN = 2.0  # seconds before a lost connection is made anew; sleepers look by themselves meanwhile

Waker = Callable[[str], asyncio.Event]


async def tell(connection: AsyncConnection, chats: Collection[str]) -> None:
    """Wake the sleepers for these chats when this transaction commits."""
    for chat in sorted(chats):
        await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, chat)))


@asynccontextmanager
async def listening(url: URL, waker: Waker) -> AsyncIterator[None]:
    """Set the chats' wakers whenever another replica tells."""
    ready = asyncio.Event()
    task = asyncio.create_task(_listen(url, waker, ready), name="listen")
    try:
        await ready.wait()
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(url: URL, waker: Waker, ready: asyncio.Event) -> None:
    heard: set[str] = set()
    while True:
        lost = asyncio.Event()
        try:
            connection = await asyncpg.connect(_address(url))
        except (
            OSError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ):  # the store's own transactions say what is wrong
            ready.set()
            await asyncio.sleep(AGAIN)
            continue
        try:
            connection.add_termination_listener(lambda _, lost=lost: lost.set())
            await connection.add_listener(CHANNEL, lambda *told: _hear(waker, heard, str(told[-1])))
            ready.set()
            for chat in heard:  # something may have been said while nobody listened
                waker(chat).set()
            await lost.wait()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(AGAIN)
        finally:
            connection.terminate()


def _hear(waker: Waker, heard: set[str], chat: str) -> None:
    heard.add(chat)
    waker(chat).set()


def _address(url: URL) -> str:
    """The URL as asyncpg itself reads it."""
    query = dict(url.query)
    if "ssl" in query:
        query["sslmode"] = query.pop("ssl")
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
