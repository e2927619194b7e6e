"""A stage with a database of one file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatbot.store.database.db import open_store
from tests.looks import windlass as w
from tests.runtime.subscriptions.stage import Stage
from tests.standins.clock import ManualClock


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = ManualClock()
    clock.now = w.NOW
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        yield Stage(store, clock)
