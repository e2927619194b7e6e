"""The store's files belong to the bot's user alone, and a file that is not the bot's is never adopted."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.runtime.replicas.replica import alone
from chatbot.store.backups import backup, restore
from chatbot.store.database import files
from chatbot.store.database.db import StoreUnavailable, open_store
from tests.store.make import NOW


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


@pytest.mark.usefixtures("open_umask")
async def test_every_file_is_for_the_bots_user_alone(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        with alone(store):
            async with store.writing(ProjectId("p")):
                pass
            await backup.backup(store, tmp_path / "backup.db", NOW)
            await backup.export(store, tmp_path / "export.db")
            assert modes(tmp_path) == dict.fromkeys(
                ["bot.db", "bot.db-wal", "bot.db-shm", "bot.db.lock", "backup.db", "export.db"], 0o600
            )
    await restore.restore(f"sqlite:///{tmp_path}/bot.db", tmp_path / "backup.db", NOW)
    assert set(modes(tmp_path).values()) == {0o600}


async def test_a_lock_follows_no_link_and_empties_nothing(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("important")
    (tmp_path / "bot.db.lock").symlink_to(victim)
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        with pytest.raises(StoreUnavailable, match="is a link: remove it"), alone(store):
            pass
    assert victim.read_text() == "important"


@pytest.mark.parametrize("name", ["backup.db", "export.db"])
async def test_a_copy_is_not_written_through_a_link(name: str, tmp_path: Path) -> None:
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    write = {"backup.db": lambda store, file: backup.backup(store, file, NOW), "export.db": backup.export}[name]
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        with pytest.raises(StoreUnavailable, match="exists"):
            await write(store, tmp_path / name)
    assert not (tmp_path / "elsewhere").exists()


async def test_a_database_is_not_created_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "bot.db").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable, match="link to a file that does not exist"):
        async with open_store(f"sqlite:///{tmp_path}/bot.db"):
            pass
    assert not (tmp_path / "elsewhere").exists()


async def test_the_program_that_uses_the_database_is_named(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        words = rf"in use by another bot \(process {os.getpid()}\)"
        with alone(store), pytest.raises(StoreUnavailable, match=words), alone(store):
            pass
        with alone(store):
            pass


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE users (x)", "belongs to another program"),
        ("CREATE VIEW seen AS SELECT 1", "belongs to another program"),
        ("CREATE TABLE alembic_version (version_num TEXT)", "belongs to another program"),
    ],
)
async def test_a_database_of_another_program_is_not_adopted(statement: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StoreUnavailable, match=words):
        async with open_store(f"sqlite:///{file}"):
            pass
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON projects BEGIN DELETE FROM deliveries; END",
        "CREATE VIEW loot AS SELECT * FROM inbox",
    ],
)
async def test_a_database_with_foreign_triggers_is_refused(statement: str, tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{file}"):
        pass
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(StoreUnavailable, match="was changed by another program"):
        async with open_store(f"sqlite:///{file}"):
            pass


async def test_a_trigger_under_a_name_of_the_databases_own_is_refused(tmp_path: Path) -> None:
    """It cannot be made by a statement, but by whoever writes the schema by hand; and it runs."""
    file = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{file}"):
        pass
    connection = sqlite3.connect(file)
    connection.execute("CREATE TRIGGER t AFTER INSERT ON projects BEGIN DELETE FROM deliveries; END")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_master SET name = 'sqlite_t', sql = replace(sql, 'TRIGGER t', 'TRIGGER sqlite_t') WHERE name = 't'"
    )
    connection.commit()
    connection.close()
    with pytest.raises(StoreUnavailable, match="was changed by another program"):
        async with open_store(f"sqlite:///{file}"):
            pass


def test_text_that_is_not_utf_8_is_damage(tmp_path: Path) -> None:
    words = "is not a backup of the bot"
    (tmp_path / "x.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    with pytest.raises(StoreUnavailable, match=words):
        files.holdings(tmp_path / "x.db")
