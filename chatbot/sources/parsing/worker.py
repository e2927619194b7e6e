"""The parsing process: reads one document after another from its standard input, and answers each with what it made of it.

It is started by `chatbot.sources.parsing.process`. It has no secrets in its environment, ends when its input ends or its parent
dies, and limits itself before each document: the kernel ends it where a document takes more.
"""

import contextlib
import math
import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from chatbot.sources.parsing.documents import Document, Outcome, TooHeavy
from chatbot.sources.parsing.frames import HEAD, BadFrame, length_of, pack, unpack
from chatbot.sources.parsing.parsers import PARSERS, Parser, attempt

_PR_SET_PDEATHSIG = 1  # prctl(2)
_NICER = 5  # the event loop goes first


@dataclass(frozen=True, slots=True)
class _Pipes:
    requests: BinaryIO
    answers: BinaryIO


def main(arguments: list[str], parsers: Mapping[str, Parser] = PARSERS) -> None:
    """Serve until the input ends. Arguments: the parent's process id, the seconds for one document, and the bytes of memory."""
    parent, seconds, memory = (int(each) for each in arguments)
    pipes = _settle_in(parent, memory)
    while (head := pipes.requests.read(HEAD)) and len(head) == HEAD:
        document: Document = unpack(pipes.requests.read(length_of(head)))
        _limit_time(seconds)
        outcome = _within_memory(document, parsers, memory)
        _answer(pipes, outcome)
        if isinstance(outcome, TooHeavy):
            return  # a process that ran out of memory is not used again


def _settle_in(parent: int, memory: int) -> _Pipes:
    """Limits that hold for good; and pipes that nobody else writes to: what a library prints goes nowhere."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # meant for the parent, which ends this process itself
    _die_with(parent)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, memory)
    with contextlib.suppress(OSError):
        os.nice(_NICER)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    return _Pipes(requests, answers)


def _die_with(parent: int) -> None:
    """Ask Linux to end this process with its parent; elsewhere the end of the input and the limits do."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - nowhere else, and only on Linux

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _limit(which: int, most: int) -> None:
    with contextlib.suppress(OSError, ValueError):  # macOS takes no limit of memory
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _limit_time(seconds: int) -> None:
    """So many seconds of computing from now on; then the kernel ends this process (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + seconds)


def _within_memory(document: Document, parsers: Mapping[str, Parser], memory: int) -> Outcome:
    try:
        return attempt(document, parsers)
    except MemoryError:
        return TooHeavy(f"it needs more than {memory // 1024 // 1024} MiB of memory")


def _answer(pipes: _Pipes, outcome: Outcome) -> None:
    try:
        frame = pack(outcome)
    except (BadFrame, MemoryError, RecursionError) as wrong:
        frame = pack(TooHeavy(str(wrong) or "its result needs too much memory"))
    pipes.answers.write(frame)
    pipes.answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
