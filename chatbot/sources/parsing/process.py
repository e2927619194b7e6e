"""One parsing process, as its parent sees it: started, asked, and killed where it takes too long."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import chatbot
from chatbot.ports import SourceUnavailable
from chatbot.sources.parsing.documents import Document, Outcome, Parsed, Quarantined, Rejected, TooHeavy
from chatbot.sources.parsing.frames import HEAD, BadFrame, length_of, pack, unpack

WORKER = "chatbot.sources.parsing.worker"
_ENDS_WITHIN = 5.0  # seconds, once its output has ended
_TICK = 1.0  # seconds; waiting is counted in ticks, so that a process that was stopped meanwhile counts one at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may take.

    seconds: of computing time; the kernel ends the process that takes more
    wait: seconds until an answer, however busy the machine is
    memory: bytes of address space of the process
    lost: seconds of one poll that may go to documents that come to nothing; what is left waits for the next poll
    worker: the module that is run
    """

    seconds: int = 5
    wait: float = 180.0
    memory: int = 768 * 1024 * 1024
    lost_seconds: float = 30.0
    worker: str = WORKER


class WorkerProcess:
    """One process. After an answer that says TooHeavy, or a failure, it is of no more use."""

    def __init__(self, process: Process, limits: Limits) -> None:
        self._process, self._limits, self._killed = process, limits, False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def usable(self) -> bool:
        return self._process.returncode is None and not self._killed

    async def parse(self, document: Document) -> Outcome:
        """Have it parsed. A process that ends meanwhile, or takes too long, makes TooHeavy of it."""
        answering = asyncio.ensure_future(self._ask(pack(document)))
        try:
            ticks = max(1, round(self._limits.wait / _TICK))
            for _ in range(ticks):
                await asyncio.wait({answering}, timeout=_TICK)
                if answering.done():
                    break
            else:
                return TooHeavy(f"it took more than {self._limits.wait:.0f} s")
            outcome = answering.result()
        except (BadFrame, asyncio.IncompleteReadError, ConnectionError):
            return TooHeavy(await self._last_words())
        finally:
            if not answering.done() or answering.cancelled() or answering.exception() is not None:
                answering.cancel()
                self.kill()
        if isinstance(outcome, TooHeavy):
            self.kill()
        return outcome

    async def _ask(self, request: bytes) -> Outcome:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None  # noqa: S101 - it was started with pipes
        assert answers is not None  # noqa: S101 - it was started with pipes
        requests.write(request)
        await requests.drain()
        length = length_of(await answers.readexactly(HEAD))
        outcome = unpack(await answers.readexactly(length))
        if not isinstance(outcome, Parsed | Rejected | TooHeavy | Quarantined):
            raise BadFrame("an answer that is none")
        return outcome

    async def _last_words(self) -> str:
        """Why the process ended, as its exit status tells."""
        try:
            async with asyncio.timeout(_ENDS_WITHIN):
                status = await self._process.wait()
        except TimeoutError:
            return "its parser stopped answering"
        if status == -signal.SIGXCPU:
            return f"it took more than {self._limits.seconds} s of computing time"
        if status < 0:
            with suppress(ValueError):
                return f"its parser was ended by {signal.Signals(-status).name}"
        return f"its parser ended with status {status}"

    def kill(self) -> None:
        """End the process now, whatever it does."""
        self._killed = True
        if self._process.returncode is None:
            with suppress(ProcessLookupError):  # asyncio's own way would take the exit status away from its watcher
                os.kill(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """End the process and wait until it is gone."""
        self.kill()
        # While an answer is unread its pipe stays open, and the wait below does not end.
        transport = self._process._transport  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio gives the pipe in no other way
        pipe = transport.get_pipe_transport(1)
        if pipe is not None:
            pipe.close()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
            with suppress(ConnectionError):
                await self._process.stdin.wait_closed()


async def start(limits: Limits) -> WorkerProcess:
    """Start a process. Raises SourceUnavailable where the machine has no room for one."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # the folder in which the bot was started holds no code of ours
            "-m",
            limits.worker,
            str(os.getpid()),
            str(limits.seconds),
            str(limits.memory),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the bot
        )
    except (OSError, MemoryError) as full:
        raise SourceUnavailable(f"no process for parsing could be started ({type(full).__name__})") from full
    return WorkerProcess(process, limits)


def _environment() -> dict[str, str]:
    """What Python needs to find the same code; no setting and no secret."""
    variables = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    code = [str(Path(chatbot.__file__).parents[1]), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    path = os.pathsep.join(filter(None, code))
    return {**variables, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
