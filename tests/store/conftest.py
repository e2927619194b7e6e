"""The stores that every test of this folder runs on: SQLite in a file, and a real PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.store.db import Store, open_store
from tests.standins import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/chatbot.db"
    return await postgres.new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url) as opened:
        yield opened
