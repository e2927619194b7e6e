"""A parsing process whose parsers obey what a document says: burn, eat, crash, sleep; everything else they read as usual."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from chatbot.sources.parsing.documents import Document
from chatbot.sources.parsing.parsers import PARSERS, Parser
from chatbot.sources.parsing.worker import main

HERE = "tests.sources.parsing.poisoned"


def burn() -> None:
    """Compute for ever, in C, with the interpreter's lock held most of the time."""
    while True:
        sum(range(10_000_000))


def eat() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(8 * 1024 * 1024))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(3)


def sleep() -> None:
    time.sleep(3600)


def shout() -> None:
    """Write on what was standard output: it must not come between the frames."""
    os.write(1, b"\0" * 64)


def fail() -> None:
    raise KeyError("a parser's own fault")


def hang_on(path: str) -> None:
    """Be busy until the file is gone."""
    while Path(path).exists():
        sum(range(100_000))


DEEDS: dict[str, Callable[[], None]] = {
    each.__name__: each for each in (burn, eat, crash, kill, leave, sleep, shout, fail)
}


OBEYING = ("release", "advisory", "policy", "osv")  # not the pages and feeds that carry them


def obedient(parser: Parser) -> Parser:
    def parse(document: Document) -> object:
        if document.kind in OBEYING:
            for name, deed in DEEDS.items():
                if f"POISON {name}".encode() in document.content:
                    deed()
            if b"POISON until " in document.content:
                hang_on(document.content.partition(b"POISON until ")[2].partition(b";")[0].decode())
        return parser(document)

    return parse


if __name__ == "__main__":
    main(sys.argv[1:], {kind: obedient(parser) for kind, parser in PARSERS.items()})
