"""The bot's side of the watchdog: starts the guarding process, speaks to it from the event loop, and replaces it when it ends."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

import chatbot

log = structlog.get_logger(__name__)

_BEAT = 5.0  # seconds
_AFTER_ITS_END = 5.0  # seconds before another one is started
_GUARD = "chatbot.runtime.ops.watchdog.guard"


@asynccontextmanager
async def guarded(seconds: float) -> AsyncIterator[None]:
    """Have this process ended if its loop does not turn for so many seconds in which it could; never, with 0."""
    if not seconds:
        yield
        return
    beating = asyncio.create_task(_keep_guarded(seconds), name="watchdog")
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _keep_guarded(seconds: float) -> None:
    """The bot does without its watchdog where there is no room for one, and says so."""
    while True:
        try:
            guard = await _start(seconds)
        except (OSError, MemoryError) as full:
            log.warning("no watchdog could be started", reason=type(full).__name__)
        else:
            try:
                status = await _beat(guard, min(_BEAT, seconds / 4))
            finally:
                await _release(guard)
            log.warning("the watchdog ended; restarting it", status=status)
        await asyncio.sleep(min(_AFTER_ITS_END, seconds))


async def _start(seconds: float) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-S",  # no third party is needed
        "-m",
        _GUARD,
        str(os.getpid()),
        str(seconds),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=None,  # where the bot's log goes
        env={"PYTHONPATH": str(Path(chatbot.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )


async def _beat(guard: Process, every: float) -> int:
    """Speak until the guard ends; return its exit status."""
    end = asyncio.ensure_future(guard.wait())
    try:
        while not end.done():
            if guard.stdin is not None and not guard.stdin.is_closing():
                guard.stdin.write(b".")
            await asyncio.wait({end}, timeout=every)
        return end.result()
    finally:
        end.cancel()


async def _release(guard: Process) -> None:
    """End it: it keeps nothing."""
    if guard.returncode is None:
        with suppress(ProcessLookupError):  # asyncio's own way would take the exit status away from its watcher
            os.kill(guard.pid, signal.SIGKILL)
    await guard.wait()
    if guard.stdin is not None:
        guard.stdin.close()
        with suppress(OSError):
            await guard.stdin.wait_closed()
