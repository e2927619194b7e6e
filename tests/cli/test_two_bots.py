"""Two `chatbot run` on one SQLite file: the second one says how to fix that and ends, the first one goes on."""

import asyncio
import signal
from asyncio.subprocess import Process
from pathlib import Path

from chatbot.cli.failure import Status
from tests.cli.process import harbour
from tests.cli.test_run import ask, bot, end, read_until
from tests.patience import PATIENCE


async def outcome_of(process: Process) -> tuple[int | None, str, str]:
    """The end of a bot that nobody told to end, and its words."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def refused(folder: Path, by: int) -> tuple[int, str, str]:
    """How a bot ends whose store the process `by` uses."""
    why = f"the database {folder}/bot.db is in use by another bot (process {by}): stop that one first (several bots need PostgreSQL)"
    return Status.OUTSIDE, "", f"{why}; see `database` in {folder}/config.toml\n"


async def test_the_second_one_names_the_fix_and_the_first_one_goes_on(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, bot(there) as first:
        await read_until(first.stderr, '"running"')
        output = ""
        while "1.0.1" not in output:  # the baseline is read while the bot already answers
            await ask(first, "/latest")
            output = await read_until(first.stdout, "Ferry")
        for _ in range(2):
            async with bot(there) as second:
                assert await outcome_of(second) == refused(tmp_path, first.pid)
        there.publish("v1.0.2", "What it repairs.")
        assert "Ferry 1.0.2" in await read_until(first.stdout, "What it repairs.")
        status, more, _ = await end(first, signal.SIGTERM)
        assert (status, "What it repairs." in more) == (0, False)


async def test_of_two_that_begin_at_once_one_runs(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, bot(there) as one, bot(there) as other:
        ends = [asyncio.create_task(each.wait()) for each in (one, other)]
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        (survivor,) = [each for each in (one, other) if each.returncode is None]
        other_one = other if survivor is one else one
        status, out, err = await outcome_of(other_one)
        expected = refused(tmp_path, survivor.pid)
        assert (status, out) == expected[:2]
        assert err in (expected[2], expected[2].replace(f" (process {survivor.pid})", "")), (
            "it may not have written its number yet"
        )
        await read_until(survivor.stderr, '"running"')
        assert (await end(survivor, signal.SIGTERM))[0] == 0
        await asyncio.wait(ends)


async def test_after_one_was_killed_the_next_one_runs(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        for number in (signal.SIGKILL, signal.SIGTERM):
            async with bot(there) as process:
                await read_until(process.stderr, '"running"')
                assert (await end(process, number))[0] == (0 if number == signal.SIGTERM else -signal.SIGKILL)
