"""What systemd is told, where it started the bot with `Type=notify`: ready, alive, reloading, stopping (sd_notify(3))."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from chatbot.core.text.visible import printable

_MICROSECONDS = 1_000_000
_LONGEST_STATUS = 500  # characters; a person reads them on one line


@dataclass(frozen=True, slots=True)
class Notifier:
    """`address` is the socket's, empty where nobody listens; `every` are the seconds between two signs of life, 0 for none."""

    address: str = ""
    every: float = 0.0

    @classmethod
    def of(cls, environment: Mapping[str, str], pid: int) -> "Notifier":
        """As the environment says; a `WATCHDOG_PID` of another process is not ours."""
        address = environment.get("NOTIFY_SOCKET", "")
        interval, whose = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
        ours = interval.isdigit() and whose in ("", str(pid))
        return cls(
            address=address if address.startswith(("/", "@")) else "",
            every=int(interval) / _MICROSECONDS / 2 if ours else 0.0,
        )

    def tell(self, state: str) -> None:
        """Send it, if anybody listens; nobody waits for it."""
        if not self.address:
            return
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(state.encode(), address)

    def status(self, wrong: Sequence[str]) -> None:
        """Have `systemctl status` show what is wrong, or that all is well."""
        sentence = printable("; ".join(wrong)) if wrong else "running"
        self.tell(f"STATUS={sentence[:_LONGEST_STATUS]}")

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Say that the bot reads its configuration again, and at the end that it is ready again, whatever came of it. systemd
        takes the time, by the clock that all processes share, to tell one reload from the next."""
        self.tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            yield
        finally:
            self.tell("READY=1")

    async def live(self) -> None:
        """Say that the bot is ready, and then that its loop turns, until cancelled; then that it stops."""
        self.tell("READY=1")
        try:
            while self.address and self.every:
                self.tell("WATCHDOG=1")
                await asyncio.sleep(self.every)
            await asyncio.Event().wait()
        finally:
            self.tell("STOPPING=1")


def notifier() -> Notifier:
    """That of this process. What it starts is not watched by systemd, and hears nothing of it."""
    notifier_of_process = Notifier.of(os.environ, os.getpid())
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        os.environ.pop(name, None)
    return notifier_of_process
