"""Processes that cost little to start: forked from one that has imported everything, and otherwise like any other process.

A process that starts from nothing imports for more than a second of computing time, and the suite starts hundreds. `start` calls a
function by its name, `package.module:function`, in a process with the given words, environment, folder and standard streams.
The first one starts the process that all are forked from; it ends with the tests.
"""

import asyncio
import atexit
import gc
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

PRELOADED = (
    "aiosqlite", "asyncpg", "alembic.command", "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite",
    "chatbot.cli.ask", "chatbot.cli.check", "chatbot.cli.db", "chatbot.cli.deliveries", "chatbot.cli.discord",
    "chatbot.cli.preview", "chatbot.cli.run", "tests.runtime.crashing_bot", "tests.runtime.crashing_inbox",
)  # fmt: skip
LARGEST = 1 << 17  # bytes of a request, the whole environment included
CHATBOT = "chatbot.cli:main"


@dataclass(slots=True)
class Process:
    """A started process, with what tests use of `asyncio.subprocess.Process`."""

    pid: int
    _end: asyncio.Task[int]
    _outputs: tuple[asyncio.Task[bytes] | None, asyncio.Task[bytes] | None]

    @property
    def returncode(self) -> int | None:
        return self._end.result() if self._end.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._end)

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it wrote to those of its streams that were asked for, when it has ended."""
        out, err = [b"" if output is None else await output for output in self._outputs]
        await self.wait()
        return out, err

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def start(
    function: str,
    *words: str,
    stdout: int | IO[Any] = DEVNULL,
    stderr: int | IO[Any] = DEVNULL,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Process:
    """Call the function in a new process whose standard input is empty; its exit status is what the function returns."""
    request = {
        "function": function,
        "words": words,
        "env": dict(os.environ if env is None else env),
        "cwd": str(cwd or Path.cwd()),
    }
    ours, theirs = socket.socketpair()
    null = os.open(os.devnull, os.O_RDWR)
    out, out_pipe = _stream(stdout, null)
    err, err_pipe = (out, None) if stderr == STDOUT else _stream(stderr, null)
    try:
        socket.send_fds(_server(), [json.dumps(request).encode()], [null, out, err, theirs.fileno()])
    finally:
        theirs.close()
        for fd in {null, *(fd for fd, pipe in ((out, out_pipe), (err, err_pipe)) if pipe is not None)}:
            os.close(fd)
    reader, writer = await asyncio.open_connection(sock=ours)
    outputs = (await _reading(out_pipe), await _reading(err_pipe))
    pid = int(await reader.readline())
    return Process(pid, asyncio.create_task(_ended(reader, writer)), outputs)


def _stream(to: int | IO[Any], null: int) -> tuple[int, int | None]:
    """The descriptor to write to, and the other end of the pipe where one is asked for."""
    if to == PIPE:
        source, write = os.pipe()
        return write, source
    return (null if isinstance(to, int) else to.fileno()), None


async def _reading(pipe: int | None) -> asyncio.Task[bytes] | None:
    if pipe is None:
        return None
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb"))

    async def read() -> bytes:
        try:
            return await reader.read()
        finally:
            transport.close()

    return asyncio.create_task(read())


async def _ended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    try:
        return int(await reader.readline())
    finally:
        writer.close()


_servers: list[socket.socket] = []


def _server() -> socket.socket:
    """The way to the process that all others are forked from."""
    if not _servers:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.standins.forks", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=DEVNULL,
                cwd=Path(__file__).parents[2],
            )
        _servers.append(ours)
        atexit.register(_end, ours, process)
    return _servers[0]


def _end(server: socket.socket, process: subprocess.Popen[bytes]) -> None:
    server.close()
    process.wait()


# ---- in the process that all are forked from ------------------------------------------------------------------------------


def _serve(server: socket.socket) -> int:
    """Fork for each request until the tests end; in a forked process, return what its function returns."""
    for name in PRELOADED:
        import_module(name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that watch the others
    while True:
        message, fds, _, _ = socket.recv_fds(server, LARGEST, 4)
        if not message:
            return 0
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            server.close()
            if (pid := os.fork()) == 0:
                return _call(json.loads(message), fds)
            _watch(pid, fds)
        for fd in fds:
            os.close(fd)


def _watch(pid: int, fds: Sequence[int]) -> None:
    """Tell the tests the number of the process, and when it has ended how."""
    *streams, report = fds
    for fd in (0, 1, 2, *streams):
        os.close(fd)
    with suppress(OSError):  # the test may be over
        os.write(report, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    with suppress(OSError):
        os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _call(request: Mapping[str, Any], fds: Sequence[int]) -> int:
    for to, fd in enumerate(fds[:3]):
        os.dup2(fd, to)
    for fd in fds:
        os.close(fd)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
    sys.stdout, sys.stderr = _writer(1, "strict"), _writer(2, "backslashreplace")
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    random.seed()
    module, _, function = request["function"].partition(":")
    sys.argv = [module, *request["words"]]
    status = getattr(import_module(module), function)()
    return status if isinstance(status, int) else 0


def _writer(fd: int, errors: str) -> io.TextIOWrapper:
    raw = io.BufferedWriter(io.FileIO(fd, "wb", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, line_buffering=True)


if __name__ == "__main__":
    sys.exit(_serve(socket.socket(fileno=int(sys.argv[1]))))
