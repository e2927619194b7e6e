"""Another chat is one package and one line in the list: everything works there, and nothing else has to know its name."""

from datetime import timedelta
from pathlib import Path

import pytest

import chatbot.chats
from chatbot.core.checks.result import RoomToCheck, attention
from chatbot.core.model.ids import RoomAddress
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.runtime.delivery.loop import Delivery
from tests.demo.make import advisory, release
from tests.runtime.harness import EVERYTHING, MINUTE, Harness, open_harness, room
from tests.standins.clock import ManualClock
from tests.standins.paper_chat import PROFILE, PaperChat

ROOM = RoomAddress("paper:news")


async def _run_for(harness: Harness, chat: PaperChat, by: timedelta = MINUTE) -> None:
    for _ in range(2):
        harness.clock.advance(by)
        await harness.poll()
        await Delivery(chat=chat, store=harness.services.store, clock=harness.clock).drain()


async def test_another_chat_is_announced_to_corrected_and_answered(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(chatbot.chats._BY_NAME, PROFILE.name, PROFILE)  # the one line
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1)]
    (tmp_path / "news").touch()
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room(ROOM, EVERYTHING)]) as harness:
        chat = PaperChat(tmp_path, harness.services.answers, clock)
        results = await chat.check([RoomToCheck(address=ROOM), RoomToCheck(address=RoomAddress("paper:lost"))])
        assert [each.line for each in attention(results)] == ["paper:lost: there is no such file"]
        await _run_for(harness, chat)
        assert chat.titles(ROOM) == []
        ferry.releases.append(release("v1.0.1", 0, created_at=clock.now, published_at=clock.now))
        await _run_for(harness, chat)
        assert chat.titles(ROOM) == ["Ferry 1.0.1"]
        clock.advance(timedelta(days=1))
        flaw = advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now)
        flaw.vulnerabilities = (Vulnerability(package="ferry", range="< 1.0.1", patched="1.0.1"),)
        ferry.advisories.append(flaw)
        await _run_for(harness, chat)
        await _run_for(harness, chat)
        assert sorted(chat.titles(ROOM)) == ["Ferry 1.0.1", "Ferry – A mailbox name is not escaped"]
        assert len(chat.lines(ROOM)) == 3, "two announcements and one correction"
        answer = await chat.ask(">affected 1.0.0", ROOM, RoomAddress("paper:@alice"))
        assert "1.0.0" in answer.title
        assert "1.0.1" in repr(answer)
        described = await chat.ask(">help", ROOM, RoomAddress("paper:@alice"))
        assert ">supported" in repr(described.body)
