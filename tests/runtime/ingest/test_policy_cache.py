"""Policy pages are read beside the event loop, also by the first question after a start; what stands there now is what counts."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from chatbot.runtime.ingest.policy_cache import MOST, PolicyReader
from chatbot.sources.parsing.reader import open_reader
from tests.runtime.harness import open_harness, room
from tests.standins.clock import START, ManualClock
from tests.standins.github import faults

PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n"


async def test_a_question_after_a_start_has_the_page_parsed_in_a_process(tmp_path: Path) -> None:
    clock = ManualClock()
    ferry = Repository(owner="harbour", name="ferry")
    ferry.commit("SECURITY.md", PAGE, START)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:
        await harness.poll()
        assert not harness.services.reader.pool.pids, "a small page needs no process"
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:
        ask = CommandRequest(
            command="supported", arguments={"version": "1.1"}, asker=RoomAddress("console:user"), asked_at=clock()
        )
        assert "1.1 is supported" in (await harness.services.answers.answer(ask)).title
        assert len(harness.services.reader.pool.pids) == 1, "the store is being read: nothing can be written down"


def _file(content: bytes) -> bytes:
    """GitHub's JSON for a file of any bytes."""
    return json.dumps({"type": "file", "encoding": "base64", "content": base64.b64encode(content).decode()}).encode()


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (b"\xff\xfe| Version | Supported |", "The page is not UTF-8."),
        (b"<!DOCTYPE html><p>Sign in</p>", "The page is an HTML page: give the address of the Markdown itself."),
        (b"# Security\n" + b"x" * 600 * 1024, "The page is longer than 512 KiB."),
        (b"a\0b", "The page is not text."),
        (b"x" * 40_000, "The page has a line of more than 32 KiB and was not read."),
        (None, "The project has removed its security policy."),
    ],
)
async def test_a_page_that_cannot_be_read_answers_for_itself(after: bytes | None, reason: str, tmp_path: Path) -> None:
    """What the page before it promised may be just what was taken back."""
    clock = ManualClock()
    ferry = Repository(owner="harbour", name="ferry")
    ferry.commit("SECURITY.md", PAGE, START)
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:
        ask = CommandRequest(
            command="supported", arguments={"version": "1.1.0"}, asker=RoomAddress("console:user"), asked_at=clock()
        )
        await harness.poll()
        assert (await harness.services.answers.answer(ask)).title == "Ferry 1.1.0 is supported"
        clock.advance(timedelta(hours=13))
        if after is None:
            ferry.commit("SECURITY.md", None, clock())
        else:
            harness.world.faults.lay("/repos/*/contents/SECURITY.md", faults.body(_file(after), "application/json"))
        await harness.poll()
        answer = await harness.services.answers.answer(ask)
        assert answer.title == "I can't tell whether Ferry 1.1.0 is supported"
        assert reason in repr(answer)
        harness.world.faults.clear()
        ferry.commit("SECURITY.md", PAGE, clock())
        clock.advance(timedelta(hours=13))
        await harness.poll()
        assert (await harness.services.answers.answer(ask)).title == "Ferry 1.1.0 is supported"


async def test_only_the_last_readings_are_kept() -> None:
    clock = ManualClock()
    async with open_reader(clock) as parser:
        reader = PolicyReader(parser, clock)
        pages = [PolicyPage(project=ProjectId("ferry"), text=f"page {number}") for number in range(MOST + 1)]
        for page in pages:
            await reader.prepare(page)
        assert reader.wants(pages[0])
        assert not reader.readable(pages[0].text), "what is not at hand says nothing"
        assert not reader.wants(pages[-1])
