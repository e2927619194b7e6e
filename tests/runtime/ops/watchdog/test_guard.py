"""A real process whose loop does not turn is ended with its stacks; one that could not run, is slow, or is well, is not."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.patience import PATIENCE, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")

BOT = """
import asyncio, faulthandler, sys, time, threading
from chatbot.runtime.ops.watchdog.heartbeat import guarded
faulthandler.enable()
def hang(): {hang}
async def main():
    async with guarded({seconds}):
        print("turning", flush=True)
        word = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        if word.strip() == "hang":
            hang()
asyncio.run(main())
"""
HOLDS_THE_LOCK = "import re; re.match('(a*)*b', 'a' * 40)"
IN_A_THREAD = "t = threading.Thread(target=lambda: __import__('re').match('(a*)*b', 'a' * 40)); t.start(); t.join()"
WAITS = "time.sleep(3600)"
BURNS = "exec('while True: pass')"


@asynccontextmanager
async def bot(seconds: float, hang: str = "pass") -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        BOT.format(seconds=seconds, hang=hang),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            assert await process.stdout.readline() == b"turning\n"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.communicate()


def guard_of(pid: int) -> int:
    """The process id of a bot's guard, or 0."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for child in children.read_text().split() if children.exists() else ():
        if b"watchdog.guard" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    return 0


async def guarded_by(process: asyncio.subprocess.Process, *, but: int = 0) -> int:
    await until(lambda: guard_of(process.pid) not in (0, but), "it is guarded")
    return guard_of(process.pid)


async def send_word(process: asyncio.subprocess.Process, word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{word}\n".encode())
    await process.stdin.drain()


@pytest.mark.parametrize("hang", [HOLDS_THE_LOCK, IN_A_THREAD, WAITS, BURNS])
async def test_a_loop_that_does_not_turn_is_ended_with_its_stacks(hang: str) -> None:
    async with bot(2, hang) as process:
        guard = await guarded_by(process)
        await send_word(process, "hang")
        async with asyncio.timeout(PATIENCE):
            _, output = await process.communicate()
        assert process.returncode == -signal.SIGABRT
        words = output.decode()
        assert "the event loop has not turned for 2 s" in words
        assert "Fatal Python error: Aborted" in words
        assert "in hang" in words, "the stack of the loop's thread"
        await until(lambda: not Path(f"/proc/{guard}").exists(), "the guard has ended with it")


async def test_a_bot_that_does_not_obey_is_killed() -> None:
    hang = "import signal; faulthandler.disable(); signal.signal(signal.SIGABRT, signal.SIG_IGN); time.sleep(3600)"
    async with bot(1, hang) as process:
        await guarded_by(process)
        await send_word(process, "hang")
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == -signal.SIGKILL


async def test_a_stopped_bot_is_not_ended_when_it_goes_on() -> None:
    async with bot(1) as process:
        guard = await guarded_by(process)
        process.send_signal(signal.SIGSTOP)
        await guard_ticks(guard, 8)
        process.send_signal(signal.SIGCONT)
        await guard_ticks(guard, 4)
        await send_word(process, "end")
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0


async def test_a_turning_loop_is_left_alone() -> None:
    async with bot(1) as process:
        await guard_ticks(await guarded_by(process), 8)
        await send_word(process, "end")
        async with asyncio.timeout(PATIENCE):
            _, output = await process.communicate()
        assert (process.returncode, output) == (0, b"")


async def guard_ticks(guard: int, seconds: int) -> None:
    """Wait until the guard has looked for so many of its own seconds: it sleeps a tick between two looks."""

    def switches() -> int:
        lines = Path(f"/proc/{guard}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("voluntary_ctxt_switches")).split()[1])

    started = switches()
    await until(lambda: switches() >= started + 4 * seconds, "it has looked")


async def test_a_guard_that_dies_is_replaced_and_the_bot_goes_on() -> None:
    async with bot(2, WAITS) as process:
        first = await guarded_by(process)
        os.kill(first, signal.SIGKILL)
        second = await guarded_by(process, but=first)
        assert second != first
        await send_word(process, "hang")
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == -signal.SIGABRT


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_signals_for_the_bot_do_not_end_its_guard(number: signal.Signals) -> None:
    async with bot(30) as process:
        guard = await guarded_by(process)
        await guard_ticks(guard, 1)  # before that it is only starting
        os.kill(guard, number)
        await guard_ticks(guard, 1)
        assert guard_of(process.pid) == guard


async def test_the_guard_ends_with_a_bot_that_is_killed() -> None:
    async with bot(30) as process:
        guard = await guarded_by(process)
        process.kill()
        await process.wait()
        await until(lambda: not Path(f"/proc/{guard}").exists(), "the guard is gone")


async def test_none_is_started_where_it_is_switched_off() -> None:
    async with bot(0) as process:
        assert guard_of(process.pid) == 0
        await send_word(process, "end")
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
