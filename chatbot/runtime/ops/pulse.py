"""The health file: what a running bot writes down of itself every few seconds, for `chatbot health`.

It lies in a folder that only the bot's user can write in: the service's own below /run where systemd made one, else one
in the folder for temporary files. Its name comes from the path of the configuration file. So asking costs no network, no
database and no secret, works where the root is read-only, and a container that starts again has no old one. Only the
standard library is imported: containers ask every half minute.
"""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BEAT = 10.0  # seconds between two signs of life
SILENT = 60.0  # after so many seconds without one the bot counts as hanging
LONGEST = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What the file says.

    pid: the bot's process
    at: when it was written, in seconds of the monotonic clock, which all processes of a machine share
    wrong: what keeps the bot from its work, a sentence each
    """

    pid: int
    at: float
    wrong: tuple[str, ...] = ()


def place_of(config: Path, env: Mapping[str, str]) -> Path:
    """Where the bot with this configuration file writes it."""
    runtime = env.get("RUNTIME_DIRECTORY", "").partition(":")[0]  # systemd.exec(5)
    folder = Path(runtime) if runtime.startswith("/") else Path(tempfile.gettempdir()) / f"chatbot-{os.geteuid()}"
    digest = hashlib.sha256(os.fsencode(os.path.realpath(config))).hexdigest()
    return folder / f"health-{digest[:16]}.json"


def write(path: Path, pulse: Pulse) -> None:
    """Put it there, all at once. Raises OSError."""
    with suppress(FileExistsError):
        path.parent.mkdir(mode=0o700)
    _must_be_ours(path.parent)
    part = path.with_suffix(".part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump({"pid": pulse.pid, "at": pulse.at, "wrong": pulse.wrong}, file)
    part.replace(path)


def last_pulse(path: Path) -> Pulse | None:
    """What the bot last wrote; None where no bot did, or where somebody else could have."""
    try:
        _must_be_ours(path.parent)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags), "rb") as file:
            document = json.loads(file.read(LONGEST))
        return Pulse(pid=int(document["pid"]), at=float(document["at"]), wrong=tuple(map(str, document["wrong"])))
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None


def _must_be_ours(folder: Path) -> None:
    """Others may write in the folder for temporary files: what they put there under our name is not ours."""
    status = folder.lstat()
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    if not ours or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"{folder} can be written by others, or belongs to them")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`alive`: its event loop turns. `ready`: nothing keeps it from its work either. `sentences` say how it is."""

    alive: bool
    ready: bool
    sentences: tuple[str, ...]


def judge(pulse: Pulse | None, now: float) -> Verdict:
    """How the bot is, by its last sign of life; `now` is the monotonic clock's. One of the future is from before the machine
    was started."""
    if pulse is None or pulse.at > now:
        return Verdict(alive=False, ready=False, sentences=("no bot is running with this configuration file",))
    age = f"its last sign of life is {now - pulse.at:.0f} s old"
    if now - pulse.at > SILENT:
        words = f"the bot (process {pulse.pid}) hangs or was killed: {age}"
        return Verdict(alive=False, ready=False, sentences=(words,))
    words = f"the bot (process {pulse.pid}) is running; {age}"
    return Verdict(alive=True, ready=not pulse.wrong, sentences=(words, *pulse.wrong))
