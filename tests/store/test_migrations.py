"""Migrations go forward from every released schema: of each, a bot's database is kept in `schemas/`, as SQL, and never changed."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

import chatbot.store
from chatbot.core.model.ids import ProjectId
from chatbot.store import inbox, knowledge, ledger, outbox
from chatbot.store.database.columns import metadata
from chatbot.store.database.db import open_store
from chatbot.store.database.schema import known_versions, upgrade
from chatbot.store.outbox import deliveries
from tests.standins import postgres
from tests.store.make import NOW, at

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))


def _write(schema: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(schema.read_text(encoding="utf-8"))


def test_a_database_of_every_schema_is_kept() -> None:
    script = ScriptDirectory(str(Path(chatbot.store.__file__).parent / "migrations"))
    assert [path.stem for path in SCHEMAS] == sorted(revision.revision for revision in script.walk_revisions())
    assert known_versions() == [path.stem for path in SCHEMAS]
    assert known_versions()[-1] == script.get_current_head()


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
async def test_an_old_database_is_brought_up_to_date_with_nothing_lost(schema: Path, tmp_path: Path) -> None:
    file = tmp_path / "chatbot.db"
    _write(schema, file)
    async with open_store(f"sqlite:///{file}") as store, store.writing(ProjectId("p")) as tx:
        differences = await tx.connection.run_sync(
            lambda sync: list(compare_metadata(MigrationContext.configure(sync), metadata))
        )
        assert differences == []
        state = await knowledge.load(tx, ProjectId("p"))
        assert (state.baseline_at, list(state.releases), list(state.advisories)) == (NOW, ["v1"], ["GHSA-1"])
        assert state.advisories["GHSA-1"].fact.aliases == {"CVE-1"}
        for item in (state.releases["v1"], state.advisories["GHSA-1"]):
            assert (item.origins, item.authoritative) == (("GitHub",), True)
        assert len(state.read_times("release", "advisory")) == 2
        assert {item.subject: item.revision for item in await ledger.posted(tx, ProjectId("p"), None)} == {
            "release/p/v1": 2,
            "release/p/v2": 1,
        }
        assert [item.verdict for _, item in await ledger.history(tx, "release/p/v1")] == ["announce"]
        assert [item.event for item in await inbox.pending(tx, "@bot:example.org")] == ["$1"]
        claimed = await outbox.claim(tx, "discord", at(1), 9)
        assert [item.outgoing.message.title for item in claimed] == ["v2 r1 new"]
        await outbox.record_sent(tx, [(claimed[0], "ref-2")], at(1))
        (edit,) = await outbox.claim(tx, "discord", at(1), 9)
        assert (edit.kind, edit.outgoing.replaces) == ("edit", "ref-1")
        assert len(await deliveries.listing(tx, list(await outbox.counts(tx)))) == 1


def _words(options: Mapping[str, object]) -> str:
    return str(sorted((name, str(value)) for name, value in options.items()))


def _shape(connection: sa.Connection) -> dict[str, object]:
    """What each table has: columns, keys and indexes, in no order."""
    inspector = sa.inspect(connection)
    return {
        name: (
            sorted(
                (each["name"], str(each["type"]), each["nullable"], str(each["default"]))
                for each in inspector.get_columns(name)
            ),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(str(sorted(each["column_names"])) for each in inspector.get_unique_constraints(name)),
            sorted(
                (str(each["name"]), str(each["column_names"]), each["unique"], _words(each.get("dialect_options", {})))
                for each in inspector.get_indexes(name)
            ),
        )
        for name in inspector.get_table_names()
    }


async def _shape_after(url: str, *steps: str) -> dict[str, object]:
    engine = create_async_engine(
        url.replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+asyncpg:")
    )
    try:
        async with engine.connect() as connection:
            for step in steps:
                await upgrade(connection, step)
            return await connection.run_sync(_shape)
    finally:
        await engine.dispose()


async def test_new_tables_are_those_that_all_migrations_make(
    empty_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    if not empty_url.startswith("sqlite"):
        other = await postgres.new_database(request.getfixturevalue("postgres_server"))
    assert await _shape_after(empty_url, "head") == await _shape_after(other, "0001", "head")
