"""The terminal that the bot was started in: whether a hangup means that it is gone, or that somebody asks for a reload."""

import os
import signal
from dataclasses import dataclass

_TERMINAL = "/dev/tty"  # a process's controlling terminal: tty(4)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What was so at the start. `ours`: there was a controlling terminal; `ignored`: SIGHUP was ignored, as `nohup` does."""

    ours: bool
    ignored: bool

    def is_gone(self) -> bool:
        """Whether the terminal that the bot was started in has been closed, and the bot should end with it."""
        return self.ours and not self.ignored and not _there()


def terminal() -> Terminal:
    """The terminal as it is now. Call it before any handler of SIGHUP is set."""
    return Terminal(ours=_there(), ignored=signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)


def _there() -> bool:
    try:
        os.close(os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError:
        return False
    return True
