"""What an account must not do for a while outlives the process that was told so."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.ports import ChatUnavailable
from chatbot.store.database.db import Store, open_store
from chatbot.store.pauses import StoredPauses
from tests.runtime.disk import broken
from tests.store.make import NOW

LATER = NOW + timedelta(hours=6)


async def test_a_pause_is_remembered_for_its_chat_and_its_deed(store: Store) -> None:
    await StoredPauses(store, "discord").pause("opening DMs", LATER)
    again = StoredPauses(store, "discord")
    assert await again.until("opening DMs") == LATER
    assert await again.until("dancing") is None
    assert await StoredPauses(store, "matrix").until("opening DMs") is None
    await again.pause("opening DMs", LATER + timedelta(hours=1))
    assert await again.until("opening DMs") == LATER + timedelta(hours=1)


@pytest.mark.parametrize(
    "attempt", [lambda pauses: pauses.until("opening DMs"), lambda pauses: pauses.pause("opening DMs", LATER)]
)
async def test_a_database_that_is_away_is_an_outage_of_the_chat(
    attempt: Callable[[StoredPauses], Awaitable[object]], tmp_path: Path
) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as opened:
        with broken(opened), pytest.raises(ChatUnavailable):
            await attempt(StoredPauses(opened, "discord"))
