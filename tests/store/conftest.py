"""The stores that every test of this folder runs on: SQLite in a file, and a real PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from chatbot.store.database.db import Store, open_store
from tests.standins import postgres


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them."""
    file = tmp_path_factory.mktemp("store") / "migrated.db"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: Any) -> str:
    """The name of a database with all tables and nothing in them."""

    async def make() -> str:
        url = await postgres.new_database(postgres_server)
        await _migrate(url)
        return str(make_url(url).database)

    return asyncio.run(make())


async def _migrate(url: str) -> None:
    async with open_store(url):
        pass


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/chatbot.db"
    return asyncio.run(postgres.new_database(request.getfixturevalue("postgres_server")))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store with nothing in it."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated"), tmp_path / "chatbot.db")
        return f"sqlite:///{tmp_path}/chatbot.db"
    server = request.getfixturevalue("postgres_server")
    return asyncio.run(postgres.new_database(server, request.getfixturevalue("migrated_postgres")))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url) as opened:
        yield opened
