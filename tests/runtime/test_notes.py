"""Notes through the whole pipeline: what an older program parsed, and another setting, edit no post."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Release, Repository
from chatbot.store.database import wire
from tests.demo.make import release
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

NOTES = """\
![The new editor](https://forge.example/a/editor.png)

| Setting | Old | New |
|---|---|---|
| `timeout` | 30 | 60 |

<details>
<summary>All changes</summary>

- one

</details>
"""
HINTS = {"image", "lead", "cells", "header"}


def now(tag: str, clock: ManualClock) -> Release:
    return release(tag, 0, created_at=clock.now, published_at=clock.now, body=NOTES, name=f"{tag} – Blue Heron")


async def publish(harness: Harness, tag: str) -> None:
    harness.world.origin = "https://forge.example"  # the same after each start
    harness.clock.advance(MINUTE)
    harness.world.repositories[0].releases.append(now(tag, harness.clock))
    await harness.run_for()
    await harness.run_for()


def without_hints(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_hints(inner) for key, inner in value.items() if key not in HINTS}
    return [without_hints(inner) for inner in value] if isinstance(value, list) else value


def store_as_an_older_program(database: Path) -> int:
    """Write every release down as it was before the parser noted anything for the layout; return how many that changed."""
    count = 0
    with closing(sqlite3.connect(database)) as connection, connection:
        for tag, fact in connection.execute("SELECT tag, fact FROM releases").fetchall():
            text = json.dumps(without_hints(json.loads(fact)), ensure_ascii=False, separators=(",", ":"))
            count += text != fact
            connection.execute("UPDATE releases SET fact = ?, digest = ? WHERE tag = ?", (text, wire.digest(text), tag))
    return count


async def test_what_an_older_program_parsed_is_read_again_and_edits_nothing(ferry: Repository, tmp_path: Path) -> None:
    database, clock, chat = tmp_path / "bot.db", ManualClock(), FaultyChat()
    rooms = [room("console", WatchFilter())]
    async with open_harness(ferry, clock, database, rooms, chat=chat) as harness:
        harness.world.origin = "https://forge.example"
        await harness.run_for()
        await publish(harness, "v1.1.0")
    assert len(chat.rooms["console"]) == 1
    assert store_as_an_older_program(database) == 1
    clock.advance(timedelta(hours=1))
    async with open_harness(ferry, clock, database, rooms, chat=chat) as harness:
        await publish(harness, "v1.2.0")
    assert [(post.edits, post.reply_to) for post in chat.rooms["console"]] == [(0, ""), (0, "")]


async def test_another_setting_is_that_of_the_next_release(ferry: Repository, tmp_path: Path) -> None:
    database, clock, chat = tmp_path / "bot.db", ManualClock(), FaultyChat()
    async with open_harness(ferry, clock, database, [room("console", WatchFilter())], chat=chat) as harness:
        harness.world.origin = "https://forge.example"
        await harness.run_for()
        await publish(harness, "v1.1.0")
    clock.advance(timedelta(hours=1))
    rooms = [room("console", WatchFilter(notes="none"))]
    async with open_harness(ferry, clock, database, rooms, chat=chat) as harness:
        await publish(harness, "v1.2.0")
    first, second = chat.rooms["console"]
    assert first.edits == second.edits == 0
    assert "Blue Heron" in repr(first.message.body)
    assert second.message.body == ()
