"""What `check --online` says of sources: a line for each cause, and none for what follows from it."""

from pathlib import Path

import pytest

from chatbot.demo.github.data import Repository
from chatbot.runtime.checks.sources import check_sources
from tests.demo.make import release
from tests.runtime.harness import open_harness, room
from tests.standins.clock import ManualClock
from tests.standins.github.faults import status


@pytest.mark.parametrize(
    ("paths", "number", "verdicts", "words"),
    [
        ([], 404, ["fine"], "1 release"),
        (["/repos/*", "/harbour/ferry/*"], 404, ["wrong"], "GitHub shows no repository harbour/ferry"),
        (["/harbour/ferry/*"], 404, ["wrong"], "releases.atom does not exist"),
        (["/repos/*", "/harbour/ferry/*"], 502, ["away"], "502"),
    ],
)
async def test_each_cause_is_one_line(
    paths: list[str], number: int, verdicts: list[str], words: str, tmp_path: Path
) -> None:
    ferry = Repository(owner="harbour", name="ferry", description="A ferry", releases=[release("v1.0.0", 1)])
    async with open_harness(ferry, ManualClock(), tmp_path / "bot.db", [room("console")]) as harness:
        for path in paths:
            for _ in range(20):
                harness.world.faults.lay(path, status(number))
        results = await check_sources(harness.services, {})
    assert [result.verdict for result in results] == verdicts, [result.line for result in results]
    assert words in results[0].words
