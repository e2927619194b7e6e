"""Where each key of a TOML text stands: tomllib gives values without lines, and a mistake needs its line."""

import tomllib
from collections.abc import Iterator, Mapping

from chatbot.core.text import patterns

Path = tuple[str | int, ...]

# What ends a value matters, not what it is: strings and comments are passed over whole, brackets are counted. A string that
# does not end takes the rest, lest each of its quotes be taken for one that begins and all of the rest be looked through.
_PIECE = patterns.compile(
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\z)'
    r"|'''.*?(?:'{3,5}|\z)"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[{]|[\]}]|\n|[=,.]|[^\s\"'#\[\]{}=,.]+|[ \t\r]+",
    dot_all=True,
)


def lines_of(text: str) -> dict[Path, int]:
    """Map the path of each table and key to its line, counted from 1. `text` is TOML that tomllib accepts.

    What stands inside an array or an inline table has the line of its key.
    """
    lines: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}  # arrays of tables, and how many of each have come
    for number, statement in _statements(text):
        if statement.startswith("[["):
            table = _inside(_names(statement[2:-2]), counts, array=True)
            lines.setdefault(table[:-1], number)
        elif statement.startswith("["):
            table = _inside(_names(statement[1:-1]), counts, array=False)
        else:
            key = _names(_key(statement))
            for length in range(1, len(key) + 1):
                lines.setdefault((*table, *key[:length]), number)
            continue
        lines.setdefault(table, number)
    return lines


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each header and each `key = value` with the line it begins on, without comments around it."""
    depth, line, first_line, parts = 0, 1, 1, list[str]()
    for match in _PIECE.finditer(text.removeprefix("\ufeff").replace("\r\n", "\n") + "\n"):
        piece = match.group()
        if piece == "\n" and depth == 0:
            statement = "".join(parts).strip()
            if statement:
                yield first_line, statement
            parts = []
        elif not piece.startswith("#"):
            first_line = first_line if any(not part.isspace() for part in parts) else line
            parts.append(piece)
            depth += (piece in "[{") - (piece in "]}")
        line += piece.count("\n")


def _key(statement: str) -> str:
    """The left side of `key = value`; a quoted key may hold an equals sign."""
    key = ""
    for match in _PIECE.finditer(statement):
        if match.group() == "=":
            break
        key += match.group()
    return key


def _names(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key, read by tomllib itself, quotes and all."""
    names: list[str] = []
    level: object = tomllib.loads(f"{dotted} = 0")
    while isinstance(level, Mapping):
        name, level = next(iter(level.items()))
        names.append(str(name))
    return tuple(names)


def _inside(names: tuple[str, ...], arrays: dict[Path, int], *, array: bool) -> Path:
    """The path of a header, with the numbers of the arrays of tables it lies in."""
    path: Path = ()
    for position, name in enumerate(names):
        path = (*path, name)
        if array and position == len(names) - 1:
            arrays[path] = arrays.get(path, 0) + 1
        if path in arrays:
            path = (*path, arrays[path] - 1)
    return path
