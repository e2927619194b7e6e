"""Replicas on one PostgreSQL: one leads at a time, another takes over, and what is led ends before its lease does."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.ports import ChatStopped
from chatbot.runtime.replicas.leadership import Leadership
from chatbot.runtime.replicas.replica import MARK, alone, leading, same_directory
from chatbot.store.database.db import Store, StoreUnavailable, open_store
from tests.patience import PATIENCE, until
from tests.runtime.storm import storm
from tests.standins import postgres
from tests.standins.synapse import Synapse


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Diary:
    """Who began and ended to lead, in order."""

    lines: list[str] = field(default_factory=list)
    more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def write(self, line: str) -> None:
        self.lines.append(line)
        async with self.more:
            self.more.notify_all()

    async def has(self, line: str) -> None:
        async with asyncio.timeout(PATIENCE), self.more:
            await self.more.wait_for(lambda: line in self.lines)

    def in_turns(self) -> bool:
        """Whether nobody began before the one before had ended."""
        whos = [line.split() for line in self.lines]
        return [what for _, what in whos] == ["begins", "ends"] * (len(whos) // 2) + ["begins"] * (
            len(whos) % 2
        ) and all(one == other for (one, _), (other, _) in zip(whos[::2], whos[1::2], strict=False))


@dataclass(slots=True)
class Replica:
    """One replica with leases that are short, so that nobody waits long for them."""

    name: str
    leadership: Leadership
    diary: Diary
    beating: asyncio.Task[None]
    working: asyncio.Task[None]

    async def freeze(self) -> None:
        """It beats no more, as if it could not reach the database; what it does goes on for as long as it may."""
        self.beating.cancel()
        await asyncio.wait({self.beating})

    async def end(self) -> None:
        for task in (self.working, self.beating):
            task.cancel()
        await asyncio.wait({self.working, self.beating})


@asynccontextmanager
async def replica(url: str, name: str, diary: Diary) -> AsyncIterator[Replica]:
    async def work() -> None:
        await diary.write(f"{name} begins")
        try:
            await asyncio.Event().wait()
        finally:
            await diary.write(f"{name} ends")

    async with open_store(url) as store:
        leadership = Leadership(store=store, holder=name, clock=now, lease=timedelta(seconds=1.5), beat=0.2, margin=0.4)
        beating = asyncio.create_task(leadership.run())
        working = asyncio.create_task(leadership.hold("account/discord", work))
        own_replica = Replica(name, leadership, diary, beating, working)
        try:
            yield own_replica
        finally:
            await own_replica.end()


async def test_one_leads_and_the_other_takes_over_only_when_the_first_has_ended(postgres_server: Any) -> None:
    url, diary = await postgres.new_database(postgres_server), Diary()
    async with replica(url, "a", diary) as first:
        await diary.has("a begins")
        async with replica(url, "b", diary):
            await first.freeze()
            await diary.has("b begins")
            assert diary.in_turns(), diary.lines
            assert diary.lines[-1] == "b begins"
            assert not first.leadership.ours("account/discord")


async def test_a_clean_end_gives_the_lease_back_at_once(postgres_server: Any) -> None:
    url = await postgres.new_database(postgres_server)
    async with open_store(url) as store, open_store(url) as other:
        first = Leadership(store=store, holder="a", clock=now)
        second = Leadership(store=other, holder="b", clock=now)
        waiting = [asyncio.create_task(each.hold("x", asyncio.Event().wait)) for each in (first, second)]  # type: ignore[arg-type]  # what it returns is not looked at
        await until(lambda: first._claims["x"] and second._claims["x"], "both want it")
        await first.round()
        await second.round()
        assert (first.ours("x"), second.ours("x")) == (True, False)
        await first.release()
        await second.round()
        assert (first.ours("x"), second.ours("x")) == (False, True)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


async def test_work_that_ends_leaves_its_lease_to_others(postgres_server: Any) -> None:
    """As where a replica must not hold an account: another one may."""
    url = await postgres.new_database(postgres_server)
    async with open_store(url) as store, open_store(url) as other:
        first = Leadership(store=store, holder="a", clock=now)
        second = Leadership(store=other, holder="b", clock=now)

        async def refused() -> None:
            await asyncio.sleep(0)

        holding = asyncio.create_task(first.hold("x", refused))
        waiting = asyncio.create_task(second.hold("x", asyncio.Event().wait))  # type: ignore[arg-type]  # what it returns is not looked at
        await until(lambda: first._claims["x"] and second._claims["x"], "both want it")
        await first.round()
        await holding
        await first.round()
        await second.round()
        assert second.ours("x")
        waiting.cancel()
        await asyncio.wait({waiting})


async def test_what_the_work_raises_is_raised(postgres_server: Any) -> None:
    async def fails() -> None:
        raise ChatStopped("the token was revoked")

    async with open_store(await postgres.new_database(postgres_server)) as store, leading(store, now) as leadership:
        assert leadership is not None
        with pytest.raises(ChatStopped, match="revoked"):
            await leadership.hold("x", fails)


async def test_a_lease_counts_from_before_the_heartbeat_was_sent(postgres_server: Any) -> None:
    """A database that answers late must not lengthen what we believe of the lease."""
    times = iter([100.0, 119.0])
    async with open_store(await postgres.new_database(postgres_server)) as store:
        slow = Leadership(store=store, holder="a", clock=now, monotonic=lambda: next(times))
        slow._claims["x"] += 1
        await slow.round()
        assert slow.remaining("x") == 100.0 + 20 - 5 - 119.0


async def test_an_error_that_nobody_expected_ends_no_replicas_leading(postgres_server: Any) -> None:
    url, diary = await postgres.new_database(postgres_server), Diary()
    async with replica(url, "a", diary) as only, open_store(url) as store:
        await diary.has("a begins")
        async with store.writing() as tx:
            await tx.run(sa.text("ALTER TABLE leases RENAME TO elsewhere"))
        await diary.has("a ends")
        assert not only.beating.done()
        async with store.writing() as tx:
            await tx.run(sa.text("ALTER TABLE elsewhere RENAME TO leases"))
        diary.lines.clear()
        await diary.has("a begins")


@asynccontextmanager
async def way_to(server: Any) -> AsyncIterator[tuple[str, set[int]]]:
    """A way to the server over TCP, as host and port, and the numbers of the connections on which nothing arrives any more."""
    socket = Path(server.get_postmaster_info().socket_dir) / f".s.PGSQL.{server.get_postmaster_info().port}"
    silent: set[int] = set()
    tasks: set[asyncio.Task[None]] = set()
    numbers = count()

    async def carry(number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                if number not in silent:
                    writer.write(chunk)
                    await writer.drain()
        writer.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(numbers)
        inner = await asyncio.open_unix_connection(str(socket))
        for one, other in ((reader, inner[1]), (inner[0], writer)):
            tasks.add(asyncio.create_task(carry(number, one, other)))

    listening = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}", silent
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_connections_on_which_nothing_arrives_any_more_are_given_up(postgres_server: Any) -> None:
    """As after a failover, or when a host loses its power: nobody says that they are dead."""
    name = (await postgres.new_database(postgres_server)).partition("/t")[2].partition("?")[0]
    diary = Diary()
    async with (
        way_to(postgres_server) as (address, silent),
        replica(f"postgresql://postgres@{address}/t{name}", "a", diary),
    ):
        await diary.has("a begins")
        silent.update(range(100))
        await diary.has("a ends")
        diary.lines.clear()
        silent.difference_update(range(3, 100))  # new connections get through
        await diary.has("a begins")


async def test_a_second_bot_on_one_sqlite_file_is_refused(tmp_path: Path) -> None:
    async with (
        open_store(f"sqlite:///{tmp_path}/bot.db") as first,
        open_store(f"sqlite:///{tmp_path}/bot.db") as second,
    ):
        with alone(first), pytest.raises(StoreUnavailable, match="need PostgreSQL"), alone(second):
            pass
        with alone(second):
            pass


async def test_an_account_moves_only_with_its_directory(postgres_server: Any, tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    async with open_store(await postgres.new_database(postgres_server)) as store:
        await same_directory(store, "matrix", here)
        await same_directory(store, "matrix", here)
        with pytest.raises(ChatStopped, match="storage that all replicas share"):
            await same_directory(store, "matrix", elsewhere)
        elsewhere.mkdir()
        (elsewhere / MARK).write_text("new\n")
        await same_directory(store, "matrix", elsewhere)
        await same_directory(store, "matrix", elsewhere)


async def test_a_bot_alone_needs_no_shared_directory(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        await same_directory(store, "matrix", tmp_path / "a")
        await same_directory(store, "matrix", tmp_path / "b")
        assert isinstance(store, Store)


@pytest.mark.soak
@pytest.mark.timeout(
    6 * PATIENCE
)  # it waits patiently up to so many times, and a busy machine may need some of it each time
async def test_the_other_replica_goes_on_after_a_kill_and_the_stopped_one_posts_nothing_twice(
    homeserver: Synapse, postgres_server: Any, tmp_path: Path
) -> None:
    async with storm(1, tmp_path, homeserver, server=postgres_server, replicas=2, rooms=2, has_people=False) as there:
        await there.release()
        await there.calm(PATIENCE)
        for bot in there.bots:  # whoever leads is stopped for longer than its lease, and comes back too late
            bot.send_signal(signal.SIGSTOP)
            await there.release()
            await there.discord.until(
                lambda: there.expected.releases[-1] in there.rooms.in_all_channels(), within=PATIENCE
            )
            bot.send_signal(signal.SIGCONT)
            await there.release()
            await there.calm(PATIENCE)
        there.bots[0].kill()
        await there.bots[0].wait()
        await there.release()
        await there.calm(PATIENCE)
