"""What systemd hears: ready, alive by the event loop, stopping; on sockets of both kinds, and nothing where nobody listens."""

import asyncio
import socket
import sys
from pathlib import Path

import pytest

from chatbot.runtime.ops.systemd import Notifier


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
