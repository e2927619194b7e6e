"""The store as a whole: opened, brought up to date, and clear about what is wrong with it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from chatbot.core.model.ids import ProjectId
from chatbot.store import knowledge, outbox
from chatbot.store.database import account_tables, engines, tables
from chatbot.store.database.columns import metadata
from chatbot.store.database.db import Store, StoreUnavailable, open_store
from chatbot.store.outbox.claims import due_heads
from tests.patience import PATIENCE
from tests.standins import postgres
from tests.store.make import NOW, REST, batch, message, planned_message, release

assert account_tables.inbox.metadata is tables.projects.metadata  # all tables are known by now


async def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    def differences(connection: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with store.reading() as tx:
        assert await tx.connection.run_sync(differences) == []


async def test_a_store_is_opened_again_with_what_it_held(url: str) -> None:
    async with open_store(url) as store, store.writing(ProjectId("p")) as tx:
        await knowledge.upsert(tx, *REST, batch(release("v1")), NOW, readable=bool)
    async with open_store(url) as store, store.reading() as tx:
        assert list((await knowledge.load(tx, ProjectId("p"))).releases) == ["v1"]


async def test_two_sources_at_once_announce_once(store: Store) -> None:
    async def read() -> None:
        async with store.writing(ProjectId("p")) as tx:
            await knowledge.upsert(tx, *REST, batch(release("v1")), NOW, readable=bool)
            await outbox.add(tx, [planned_message("v1")], NOW)

    await asyncio.gather(*(read() for _ in range(5)))
    async with store.reading() as tx:
        assert sum((await outbox.counts(tx)).values()) == 1


async def test_two_processes_on_one_file_wait_for_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chatbot.db"
    async with open_store(url) as one, open_store(url) as other:

        async def write(store: Store) -> None:
            async with store.writing(ProjectId("p")) as tx:
                await outbox.add(tx, [planned_message("v1")], NOW)

        await asyncio.gather(*(write(store) for store in (one, other) * 4))
        async with one.reading() as tx:
            assert sum((await outbox.counts(tx)).values()) == 1


async def test_a_store_in_memory_forgets() -> None:
    async with open_store("sqlite://") as store:
        async with store.writing(ProjectId("p")) as tx:
            await outbox.add(tx, [planned_message("v1")], NOW)
        async with store.reading() as tx:
            assert sum((await outbox.counts(tx)).values()) == 1


async def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/chatbot.db") as store, store.reading() as tx:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [(await tx.connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in pragmas]
    assert values == ["wal", 2, 1, 5000]


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("mysql://host/name", "begins with mysql: write sqlite:///"),
        ("no url", "is not a URL: write sqlite:///"),
        ("sqlite:////nowhere/at/all/chatbot.db", "cannot be opened: create its folder"),
        ("postgresql://user:secret@127.0.0.1:1/name", "does not answer: start it"),
    ],
)
async def test_an_impossible_url_is_one_sentence_that_names_the_fix(url: str, fix: str) -> None:
    with pytest.raises(StoreUnavailable, match=fix) as raised:
        await _open(url)
    assert "secret" not in str(raised.value)


async def _open(url: str, *, migrate: bool = True) -> None:
    async with open_store(url, migrate=migrate):
        pass


async def test_a_database_that_does_not_exist_is_named(postgres_server: Any) -> None:
    there = await postgres.new_database(postgres_server)
    with pytest.raises(StoreUnavailable, match="does not exist: create it with `createdb`"):
        await _open(there.replace("/t", "/x", 1))


async def test_a_file_that_is_no_database_or_is_torn_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "chatbot.db"
    file.write_bytes(b"this is no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(StoreUnavailable, match="is not a database"):
        await _open(f"sqlite:///{file}")
    file.unlink()
    await _open(f"sqlite:///{file}")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreUnavailable, match="restore a backup"):
        await _open(f"sqlite:///{file}")


async def test_a_newer_schema_is_refused(store: Store, url: str) -> None:
    async with store.writing() as tx:
        await tx.run(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer chatbot"):
        await _open(url)


async def test_an_older_schema_is_left_alone_where_nobody_asked_for_more(empty_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="chatbot db upgrade"):
        await _open(empty_url, migrate=False)
    await _open(empty_url)
    await _open(empty_url, migrate=False)


async def test_a_full_disk_is_reported_and_nothing_is_half_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chatbot.db"
    async with open_store(url) as store:
        async with store.writing() as tx:
            await tx.connection.exec_driver_sql("PRAGMA max_page_count = 80")
        big = message("x" * 4_000_000)
        with pytest.raises(StoreUnavailable, match="is full: free some space"):
            await _say(store, "v1", big)
        async with store.reading() as tx:
            assert await outbox.counts(tx) == {}
    async with open_store(url) as store:
        await _say(store, "v1", big)


async def _say(store: Store, name: str, words: Any = None) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message(name, words=words)], NOW)


async def test_a_locked_store_is_reported_and_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT", 0.1)
    async with open_store(f"sqlite:///{tmp_path}/chatbot.db") as store:
        with closing(sqlite3.connect(tmp_path / "chatbot.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreUnavailable, match="locked by another program"):
                await _say(store, "v1")
        await _say(store, "v1")


async def test_a_read_only_store_is_reported(store: Store) -> None:
    read_only = "SET TRANSACTION READ ONLY" if store.postgres else "PRAGMA query_only = 1"
    with pytest.raises(StoreUnavailable, match="is read-only"):
        await _say_after(store, read_only)


async def _say_after(store: Store, statement: str) -> None:
    async with store.writing() as tx:
        await tx.connection.exec_driver_sql(statement)
        await outbox.add(tx, [planned_message("v1")], NOW)


def _torn(file: Path) -> Iterator[str]:
    """Copies of the store as it would be had the power failed at one of the log's sectors."""
    main, log = file.read_bytes(), Path(f"{file}-wal").read_bytes()
    for cut in range(0, len(log), max(512, len(log) // 24 // 512 * 512)):
        torn = file.with_name(f"torn{cut}.db")
        torn.write_bytes(main)
        Path(f"{torn}-wal").write_bytes(log[:cut])
        yield f"sqlite:///{torn}"


async def test_a_torn_write_ahead_log_loses_at_most_what_was_not_committed(tmp_path: Path) -> None:
    """Power fails while the log is written: whatever of it is there, the store opens with whole transactions only."""
    file = tmp_path / "chatbot.db"
    async with open_store(f"sqlite:///{file}") as store:
        for number in range(4):
            await _say(store, f"v{number}")
        torn = list(_torn(file))
    for url in torn:
        async with open_store(url) as store, store.reading() as tx:
            announced = await tx.rows(sa.select(tables.announcements.c.id))
            delivered = await tx.rows(sa.select(tables.deliveries.c.announcement))
            assert sorted(announced) == sorted(delivered)
            if announced:
                assert await outbox.next_due(tx, "discord") == NOW


async def test_another_replica_is_woken_by_the_commit(postgres_server: Any) -> None:
    url = await postgres.new_database(postgres_server)
    async with open_store(url) as one, open_store(url) as other:
        woken, asleep = other.waker("discord"), other.waker("matrix")
        await _say(one, "v1")
        await asyncio.wait_for(woken.wait(), PATIENCE)
        assert not asleep.is_set()


async def test_the_claim_uses_its_index_on_both(store: Store) -> None:
    rooms = [f"discord:{number}" for number in range(2000)]
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message("v1", rooms), planned_message("v2", rooms)], NOW)
        if store.postgres:
            await tx.run(sa.text("ANALYZE"))
        values = {"b_chat": "discord", "b_now": NOW, "b_limit": 50, "b_lane": 4}
        bound = due_heads.params(**values)
        text = str(bound.compile(store.engine.sync_engine, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN" if store.postgres else "EXPLAIN QUERY PLAN"
        plan = "\n".join(str(tuple(row)) for row in await tx.rows(sa.text(f"{explain} {text}".replace(":", "\\:"))))
    assert "ix_queues_due" in plan
    assert "Seq Scan on deliveries" not in plan
    assert "SCAN deliveries" not in plan
    assert "Sort Key: queues" not in plan
    assert "TEMP B-TREE" not in plan


async def test_a_connection_that_is_cut_is_reported_and_made_again(postgres_server: Any) -> None:
    url = await postgres.new_database(postgres_server)
    async with open_store(url) as store, open_store(url) as other:
        woken = other.waker("discord")
        with pytest.raises(StoreUnavailable, match="does not answer"):
            await _say_cut(store, other)
        await _say(store, "v1")
        await asyncio.wait_for(woken.wait(), PATIENCE)


async def _say_cut(store: Store, other: Store) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> {}"
    async with store.writing(ProjectId("p")) as tx:
        own = (await tx.connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar()
        async with other.writing() as killer:
            spared = (await killer.connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar()
            await killer.connection.exec_driver_sql(cut.format(spared))
        assert own != spared
        await outbox.add(tx, [planned_message("v1")], NOW)


async def test_many_writers_on_postgres_never_stop_each_other(postgres_server: Any) -> None:
    rooms = [f"discord:{number}" for number in range(20)]
    async with open_store(await postgres.new_database(postgres_server)) as store:

        async def announce(number: int) -> None:
            async with store.writing(ProjectId(f"p{number}")) as tx:
                for part in (rooms[number:], rooms[:number]):
                    await outbox.add(tx, [planned_message(f"v{number}", part[::-1])], NOW)

        async def deliver() -> int:
            async with store.writing() as tx:
                claimed = await outbox.claim(tx, "discord", NOW, 7)
            async with store.writing() as tx:
                for item in claimed[::-1]:
                    await outbox.record_sent(tx, [(item, "ref")], NOW)
            return len(claimed)

        await asyncio.gather(*(announce(number) for number in range(1, 5)), *(deliver() for _ in range(5)))
        while await deliver():
            pass
        async with store.reading() as tx:
            assert await outbox.counts(tx) == {}
            rows = await tx.rows(sa.select(tables.deliveries.c.id).where(tables.deliveries.c.state == "sent"))
            assert len(rows) == 4 * len(rooms)
