"""A database of one file, for what is asked and answered."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatbot.store.database.db import Store, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as opened:
        yield opened
