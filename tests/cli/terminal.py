"""A terminal of a given width, in which a test types and whose screen it reads: a real pty, so that the program sees one too."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len

from tests.cli.process import CHATBOT, environment
from tests.patience import PATIENCE

CTRL_C = "\x03"  # which a terminal makes a signal of, where it is the one that the program was started in
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;.*?(?:\x1b\\|\x07)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a reader sees, all that scrolled away included; `raw` is what was written, with its escape sequences."""

    rows: tuple[str, ...]
    raw: str
    status: int

    @property
    def text(self) -> str:
        return "\n".join(self.rows)


def open_terminal(columns: int) -> tuple[int, int]:
    """Our end and the program's end of a terminal that has so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    return ours, theirs


def rows_of(raw: str, columns: int) -> tuple[str, ...]:
    """The rows after all was written: a return goes back to the row's begin, and what is written there replaces what stood."""
    rows: list[list[str]] = [[]]
    at = 0
    for character in _ESCAPE.sub("", raw):
        if character == "\r":
            at = 0
        elif character == "\n":
            rows.append([])
            at = 0
        else:
            width = cell_len(character)
            if at + width > columns:
                rows.append([])
                at = 0
            row = rows[-1]
            row += [" "] * (at + width - len(row))
            row[at : at + width] = [character, *[""] * (width - 1)]  # what is wide takes two columns
            at += width
    return tuple("".join(row).rstrip() for row in rows)


def _take_terminal() -> None:
    """In a new session: the first terminal is the session's."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def in_terminal(
    words: Sequence[str],
    columns: int,
    keys: Sequence[tuple[str, str]] = (),
    *,
    more: Mapping[str, str] | None = None,
    folder: Path | None = None,
    own_session: bool = False,
) -> Screen:
    """Run the program to its end. `keys`: what is typed, each after the words that are waited for. `more`: variables.
    `own_session`: the terminal is the program's own, which it finds as /dev/tty too."""
    ours, theirs = open_terminal(columns)
    names = environment() | {"TERM": "xterm-256color"}
    variables = {name: value for name, value in names.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    process = subprocess.Popen(
        [CHATBOT, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=variables | dict(more or {}),
        cwd=folder,
        start_new_session=own_session,
        preexec_fn=_take_terminal if own_session else None,  # noqa: PLW1509 - it calls the kernel and nothing else
    )
    os.close(theirs)
    output, position, waiting, end = b"", 0, list(keys), time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end:
            readable, _, _ = select.select([ours], [], [], 0.2)
            if readable:
                try:
                    output += os.read(ours, 65_536)
                except OSError:  # its end is closed
                    break
            elif process.poll() is not None:
                break
            if waiting and waiting[0][0].encode() in output[position:]:
                position = len(output)
                typed = waiting.pop(0)[1]
                os.write(ours, typed.removesuffix(CTRL_C).encode())
                if typed.endswith(CTRL_C):
                    process.send_signal(signal.SIGINT)
        status = process.wait(PATIENCE)
    finally:
        process.kill()
        os.close(ours)
    raw = output.decode()
    return Screen(rows=rows_of(raw, columns), raw=raw, status=status)
