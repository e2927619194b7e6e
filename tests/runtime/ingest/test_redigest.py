"""New words for old facts, and a database of an older program: no post is edited before its facts change."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.demo.github.data import Advisory, Repository, Vulnerability
from chatbot.runtime.services import open_services
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

ROOM = "console:main"
RENAMED = replace(FERRY, name="Ferry of the harbour")  # stands in the words of every announcement


def _older_program(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE announcements SET digest = 'of another kind', template = 0")
        connection.commit()


async def _announced(harness: Harness) -> Advisory:
    """A release and the advisory that it fixes, posted."""
    await harness.run_for()
    _publish(harness, "v1.1.0")
    vulnerability = Vulnerability(package="ferry", range="< 1.1.0", patched="1.1.0")
    at = harness.clock.now
    flaw = advisory("GHSA-2222-2222-2222", 0, created_at=at, published_at=at, vulnerabilities=(vulnerability,))
    harness.world.repositories[0].advisories.append(flaw)
    await harness.run_for()
    await harness.run_for()
    return flaw


def _publish(harness: Harness, tag: str) -> None:
    harness.clock.advance(MINUTE)
    harness.world.repositories[0].releases.append(
        replace(release(tag, 0), created_at=harness.clock.now, published_at=harness.clock.now)
    )


def _edits(chat: FaultyChat) -> list[int]:
    return [post.edits for post in chat.rooms[ROOM]]


@pytest.mark.parametrize("older", [False, True], ids=["new words", "an older program's digests"])
async def test_only_changed_facts_edit_what_was_posted(older: bool, ferry: Repository, tmp_path: Path) -> None:
    clock, database = ManualClock(), tmp_path / "bot.db"
    async with open_harness(ferry, clock, database, [room(ROOM)]) as first:
        flaw, chat = await _announced(first), first.chat
        before = _edits(chat)
        assert len(before) == 2
        if older:
            _older_program(database)
        async with open_services(replace(first.services.config, projects=(RENAMED,)), clock) as services:
            harness = Harness(services, first.world, clock, chat)
            _publish(harness, "v1.2.0")  # touches the advisory, which may have a new fix
            await harness.run_for()
            await harness.run_for()
            assert _edits(chat) == [*before, 0]
            clock.advance(MINUTE)
            flaw.summary, flaw.updated_at = "Folder names are not escaped in listings", clock.now
            await harness.run_for()
            await harness.run_for()
    shown_twice = 0 if older else 1  # a release names the title too, but those of an older program do not
    assert sum(_edits(chat)) == sum(before) + 1 + shown_twice
    (corrected,) = [post for post in chat.rooms[ROOM] if "Folder names" in post.message.title]
    assert corrected.message.title.startswith(RENAMED.name)
