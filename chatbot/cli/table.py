"""A table on the terminal, which is plain lines where the output goes elsewhere."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chatbot.cli.printing import printable

Row = tuple[str, ...]


def print_table(heading: str, titles: Row, rows: Sequence[Row]) -> None:
    """A table; columns that are empty in all rows are left out. Lines without a frame where nobody sees colours, and the heading
    alone where there is no row."""
    columns = [at for at in range(len(titles)) if any(row[at] for row in rows)]
    titles = tuple(titles[at] for at in columns)
    rows = [tuple(printable(row[at]) for at in columns) for row in rows]
    print(printable(heading))
    if not rows:
        return
    if sys.stdout.isatty():
        table = Table(*titles, box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="bold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console().print(table)
        return
    widths = [max(len(row[at]) for row in [titles, *rows]) for at in range(len(titles))]
    for row in [titles, *rows]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
