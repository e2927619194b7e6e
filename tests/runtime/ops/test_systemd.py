"""What systemd hears: ready, alive by the event loop, stopping; on sockets of both kinds, and nothing where nobody listens."""

import asyncio
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chatbot.runtime.ops.systemd import Notifier
from tests.patience import PATIENCE


@pytest.mark.parametrize(
    ("environment", "notifier"),
    [
        ({}, Notifier()),
        ({"NOTIFY_SOCKET": "/run/x"}, Notifier("/run/x")),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "4000000"}, Notifier("@x", 2.0)),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "7"}, Notifier("@x", 2.0)),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "8"}, Notifier("@x")),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "soon"}, Notifier("@x")),
        ({"NOTIFY_SOCKET": "vsock:2:1"}, Notifier()),
    ],
)
def test_the_environment_says_who_listens(environment: dict[str, str], notifier: Notifier) -> None:
    assert Notifier.of(environment, 7) == notifier


@pytest.mark.parametrize("abstract", [False, True])
async def test_the_bot_says_that_it_lives(abstract: bool, tmp_path: Path) -> None:
    if abstract and sys.platform != "linux":
        pytest.skip("abstract sockets are Linux's")
    address = f"@chatbot-{tmp_path.name}-{id(tmp_path)}" if abstract else str(tmp_path / "notify")
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + address[1:] if abstract else address)
        listening.setblocking(False)
        living = asyncio.create_task(Notifier(address, 0.01).live())
        datagrams = [await loop.sock_recv(listening, 100) for _ in range(4)]
        assert datagrams == [b"READY=1", *[b"WATCHDOG=1"] * 3]
        living.cancel()
        with pytest.raises(asyncio.CancelledError):
            await living
        while (last := await loop.sock_recv(listening, 100)) == b"WATCHDOG=1":
            continue
        assert last == b"STOPPING=1"


def test_nobody_waits_for_a_watch_that_is_gone(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "nothing")).tell("READY=1")
    Notifier().tell("READY=1")


@contextmanager
def listening(folder: Path) -> Iterator[tuple[Notifier, socket.socket]]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.bind(str(folder / "notify"))
        own.settimeout(PATIENCE)
        yield Notifier(str(folder / "notify"), 0.01), own


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ([], "STATUS=running"),
        (
            ["discord is stopped: no", "the database does not answer"],
            "STATUS=discord is stopped: no; the database does not answer",
        ),
        (["two\nREADY=1\x1b[31m"], "STATUS=two READY=1[31m"),
        (["x" * 10_000], "STATUS=" + "x" * 500),
    ],
)
def test_what_is_wrong_is_one_line_of_the_status(wrong: list[str], status: str, tmp_path: Path) -> None:
    with listening(tmp_path) as (notifier, own):
        notifier.status(wrong)
        assert own.recv(1000).decode() == status


def test_a_reload_is_told_with_its_time_and_ends_ready(tmp_path: Path) -> None:
    with listening(tmp_path) as (notifier, own):
        before = time.monotonic_ns() // 1000
        with notifier.reloading():
            lines = own.recv(100).decode().splitlines()
        assert lines[0] == "RELOADING=1"
        name, _, at = lines[1].partition("=")
        assert name == "MONOTONIC_USEC"
        assert before <= int(at) <= time.monotonic_ns() // 1000
        assert own.recv(100) == b"READY=1"


def test_a_reload_that_fails_leaves_the_bot_ready(tmp_path: Path) -> None:
    with listening(tmp_path) as (notifier, own):
        with pytest.raises(ValueError, match="wrong"), notifier.reloading():
            raise ValueError("wrong")
        assert [own.recv(100)[:9], own.recv(100)] == [b"RELOADING", b"READY=1"]


def test_a_stalled_loop_sends_nothing(tmp_path: Path) -> None:
    stalled, release = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        release.wait(PATIENCE)

    with listening(tmp_path) as (notifier, own):
        loop = asyncio.new_event_loop()
        living = loop.create_task(notifier.live())
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            assert own.recv(100) == b"READY=1"
            loop.call_soon_threadsafe(stall)
            assert stalled.wait(PATIENCE)
            own.setblocking(False)
            with suppress(BlockingIOError):  # what was sent before
                while own.recv(100):
                    continue
            assert select.select([own], [], [], 20 * notifier.every)[0] == []
            release.set()
            own.settimeout(PATIENCE)
            assert own.recv(100) == b"WATCHDOG=1"
        finally:
            release.set()
            loop.call_soon_threadsafe(living.cancel)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(PATIENCE)
            loop.run_until_complete(asyncio.gather(living, return_exceptions=True))
            loop.close()
