"""A backup of a running bot, what a restoration leaves in doubt, and the move from one kind of store to the other."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.ports import Question
from chatbot.store import inbox, knowledge, ledger, outbox
from chatbot.store.backups import backup, restore, transfer
from chatbot.store.database import files
from chatbot.store.database.columns import metadata
from chatbot.store.database.db import Store, StoreUnavailable, open_store
from chatbot.store.inbox import StoredSyncMemory
from tests.standins import postgres
from tests.store.make import ADVISORIES, NOW, REST, advisory, at, batch, message, planned_message, release, watch

ACCOUNT = "@bot:example.org"


def question(event: str, seconds: float) -> Question:
    ask = CommandRequest(
        command="supported", arguments={"version": "0.11"}, asker=RoomAddress("matrix:@a:b"), asked_at=at(seconds)
    )
    return Question(event=event, place="!r:b", ask=ask)


async def fill(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await knowledge.upsert(tx, *REST, batch(release("v1")), NOW, readable=bool)
        await knowledge.upsert(tx, *ADVISORIES, batch(advisory("GHSA-1", "CVE-1")), NOW, readable=bool)
        await watch(tx, "p", ["discord:1"], NOW)
        await outbox.add(tx, [planned_message("v1"), planned_message("v2")], NOW)
        await outbox.add_answer(tx, RoomAddress("discord:1"), "", message("old answer"), "k1", NOW)
    await StoredSyncMemory(store, ACCOUNT, "matrix").remember("token", [question("$1", 0)], [])


async def contents(store: Store) -> dict[str, list[Any]]:
    async with store.reading() as tx:
        return {
            table.name: sorted(map(repr, await tx.rows(sa.select(table))))
            for table in metadata.sorted_tables
            if table.name != "notes"
        }


def backups(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "backup" in path.name]


async def test_a_backup_holds_all_and_is_there_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    await fill(store)
    file = tmp_path / "backup.db"
    async with store.reading():  # somebody is at work meanwhile
        await backup.backup(store, file, at(60))
    assert backups(tmp_path) == ["backup.db"]
    async with open_store(f"sqlite:///{file}") as copy:
        assert await contents(copy) == await contents(store)
    with pytest.raises(StoreUnavailable, match="exists"):
        await backup.backup(store, file, at(61))


async def test_what_may_have_been_posted_since_the_backup_is_searched_for_first(store: Store, tmp_path: Path) -> None:
    await fill(store)
    file = tmp_path / "backup.db"
    await backup.backup(store, file, at(60))
    url = store.url.set(drivername=store.url.drivername.partition("+")[0]).render_as_string(hide_password=False)
    await store.engine.dispose()
    since = (await restore.restore(url, file, at(3600))).gap
    assert (since.begin, since.end) == (at(60), at(3600))
    async with open_store(url) as again:
        async with again.writing(ProjectId("p")) as tx:
            (old,) = await outbox.claim(tx, "discord", at(3600), 9)
            assert (old.doubtful, old.outgoing.first_attempt_at, old.lane) == (True, at(60), Lane.ROUTINE)
            await outbox.add(tx, [planned_message("v3", ["discord:3"])], at(3601))
            (claimed,) = await outbox.claim(tx, "discord", at(3601), 9)
            assert (claimed.doubtful, claimed.outgoing.first_attempt_at) == (True, at(60))
            assert await inbox.pending(tx, ACCOUNT) == []
        await StoredSyncMemory(again, ACCOUNT, "matrix").remember(
            "token2", [question("$2", 100), question("$3", 4000)], []
        )
        async with again.reading() as tx:
            assert [item.event for item in await inbox.pending(tx, ACCOUNT)] == ["$3"]


async def test_news_after_a_restoration_is_not_in_doubt(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    await backup.backup(store, file, NOW)
    url = store.url.set(drivername=store.url.drivername.partition("+")[0]).render_as_string(hide_password=False)
    await store.engine.dispose()
    await restore.restore(url, file, at(60))
    async with open_store(url) as again, again.writing(ProjectId("p")) as tx:
        fresh = message("later")
        object.__setattr__(fresh, "at", at(61))
        await outbox.add(tx, [planned_message(words=fresh)], at(62))
        (claimed,) = await outbox.claim(tx, "discord", at(62), 9)
        assert not claimed.doubtful


async def test_everything_moves_to_the_other_kind_of_store_and_goes_on(postgres_server: Any, tmp_path: Path) -> None:
    there = await postgres.new_database(postgres_server)
    async with open_store(f"sqlite:///{tmp_path}/one.db") as here:
        await fill(here)
        assert await transfer.transfer(here, there) > 8
        async with open_store(there) as moved:
            assert await contents(moved) == await contents(here)
            async with moved.writing(ProjectId("p")) as tx:
                await outbox.add(tx, [planned_message("v3", ["discord:7"])], at(1))  # numbers go on after the highest
                assert len(await ledger.posted(tx, ProjectId("p"), None)) == 3
                claimed = await outbox.claim(tx, "discord", at(1), 9)
                assert {item.outgoing.message.title for item in claimed} == {"v1 r1 new", "v3 r1 new", "old answer"}
            await transfer.transfer(moved, f"sqlite:///{tmp_path}/two.db")
            async with open_store(f"sqlite:///{tmp_path}/two.db") as back:
                assert await contents(back) == await contents(moved)
        with pytest.raises(StoreUnavailable, match="is not empty"):
            await transfer.transfer(here, there)


async def test_a_restoration_keeps_the_old_file_and_asks_for_one_that_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chatbot.db"
    with pytest.raises(StoreUnavailable, match="does not exist"):
        await restore.restore(url, tmp_path / "none.db", NOW)
    async with open_store(url) as store:
        await fill(store)
        await backup.backup(store, tmp_path / "good.db", NOW)
    before = (tmp_path / "chatbot.db").read_bytes()
    (tmp_path / "torn.db").write_bytes((tmp_path / "good.db").read_bytes()[:9000])
    with pytest.raises(StoreUnavailable, match="damaged"):
        await restore.restore(url, tmp_path / "torn.db", NOW)
    assert (tmp_path / "chatbot.db").read_bytes() == before
    (tmp_path / "chatbot.db").write_bytes(b"damaged")
    await restore.restore(url, tmp_path / "good.db", at(1))
    assert (tmp_path / "chatbot.db.before-restore").read_bytes() == b"damaged"
    connection = sqlite3.connect(tmp_path / "chatbot.db")
    assert connection.execute("SELECT count(*) FROM releases").fetchone() == (1,)
    connection.close()


def _database(file: Path, *statements: str) -> Path:
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return file


def _bytes(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.iterdir()}


FOREIGN: dict[str, Callable[[Path], object]] = {
    "an empty file": lambda file: file.write_bytes(b""),
    "another program's database": lambda file: _database(file, "CREATE TABLE t (x)"),
    "another program with alembic": lambda file: _database(
        file, "CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('0001')"
    ),
    "our tables without a version": lambda file: _database(
        file,
        "CREATE TABLE alembic_version (version_num TEXT)",
        *(f"CREATE TABLE {name} (id TEXT)" for name in ("projects", "announcements", "deliveries")),
    ),
    "no database": lambda file: file.write_text("these are words\n" * 500),
    "a photo": lambda file: file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
}


@pytest.mark.parametrize("kind", FOREIGN)
async def test_what_is_not_a_backup_of_ours_changes_nothing(kind: str, tmp_path: Path) -> None:
    url, foreign = f"sqlite:///{tmp_path}/chatbot.db", tmp_path / "foreign.db"
    async with open_store(url) as store:
        await fill(store)
    FOREIGN[kind](foreign)
    before = _bytes(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="is not a backup of the bot"):
            await restore.restore(url, foreign, at(1))
    with pytest.raises(StoreUnavailable, match="is not a backup of the bot"):
        await restore.import_file(foreign, f"sqlite:///{tmp_path}/new.db")
    assert _bytes(tmp_path) == before


async def test_an_empty_store_does_not_replace_one_that_remembers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chatbot.db"
    async with open_store(f"sqlite:///{tmp_path}/empty.db"), open_store(url) as store:
        await fill(store)
    with pytest.raises(StoreUnavailable, match="holds no projects, but the database does"):
        await restore.restore(url, tmp_path / "empty.db", NOW)


async def test_no_saved_copy_is_ever_overwritten(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chatbot.db"
    async with open_store(url) as store:
        await fill(store)
        holdings = await backup.backup(store, tmp_path / "good.db", NOW)
    assert (holdings.projects, holdings.announcements) == (1, 2)
    copies = []
    for number in range(3):
        (tmp_path / "chatbot.db").write_bytes(b"%d" % number)
        copies.append((await restore.restore(url, tmp_path / "good.db", at(1))).former)
    assert [file.read_bytes() for file in copies if file is not None] == [b"0", b"1", b"2"]
    assert [file.name.partition("restore")[2] for file in copies if file is not None] == ["", "-2", "-3"]


async def test_a_backup_of_an_old_schema_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    connection = sqlite3.connect(old)
    connection.executescript((Path(__file__).parents[1] / "schemas" / "0001.sql").read_text(encoding="utf-8"))
    connection.close()
    before = old.read_bytes()
    assert (await restore.restore(f"sqlite:///{tmp_path}/chatbot.db", old, at(1))).holdings.projects == 1
    many, holdings = await restore.import_file(old, f"sqlite:///{tmp_path}/other.db")
    assert many > 0
    assert holdings.announcements == 2
    assert old.read_bytes() == before


async def test_a_backup_goes_where_its_name_says(tmp_path: Path) -> None:
    """SQLite reads a name as an address here, in which these characters mean something else."""
    folder = tmp_path / "a#b"
    folder.mkdir()
    async with open_store(f"sqlite:///{folder}/bot.db") as store:
        await fill(store)
        await backup.backup(store, folder / "copy?mode=rwc%41.db", at(60))
    assert files.holdings(folder / "copy?mode=rwc%41.db").projects == 1
