"""What a process does, as the machine sees it, and how much of its silence counts against it."""

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["running", "waiting", "stopped"]
_STATES: dict[str, State] = {"R": "running", "T": "stopped", "t": "stopped"}


@dataclass(frozen=True, slots=True)
class Vitals:
    """`state` is "running" where some thread computes or wants to; `used` are the seconds of computing of all threads."""

    state: State
    used: float


def vitals_of(pid: int) -> Vitals | None:
    """The vitals of a process; None where it is gone."""
    try:
        return _from_proc(Path(f"/proc/{pid}"))
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self/stat").exists() else from_ps(pid)


def _from_proc(folder: Path) -> Vitals:
    state, used = _stat(folder)
    if state != "stopped":
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread ended meanwhile
            if any(_stat(thread)[0] == "running" for thread in (folder / "task").iterdir()):
                state = "running"
    return Vitals(state, used)


def _stat(folder: Path) -> tuple[State, float]:
    """proc_pid_stat(5): the state is the third field, user and system time are the 14th and 15th."""
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return _STATES.get(fields[0], "waiting"), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def from_ps(pid: int) -> Vitals | None:
    """The same by `ps`, where there is no /proc (macOS): the state is that of the whole process."""
    command = ["/bin/ps", "-o", "state=", "-o", "time=", "-p", str(pid)]
    columns = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout.split()  # noqa: S603 - no word of it comes from outside
    if len(columns) < 2:
        return None
    return Vitals(_STATES.get(columns[0][:1], "waiting"), _seconds(columns[1]))


def _seconds(time: str) -> float:
    """`1-02:03:04` or `123:45.67` in seconds."""
    days, _, rest = time.rpartition("-")
    total = 0.0
    for part in rest.split(":"):
        total = total * 60 + float(part)
    return total + float(days or 0) * 86_400


@dataclass(slots=True)
class Silence:
    """How long a process has been silent though it could have spoken.

    Looked at every `tick` seconds. What counts: while it computes, the seconds of computing that it got; while it waits for
    something, the time since the last look, but no more than two ticks, since who looks may have been stopped itself; while
    it is stopped, nothing.
    """

    tick: float
    seconds: float = 0.0
    _last: Vitals | None = None

    def broken(self) -> None:
        """The process has spoken."""
        self.seconds = 0.0

    def look(self, vitals: Vitals, elapsed: float) -> None:
        """Count what passed since the last look."""
        last, self._last = self._last, vitals
        if last is None or vitals.state == "stopped" or last.state == "stopped":
            return
        fair = min(max(elapsed, 0.0), 2 * self.tick)
        self.seconds += min(max(vitals.used - last.used, 0.0), fair) if vitals.state == "running" else fair
