"""`chatbot health`: yes while the bot runs, no before and after, and nothing of the configuration is read for it."""

import asyncio
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.runtime.ops.pulse import last_pulse, place_of
from tests.cli.process import environment, harbour
from tests.cli.shell import Shell
from tests.cli.test_run import bot, end
from tests.patience import PATIENCE, until


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket of a systemd."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.bind(str(tmp_path / "notify"))
        own.setblocking(False)
        yield own


async def heard_on(listening: socket.socket, *beginnings: str) -> list[str]:
    """Wait until systemd was told things that begin so, in this order; what else it was told in between is left out."""
    datagrams: list[str] = []
    async with asyncio.timeout(PATIENCE):
        for beginning in beginnings:
            datagram = ""
            while not datagram.startswith(beginning):
                datagram = (await asyncio.get_running_loop().sock_recv(listening, 4096)).decode()
            datagrams.append(datagram)
    return datagrams


async def test_it_knows_whether_the_bot_runs_and_so_does_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listening: socket.socket
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", listening.getsockname())
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    async with harbour(tmp_path) as there:
        file = place_of(there.config, environment())
        async with bot(there) as process:
            await until(lambda: (pulse := last_pulse(file)) and not pulse.wrong, "the bot has written that all is well")
            ready = await there.type("health", "--ready")
            assert (ready.status, ready.err) == (0, "")
            assert f"the bot (process {process.pid}) is running" in ready.out
            await heard_on(listening, "READY=1", "WATCHDOG=1", "STATUS=running")
            process.send_signal(signal.SIGHUP)
            reload = (await heard_on(listening, "RELOADING=1", "READY=1"))[0]
            assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", reload)
            await end(process, signal.SIGTERM)
            await heard_on(listening, "STOPPING=1")
        after = await there.type("health")
        assert (after.status, after.out) == (1, "no bot is running with this configuration file\n")
        assert not file.exists()


def test_it_reads_no_configuration(shell: Shell, tmp_path: Path) -> None:
    ran = shell("health", "--config", tmp_path / "nowhere.toml")
    assert (ran.status, ran.err) == (1, "")
