"""The bot as a process beside something heavy: it answers and obeys while hostile notes are parsed, and ends with its terminal."""

import asyncio
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.demo.github.data import Release
from tests.cli.process import CHATBOT, Harbour, environment, harbour, now
from tests.cli.test_run import ask, bot, end, read_until
from tests.patience import PATIENCE, until

HOSTILE = ("[" * 1_000 + "\n") * 100  # most of a second of the parser's time: each bracket may open a link
MANY = 40  # releases with such notes
HZ = os.sysconf("SC_CLK_TCK")
linux = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


def busy_parser_of(pid: int, seconds: float) -> int:
    """The process id of a bot's parser that has computed for so long, or 0."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        folder = Path(f"/proc/{child}")
        try:
            mine = b"parsing.worker" in (folder / "cmdline").read_bytes()
            used = int((folder / "stat").read_text().rpartition(")")[2].split()[11]) / HZ
        except (FileNotFoundError, ProcessLookupError):
            continue
        if mine and used > seconds:
            return int(child)
    return 0


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_answers_and_ends_while_hostile_notes_are_parsed(number: signal.Signals, tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        at = now() - timedelta(days=1)
        for patch in range(MANY):
            there.repository.releases.append(Release(tag=f"v1.9.{patch}", body=HOSTILE, created_at=at, published_at=at))
        async with bot(there) as process:
            await read_until(process.stderr, "running")
            await until(lambda: busy_parser_of(process.pid, 1.5), "notes are being parsed")
            await ask(process, "/help")
            await read_until(process.stdout, "What you can ask me")
            parser = busy_parser_of(process.pid, 1.5)
            assert parser, "the answer came while it was parsed"
            status, _, err = await end(process, number)
            assert status == 0
            assert "Traceback" not in err
            assert "could not be parsed" not in err, "its end is nobody's fault"
            await until(lambda: not Path(f"/proc/{parser}").exists(), "the parser is gone too")


IN_A_TERMINAL = """
import os, signal, sys
terminal, log, ignore, *command = sys.argv[1:]
os.login_tty(int(terminal))
os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT, 0o600), 2)
if ignore == "nohup":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(command[0], command)
"""


@asynccontextmanager
async def in_a_terminal(there: Harbour, log: Path, how: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The bot in a terminal of its own, and that terminal's other end."""
    ours, its = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IN_A_TERMINAL, str(its), str(log), how, str(CHATBOT), "run", "--config", str(there.config),
        cwd=there.folder, env=environment(), pass_fds=(its,),
    )  # fmt: skip
    os.close(its)
    try:
        yield process, ours
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def seen(log: Path, words: str) -> bool:
    return log.exists() and words in log.read_text()


async def test_it_ends_with_its_terminal(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with harbour(tmp_path) as there, in_a_terminal(there, log, "") as (process, terminal):
        await until(lambda: seen(log, "running"), "it runs")
        process.send_signal(signal.SIGHUP)
        await until(lambda: seen(log, "configuration reloaded"), "it has reloaded: its terminal is there")
        os.close(terminal)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
        assert seen(log, "stopping")


async def test_nohup_outlives_its_terminal_and_reloads(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with harbour(tmp_path) as there, in_a_terminal(there, log, "nohup") as (process, terminal):
        await until(lambda: seen(log, "running"), "it runs")
        os.close(terminal)
        await until(lambda: seen(log, "configuration reloaded"), "the hangup was taken for a wish to reload")
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
