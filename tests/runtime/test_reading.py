"""Policy pages are read beside the event loop, also by the first question after a start."""

import threading
from pathlib import Path

from chatbot.core.commands import Ask
from chatbot.core.policy import Policy
from chatbot.demo.github_data import Repository
from chatbot.runtime.reading import MOST, PolicyReader
from chatbot.sources.security_md import read_policy
from tests.demo.conftest import START, Hands
from tests.runtime.walk import room, walking

PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n"


async def test_no_question_and_no_look_holds_up_the_loop(tmp_path: Path) -> None:
    clock, threads = Hands(), list[threading.Thread]()

    def noted(text: str) -> Policy:
        threads.append(threading.current_thread())
        return read_policy(text)

    ferry = Repository(owner="harbour", name="ferry")
    ferry.commit("SECURITY.md", PAGE, START)
    async with walking(ferry, clock, tmp_path / "bot.db", [room("console")]) as walk:
        await walk.look()
        walk.road.answers.reader = walk.road.intake.reader = PolicyReader(noted)  # as after a start
        ask = Ask(command="supported", arguments={"version": "1.1"}, asker="console:user", asked_at=clock())
        assert "1.1 is supported" in (await walk.road.answers.answer(ask)).title
        walk.road.intake.reader = PolicyReader(noted)
        await walk.look()
    assert len(threads) >= 1
    assert threading.main_thread() not in threads


def test_only_the_last_readings_are_kept() -> None:
    read = list[str]()

    def noted(text: str) -> Policy:
        read.append(text)
        return read_policy(text)

    reader = PolicyReader(noted)
    for number in range(MOST + 1):
        reader.read(f"page {number}")
    reader.read(f"page {MOST}")
    reader.read("page 0")
    assert read[-1] == "page 0"
    assert len(read) == MOST + 2
