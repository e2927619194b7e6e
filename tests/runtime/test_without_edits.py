"""A chat that cannot edit: what a late advisory changes is said in one short new message, and a correction is not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import Ability
from tests.demo.conftest import Hands, advisory, release
from tests.runtime.chatroom import Chatroom
from tests.runtime.walk import EVERYTHING, MINUTE, room, walking


@pytest.fixture
def clock() -> Hands:
    return Hands()


async def test_a_binding_is_one_short_message_and_a_correction_none(clock: Hands, tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1)]
    chat = Chatroom(abilities=frozenset({Ability.REPLY, Ability.HISTORY}))
    async with walking(ferry, clock, tmp_path / "bot.db", [room("console", EVERYTHING)], chat=chat) as walk:
        await walk.pass_by()
        clock.tick(MINUTE)
        ferry.releases.append(release("v1.0.1", 0, created_at=clock.now, published_at=clock.now))
        await walk.pass_by()
        ferry.releases[-1] = replace(ferry.releases[-1], body="Fixes, and more words.")
        await walk.pass_by()
        await walk.pass_by()
        assert chat.titles("console") == ["Ferry 1.0.1 – patch release"]
        clock.tick(timedelta(days=3))
        found = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        found.vulnerabilities = (Vulnerability(package="ferry", range="< 1.0.1", patched="1.0.1"),)
        ferry.advisories.append(found)
        await walk.pass_by()
        await walk.pass_by()
    titles = chat.titles("console")
    assert titles[0] == "Ferry 1.0.1 – patch release"
    assert sorted(titles[1:]) == ["Ferry – A mailbox name is not escaped", "Update: Ferry 1.0.1 – security release"]
    assert len(chat.pings) == 1
