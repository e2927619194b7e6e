"""Tables and sentences for a terminal of any width: no cell is cut, and no word is broken where a row ends."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.cells import cell_len

from chatbot.cli.output.printing import printable

_INDENT, _GAP = 2, 2
_LEAST_LAST = 20  # columns that the last column of a table needs to be wrapped; with less, each row becomes a list
_WIDEST = 120  # columns of a sentence
_NARROWEST = 20

Row = Sequence[str]


def print_table(heading: str, titles: Row, rows: Sequence[Row]) -> None:
    """A table below its heading. Columns that are empty in all rows are left out. Where the terminal is too narrow, the last
    column is wrapped, or each row becomes a list of its cells. Where there is no row, the heading stands alone."""
    print_sentence(heading)
    for line in table_lines(titles, rows, _columns()):
        print(line)


def table_lines(titles: Row, rows: Sequence[Row], columns: int | None) -> list[str]:
    """The same without its heading, for so many columns; None: as many as it takes."""
    filled = [at for at in range(len(titles)) if any(row[at] for row in rows)]
    cells = [[printable(row[at]) for at in filled] for row in rows]
    return [line.rstrip() for line in _lines([titles[at] for at in filled], cells, columns)] if rows else []


def print_sentence(sentence: str) -> None:
    """A line, which a terminal shows wrapped between words."""
    columns = _columns()
    words = printable(sentence)
    print(words if columns is None else "\n".join(wrap(words, min(columns, _WIDEST))))


def print_hanging(words: str, indent: int = 0) -> None:
    """Words that stand so far to the right; a terminal shows them wrapped, the further rows two columns more to the right."""
    columns = _columns()
    line = printable(words)
    if columns is None:
        print(" " * indent + line)
        return
    for row in wrap(line, min(columns, _WIDEST) - indent, _INDENT):
        print(" " * indent + row)


def wrap(words: str, width: int, indent: int = 0) -> list[str]:
    """The words in rows of at most so many columns, from the second on indented; a word that is longer stays whole."""
    rows = [""]
    for word in words.split():
        row = f"{rows[-1]} {word}" if rows[-1].strip() else f"{rows[-1]}{word}"
        if cell_len(row) > width and rows[-1].strip():
            rows.append(" " * indent + word)
        else:
            rows[-1] = row
    return rows


def terminal_columns(stream: TextIO) -> int | None:
    """How many columns a row of words may have; None where nobody sees a terminal. One less than it has: some wrap a row that
    fills them."""
    return min(max(shutil.get_terminal_size().columns - 1, _NARROWEST), _WIDEST) if stream.isatty() else None


def _columns() -> int | None:
    """The terminal's own."""
    return max(shutil.get_terminal_size().columns - 1, _NARROWEST) if sys.stdout.isatty() else None


def _lines(titles: Row, rows: Sequence[Row], columns: int | None) -> Iterable[str]:
    widths = [max(cell_len(row[at]) for row in [titles, *rows]) for at in range(len(titles))]
    before = _INDENT + sum(width + _GAP for width in widths[:-1])
    if columns is None or before + widths[-1] <= columns:
        last = widths[-1]
    elif before + _LEAST_LAST <= columns:
        last = columns - before
    else:
        yield from _list(titles, rows, columns)
        return
    for row in [titles, *rows]:
        begin = " " * _INDENT + "".join(
            cell + " " * (width - cell_len(cell) + _GAP) for cell, width in zip(row[:-1], widths, strict=False)
        )
        first, *rest = wrap(row[-1], last)
        yield begin + first
        yield from (" " * before + each for each in rest)


def _list(titles: Row, rows: Sequence[Row], columns: int) -> Iterable[str]:
    for row in rows:
        yield from (" " * _INDENT + each for each in wrap(row[0], columns - _INDENT, _INDENT))
        for title, cell in zip(titles[1:], row[1:], strict=True):
            if cell:
                first, *rest = wrap(f"{title}: {cell}", columns - 2 * _INDENT, _INDENT)
                yield from (" " * 2 * _INDENT + each for each in (first, *rest))
