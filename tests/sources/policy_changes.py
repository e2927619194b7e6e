"""Changes of a policy page that keep its meaning: other line ends, a table more, bold cells, columns in another order."""

import re
from collections.abc import Callable

Change = Callable[[str], str]
_PLAIN = re.compile(r"\s*[v<>=\d.x ]+\s*")  # a cell that names a version and nothing else


def is_table(page: str) -> bool:
    """Whether a page has plain pipe tables of one width, and nothing that this simple editing of its lines would break."""
    lines = [line for line in page.split("\n") if "|" in line]
    widths = {line.strip().strip("|").count("|") for line in lines}
    begins = all(line.startswith("|") and line.rstrip().endswith("|") for line in lines)
    return (
        bool(lines)
        and len(widths) == 1
        and begins
        and re.search(r"^\|[\s:-]+\|", page, re.MULTILINE) is not None
        and "\\|" not in page
        and "```" not in page
    )


def _cells(page: str, edit: Callable[[int, list[str]], list[str]]) -> str:
    """The page with the cells of each line of its tables lines, given the line's place among them."""
    lines: list[str] = []
    at = 0
    for line in page.split("\n"):
        if line.startswith("|"):
            lines.append("|" + "|".join(edit(at, line.strip().strip("|").split("|"))) + "|")
            at += 1
        else:
            lines.append(line)
            at = 0
    return "\n".join(lines)


def _reversed(page: str) -> str:
    return _cells(page, lambda _, cells: cells[::-1])


def _with_column(page: str) -> str:
    return _cells(page, lambda at, cells: [*cells, " Code name " if not at else "---" if at == 1 else f" Heron {at} "])


def _bold(page: str) -> str:
    return _cells(page, lambda at, cells: [f" **{each.strip()}** " if at > 1 and each.strip(" *_~`-") and "*" not in each and "<" not in each else each for each in cells])  # fmt: skip


def _wide(page: str) -> str:
    return _cells(page, lambda at, cells: [f"   {each}\t  " if at != 1 else each for each in cells])


def _linked(page: str) -> str:
    return _cells(page, lambda at, cells: [f" [{each.strip()}](https://windlass.example/{at}) " if at > 1 and _PLAIN.fullmatch(each) else each for each in cells])  # fmt: skip


UNRELATED = "\n\n## Rewards\n\n| Severity | Reward |\n|---|---|\n| high | 100 EUR |\n| low | none |\n"
ANYWHERE: dict[str, Change] = {
    "blanks at line ends": lambda page: re.sub(r"(?<=\|)$", "   ", page, flags=re.MULTILINE),
    "lower case": str.lower,
    "upper case": str.upper,
    "line ends": lambda page: page.replace("\n", "\r\n"),
    "blank lines at the end": lambda page: page + "\n\n\n",
    "an unrelated table": lambda page: page + UNRELATED,
    "a comment before it": lambda page: "<!-- | 0.x | yes | -->\n\n" + page,
    "a comment after it": lambda page: page + "\n\n<!-- Only 0.0.x is supported. -->\n",
    "how to report": lambda page: (
        page + "\n\n## Reporting\n\nWrite to security@windlass.example. We answer within two days.\n"
    ),
}
TABLES: dict[str, Change] = {
    "columns reversed": _reversed,
    "a column more": _with_column,
    "bold cells": _bold,
    "wide cells": _wide,
    "linked cells": _linked,
}
