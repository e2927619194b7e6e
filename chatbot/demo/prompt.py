"""A prompt that output does not tear: what is being typed is put aside while something is printed, and written again below."""

import asyncio
import codecs
import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TextIO

from rich.cells import cell_len

from chatbot.core.text import patterns

PROMPT = "> "
_END, _KILL_LINE, _KILL_WORD = "\x04", "\x15", "\x17"
_ERASE = ("\x7f", "\x08")
_KEY = patterns.compile(
    "\x1b(?:\\[[0-9;?]*[A-Za-z~]|O[A-Za-z]|.)?", dot_all=True
)  # arrows and the like, which do nothing
_NARROWEST = 20  # columns


@dataclass(slots=True)
class Prompt:
    """One line at the foot of a terminal. `lines` are those that were entered; None is the end of the input (Ctrl-D)."""

    out: TextIO
    lines: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    typing: str = ""
    _shown: bool = False

    def take(self, text: str) -> None:
        """What was typed: ended lines go into the queue, the rest waits."""
        for character in _KEY.sub("", text):
            if character in "\r\n":
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

    async def entered(self) -> str | None:
        """The next line that was entered; several empty ones, entered in impatience, are one."""
        line = await self.lines.get()
        waiting: list[str | None] = []
        while not self.lines.empty():
            waiting.append(self.lines.get_nowait())
        while line is not None and not line.strip() and waiting and waiting[0] is not None and not waiting[0].strip():
            del waiting[0]
        for each in waiting:
            self.lines.put_nowait(each)
        return line

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Print something meanwhile."""
        self.hide()
        try:
            yield
        finally:
            self._shown = True
            self._redraw()

    def hide(self) -> None:
        """Leave an empty row."""
        if self._shown:
            self._clear()
        self._shown = False

    def _drawn(self) -> str:
        """The prompt with the end of what is typed, as much as one row holds."""
        room = max(self._columns() - len(PROMPT) - 1, 1)
        tail = self.typing[-room:]
        while cell_len(tail) > room:
            tail = tail[1:]
        return PROMPT + tail

    def _redraw(self) -> None:
        self._clear()
        self._write(self._drawn())

    def _clear(self) -> None:
        """Blanks instead of an escape sequence: a dumb terminal understands them too."""
        self._write(f"\r{' ' * (self._columns() - 1)}\r")

    def _columns(self) -> int:
        try:
            columns = os.get_terminal_size(self.out.fileno()).columns
        except (OSError, ValueError):  # no terminal
            columns = 80
        return max(columns or 80, _NARROWEST)

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


@contextmanager
def prompt(keyboard: int | None = None, out: TextIO | None = None) -> Iterator[Prompt]:
    """The prompt on a terminal (this process's own when not said), which gets its settings back at the end. Call it where an
    event loop runs."""
    file, loop = sys.stdin.fileno() if keyboard is None else keyboard, asyncio.get_running_loop()
    before, line = termios.tcgetattr(file), Prompt(out or sys.stdout)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read() -> None:
        piece = b""
        with suppress(OSError):  # the terminal is gone
            piece = os.read(file, 1024)
        if piece:
            line.take(decoder.decode(piece))
        else:
            loop.remove_reader(file)
            line.lines.put_nowait(None)

    tty.setcbreak(file)
    loop.add_reader(file, read)
    try:
        yield line
    finally:
        loop.remove_reader(file)
        line.hide()
        with suppress(termios.error):
            termios.tcsetattr(file, termios.TCSADRAIN, before)
