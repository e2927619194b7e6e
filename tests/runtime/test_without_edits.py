"""A chat that cannot edit: what a late advisory changes is said in one short new message, and a correction is not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.ports import Ability
from tests.demo.make import advisory, release
from tests.runtime.harness import EVERYTHING, MINUTE, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock


async def test_a_binding_is_one_short_message_and_a_correction_none(clock: ManualClock, tmp_path: Path) -> None:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1)]
    chat = FaultyChat(abilities=frozenset({Ability.REPLY, Ability.HISTORY}))
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console", EVERYTHING)], chat=chat) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        ferry.releases.append(release("v1.0.1", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        ferry.releases[-1] = replace(ferry.releases[-1], body="Fixes, and more words.")
        await harness.run_for()
        await harness.run_for()
        assert chat.titles("console") == ["Ferry 1.0.1"]
        clock.advance(timedelta(days=3))
        flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        flaw.vulnerabilities = (Vulnerability(package="ferry", range="< 1.0.1", patched="1.0.1"),)
        ferry.advisories.append(flaw)
        await harness.run_for()
        await harness.run_for()
    titles = chat.titles("console")
    assert titles[0] == "Ferry 1.0.1"
    assert sorted(titles[1:]) == ["Ferry – A mailbox name is not escaped", "Update: Ferry 1.0.1"]
    assert "Security release · High" in chat.labels("console")
    assert len(chat.pings) == 1
