"""Where the output of `chatbot try` goes: a terminal of any width, with colours unless NO_COLOR is set, or plain lines."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, Group
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from chatbot.chats import TERMINAL, colour_of, profile_named, to_panel, to_text
from chatbot.cli.output.printing import printable
from chatbot.cli.output.table import table_lines, wrap
from chatbot.core.model.message import Message

WIDEST = 100  # columns, as wide as a message in the terminal
_NARROWEST = 40
_NARROWEST_TEXT = 20
_BAR = "│ "


@dataclass(slots=True)
class Screen:
    """terminal: None where nobody sees a terminal. chat: whose looks messages have."""

    terminal: Console | None
    chat: str

    @property
    def columns(self) -> int | None:
        """Of a line; None where there is no end to it. One less than the terminal has: some wrap a row that fills them."""
        return None if self.terminal is None else max(_NARROWEST, min(WIDEST, self.terminal.width - 1))

    def heading(self, words: str) -> None:
        self.blank()
        if self.terminal is None:
            print(printable(words))
            print("-" * min(WIDEST, cell_len(words)))
        else:
            self.terminal.print(
                Rule(Text(printable(words), style="bold"), align="left", style="cyan"), width=self.columns
            )
        self.blank()

    def blank(self) -> None:
        self._print(Text())

    def say(self, words: str, *, indent: int = 0, style: str = "") -> None:
        """A sentence, wrapped between words."""
        self.hang(" " * indent, words, style=style)

    def hang(
        self, start: str, words: str, *, style: str = "", start_style: str = "", column: int | None = None
    ) -> None:
        """Words behind a start, which is ours but for names in it. Further rows stand below the words, or in `column`: then a
        name that is too long stands out alone."""
        begin = printable(start.rstrip()) + " " * (len(start) - len(start.rstrip()))
        behind = cell_len(begin) if column is None else column
        for at, row in enumerate(self._rows(printable(words), cell_len(begin), behind)):
            before = Text(begin, style=start_style) if at == 0 else Text(" " * behind)
            self._print(Text.assemble(before, (row, style)))

    def _rows(self, line: str, first: int, behind: int) -> list[str]:
        """The line in rows, the first of which begins in another column than the rest."""
        if self.columns is None:
            return [line]
        rows = wrap(line, max(_NARROWEST_TEXT, self.columns - first))
        if first == behind or len(rows) == 1:
            return rows
        return [rows[0], *wrap(" ".join(rows[1:]), max(_NARROWEST_TEXT, self.columns - behind))]

    def table(self, heading: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table below its heading."""
        self.say(heading)
        for line in table_lines(titles, rows, self.columns):
            self._print(Text(line))

    def message(self, message: Message, heading: str = "") -> None:
        """A message as the chat gets it."""
        as_text = profile_named(self.chat).as_text
        if as_text is None or self.chat == TERMINAL.name:
            self._message(message, heading)
            return
        lines = _once_blank([printable(line) for line in as_text(message).splitlines()])
        if self.terminal is None:
            self._barred(lines)
            return
        title = Text(f"{heading} · {profile_named(self.chat).title}" if heading else profile_named(self.chat).title)
        body = Group(*(Text(line) for line in lines))
        panel = Panel(body, title=title, title_align="left", border_style=colour_of(message), width=self.columns)
        self.terminal.print(panel)

    def _message(self, message: Message, heading: str) -> None:
        if self.terminal is None:
            self._barred(to_text(message).splitlines())
        else:
            self.terminal.print(to_panel(message, heading=heading), width=self.columns)

    def _barred(self, lines: Sequence[str]) -> None:
        for line in lines:
            print(f"    {_BAR}{line}".rstrip())

    def _print(self, line: Text) -> None:
        if self.terminal is None:
            print(line.plain.rstrip())
        else:
            self.terminal.print(line, soft_wrap=True, highlight=False)


def screen_for(chat: str) -> Screen:
    """The terminal where there is one, else plain lines."""
    return Screen(Console(highlight=False) if sys.stdout.isatty() else None, chat)


def _once_blank(lines: Sequence[str]) -> list[str]:
    """Without blank lines at the ends, and one in a row."""
    rows: list[str] = []
    for line in lines:
        if line.strip() or (rows and rows[-1].strip()):
            rows.append(line)
    return rows[:-1] if rows and not rows[-1].strip() else rows
