"""A prompt that output does not tear: what is being typed is put aside while something is printed, and written again below."""

import asyncio
import codecs
import os
import shutil
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

PROMPT = "> "
_END, _KILL_LINE, _KILL_WORD, _ESCAPE = "\x04", "\x15", "\x17", "\x1b"
_ERASE = ("\x7f", "\x08")


@dataclass(slots=True)
class Prompt:
    """One line at the foot of a terminal. `lines` are those that were entered; None is the end of the input (Ctrl-D)."""

    out: TextIO
    lines: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    typing: str = ""
    _shown: bool = False

    def take(self, text: str) -> None:
        """What was typed: ended lines go into the queue, the rest waits. Keys such as the arrows do nothing."""
        if text.startswith(_ESCAPE):
            return
        for character in text:
            if character in "\r\n":
                self._write(f"\r{self._drawn()}\n")
                self.lines.put_nowait(self.typing)
                self.typing = ""
            elif character == _END and not self.typing:
                self.lines.put_nowait(None)
            elif character in _ERASE:
                self.typing = self.typing[:-1]
            elif character == _KILL_LINE:
                self.typing = ""
            elif character == _KILL_WORD:
                self.typing = self.typing.rstrip().rpartition(" ")[0]
            elif character.isprintable():
                self.typing += character
        if self._shown:
            self._redraw()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Print something meanwhile."""
        self._clear()
        self._shown = False
        try:
            yield
        finally:
            self._shown = True
            self._redraw()

    def _drawn(self) -> str:
        """The prompt with the end of what is typed, as much as one row holds."""
        room = max(_columns() - len(PROMPT) - 1, 1)
        return PROMPT + self.typing[-room:]

    def _redraw(self) -> None:
        self._clear()
        self._write(self._drawn())

    def _clear(self) -> None:
        """Blanks instead of an escape sequence: a dumb terminal understands them too."""
        self._write(f"\r{' ' * (_columns() - 1)}\r")

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


@contextmanager
def prompt() -> Iterator[Prompt]:
    """The prompt on this process's terminal, which gets its settings back at the end. Call it where an event loop runs."""
    file, loop = sys.stdin.fileno(), asyncio.get_running_loop()
    before, line = termios.tcgetattr(file), Prompt(sys.stdout)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read() -> None:
        piece = os.read(file, 1024)
        if piece:
            line.take(decoder.decode(piece))
        else:  # the terminal is gone
            loop.remove_reader(file)
            line.lines.put_nowait(None)

    tty.setcbreak(file)
    loop.add_reader(file, read)
    try:
        yield line
    finally:
        loop.remove_reader(file)
        termios.tcsetattr(file, termios.TCSADRAIN, before)
        line.out.write("\r")


def _columns() -> int:
    return max(shutil.get_terminal_size().columns, 20)
