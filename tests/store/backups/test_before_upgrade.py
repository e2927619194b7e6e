"""Before its tables change, a database is backed up with its old tables: on SQLite from every schema so far, and on PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from chatbot.store.backups import restore
from chatbot.store.backups.before_upgrade import open_upgraded
from chatbot.store.database import schema
from chatbot.store.database.db import StoreUnavailable, open_store
from chatbot.store.database.engines import driver_url, engine_of
from chatbot.store.database.schema import known_versions
from tests.standins import postgres
from tests.store.make import NOW
from tests.store.test_migrations import SCHEMAS

OLDER = SCHEMAS[:-1]
Rows = Mapping[str, Sequence[tuple[Any, ...]]]


def _write(old: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(old.read_text(encoding="utf-8"))


def _rows(file: Path) -> Rows:
    """Every row of every table but the notes, which say when the backup was made."""
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in tables.fetchall()
            if name != "notes"
        }


def _backups(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if ".before-upgrade-" in path.name)


@pytest.mark.parametrize("old", OLDER, ids=lambda path: path.stem)
async def test_the_backup_has_the_old_tables_and_every_row(old: Path, tmp_path: Path) -> None:
    file = tmp_path / "chatbot.db"
    _write(old, file)
    before, paths = _rows(file), list[Path]()
    async with open_upgraded(f"sqlite:///{file}", lambda: NOW, paths.append):
        pass
    assert [path.name for path in _backups(tmp_path)] == [f"chatbot.db.before-upgrade-{NOW:%Y%m%dT%H%M%SZ}"]
    assert paths == _backups(tmp_path)
    assert _rows(paths[0]) == before
    assert before["alembic_version"] == [(old.stem,)]
    assert paths[0].stat().st_mode & 0o777 == 0o600


async def test_the_backup_can_be_restored_and_knows_when_it_was_made(tmp_path: Path) -> None:
    file, paths = tmp_path / "chatbot.db", list[Path]()
    _write(OLDER[-1], file)
    async with open_upgraded(f"sqlite:///{file}", lambda: NOW, paths.append):
        pass
    restored = await restore.restore(f"sqlite:///{file}", paths[0], NOW + timedelta(hours=1))
    assert (restored.gap.begin, restored.holdings.projects) == (NOW, 1)


async def test_there_is_none_where_nothing_changes(tmp_path: Path) -> None:
    paths = list[Path]()
    for url in (
        f"sqlite:///{tmp_path}/new.db",
        f"sqlite:///{tmp_path}/new.db",
        "sqlite://",
    ):  # new; up to date; in memory
        async with open_upgraded(url, lambda: NOW, paths.append):
            pass
    assert paths == _backups(tmp_path) == []


async def test_the_newest_two_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    others = ["chatbot.db.before-upgrade-mine", "other.db.before-upgrade-20200101T000000Z"]
    for name in others:
        (tmp_path / name).touch()
    for day in range(4):
        (tmp_path / "chatbot.db").unlink(missing_ok=True)
        _write(OLDER[day], tmp_path / "chatbot.db")
        async with open_upgraded(f"sqlite:///{tmp_path}/chatbot.db", lambda now=NOW + timedelta(days=day): now):  # type: ignore[misc]
            pass
    names = [f"chatbot.db.before-upgrade-{NOW + timedelta(days=day):%Y%m%dT%H%M%SZ}" for day in (2, 3)]
    assert [path.name for path in _backups(tmp_path)] == sorted([*names, *others])


async def test_without_a_backup_nothing_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "chatbot.db"
    _write(OLDER[-1], file)
    (tmp_path / f"chatbot.db.before-upgrade-{NOW:%Y%m%dT%H%M%SZ}").touch()  # stands for a folder that takes no file
    with pytest.raises(StoreUnavailable, match=r"could not be backed up before .*; nothing was changed"):
        async with open_upgraded(f"sqlite:///{file}", lambda: NOW):
            pass
    assert _rows(file)["alembic_version"] == [(OLDER[-1].stem,)]


async def test_two_that_start_together_make_one_backup(tmp_path: Path) -> None:
    file, paths = tmp_path / "chatbot.db", list[Path]()
    _write(OLDER[-1], file)
    before = _rows(file)
    await asyncio.gather(*(_upgrade(f"sqlite:///{file}", second, paths) for second in range(2)))
    assert _backups(tmp_path) == paths
    assert len(paths) == 1
    assert _rows(paths[0]) == before


async def _upgrade(url: str, second: int, paths: list[Path]) -> None:
    async with open_upgraded(url, lambda: NOW + timedelta(seconds=second), paths.append) as store, store.reading():
        pass


async def test_a_newer_database_is_refused_without_a_backup(tmp_path: Path) -> None:
    file = tmp_path / "chatbot.db"
    _write(SCHEMAS[-1], file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match=r"written by a newer chatbot \(schema 9999\): run that version"):
        async with open_upgraded(f"sqlite:///{file}", lambda: NOW):
            pass
    assert _backups(tmp_path) == []


async def _fill(connection: AsyncConnection, rows: Rows) -> None:
    """Write the rows of an SQLite file into the same tables of PostgreSQL."""
    tables = sa.MetaData()
    await connection.run_sync(tables.reflect)
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        for row in rows.get(table.name, ()):
            values = zip(table.columns, row, strict=True)
            values_by_name = {
                each.name: bool(value) if isinstance(each.type, sa.Boolean) else value for each, value in values
            }
            await connection.execute(sa.insert(table).values(values_by_name))


async def test_two_replicas_that_start_together_make_one_backup(
    postgres_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url, paths = await postgres.new_database(postgres_server), list[Path]()
    engine = engine_of(driver_url(url))
    async with engine.connect() as connection:
        await schema.upgrade(connection, OLDER[-1].stem)
    await engine.dispose()
    await asyncio.gather(*(_upgrade(url, second, paths) for second in range(3)))
    assert [path.absolute() for path in paths] == _backups(tmp_path)
    assert len(paths) == 1


async def test_a_postgresql_database_is_backed_up_into_the_working_directory(
    postgres_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(OLDER[-1], tmp_path / "filled.db")
    before, url, paths = _rows(tmp_path / "filled.db"), await postgres.new_database(postgres_server), list[Path]()
    engine = engine_of(driver_url(url))
    async with engine.connect() as connection:
        await schema.upgrade(connection, OLDER[-1].stem)
        async with connection.begin():
            await _fill(connection, before)
    await engine.dispose()
    async with open_upgraded(url, lambda: NOW, paths.append):
        pass
    (backup,) = _backups(tmp_path)
    assert [path.absolute() for path in paths] == [backup]
    assert _rows(backup) == before
    assert (await restore.restore(url, backup, NOW + timedelta(hours=1))).holdings.projects == 1
    async with open_store(url, migrate=False) as store:
        assert store.postgres
    assert known_versions()[-1] == SCHEMAS[-1].stem
