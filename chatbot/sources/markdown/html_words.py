"""HTML -> its words and its tables: scripts, styles, comments and all markup are dropped, in one pass whatever the text is."""

import re
from collections.abc import Iterator
from html import unescape

from chatbot.core.text import patterns

# Matched at one place, over 32 characters at most, and each of them in one way: linear.
_TAG = re.compile(r"(/?)([a-z][a-z0-9-]{0,30})(?![a-z0-9-])", re.IGNORECASE | re.ASCII)
LONGEST_TAG = 4000  # characters of a tag that are looked through for its attributes
_ATTRIBUTE = patterns.compile(
    r"""[\s"'/](href|alt|src|start|colspan|rowspan)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", ignore_case=True
)
_LONGEST_CELL = 200  # characters of a cell's tag that are looked through for how many columns and rows it has
_MOST_COLUMNS = 100
_MAX_NOTE = 3  # characters of a footnote's mark
_SILENT = ("script", "style")
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "summary", "h1", "h2", "h3", "h4", "h5", "h6"})


def html_parts(html: str) -> Iterator[tuple[str, str, int]]:
    """The pieces of a text as (kind, value, place): "text" with its words, "start" and "end" with a tag's name in lower case.

    Everything after a comment, a tag or a script that is never closed is dropped.
    """
    at, lowered = 0, html.lower()  # `lower`, not `casefold`: places stay the same for the tags, which are ASCII
    while 0 <= at < len(html):
        tag = html.find("<", at)
        if tag != at:
            yield "text", unescape(html[at : tag if tag >= 0 else len(html)]), at
            at = tag
        elif html.startswith(("<!--", "<!", "<?"), at):
            end = "-->" if html.startswith("<!--", at) else ">"
            at = _after(html, end, at + 2)
        elif match := _TAG.match(html, at + 1):
            name = match[2].lower()
            yield "end" if match[1] else "start", name, at
            at = _after(html, ">", match.end())
            if name in _SILENT and not match[1] and at >= 0:
                at = lowered.find(f"</{name}", at) if len(lowered) == len(html) else -1
        else:
            yield "text", "<", at
            at += 1


def _after(html: str, end: str, at: int) -> int:
    """The place after the next `end`; -1 where there is none."""
    place = html.find(end, at)
    return place + len(end) if place >= 0 else -1


def attribute(tag: str, name: str) -> str:
    """The value of an attribute of a tag as it is written, such as `<a href="…">`; empty where it has none."""
    for match in _ATTRIBUTE.finditer(tag[:LONGEST_TAG]):
        if match[1].lower() == name:
            return unescape(match[2] or match[3] or match[4] or "")
    return ""


def html_words(html: str) -> str:
    """The words of a piece of HTML, its blank runs closed up; breaks and blocks become line ends."""
    words = (
        value if kind == "text" else "\n" if kind == "start" and value in _BREAKING else ""
        for kind, value, _ in html_parts(html)
    )
    lines = (" ".join(line.split()) for line in "".join(words).split("\n"))
    return "\n".join(line for line in lines if line)


def as_struck(words: str) -> str:
    """Words that are crossed out, as plain text shows it: each character with a stroke (U+0336)."""
    return "".join(f"{character}\u0336" for character in words)


def _as_shown(html: str) -> Iterator[tuple[str, str, int]]:
    """The pieces of a text, what is crossed out as such, and without the marks of footnotes (`9.1<sup>2</sup>`)."""
    struck = raised = False
    for kind, value, at in html_parts(html):
        if kind != "text" and value in ("del", "s", "strike"):
            struck = kind == "start"
        elif kind != "text" and value == "sup":
            raised = kind == "start"
        elif kind == "text" and raised and len(value) <= _MAX_NOTE:
            continue
        yield kind, as_struck(value) if kind == "text" and struck else value, at


def html_tables(html: str, line: int) -> Iterator[list[tuple[int, tuple[str, ...]]]]:
    """The tables in a piece of HTML that begins on `line`: rows of cells, each with its own line."""
    rows: list[tuple[int, list[list[str]]]] = []
    cell: list[str] = []  # the words of the open cell; words outside of cells go to one that nobody keeps
    hanging: dict[int, tuple[int, list[str]]] = {}  # cells that reach down into rows to come, by their column
    counted = 0
    for kind, value, at in _as_shown(html):
        line, counted = line + html.count("\n", counted, at), at
        match kind, value:
            case "text", _:
                cell.append(value)
            case "start", "tr":
                rows.append((line, []))
                cell = []
                _hang(rows[-1][1], hanging)
            case "start", "td" | "th":
                cell = []
                if rows:
                    _place(rows[-1][1], cell, html[at : at + _LONGEST_CELL], hanging)
            case "start", "br":
                cell.append(" ")
            case "end", "td" | "th" | "tr":
                cell = []
            case "end", "table":
                yield _plain(rows)
                rows, hanging = [], {}
    yield _plain(rows)


def _place(cells: list[list[str]], cell: list[str], tag: str, hanging: dict[int, tuple[int, list[str]]]) -> None:
    """Put a cell into its row, as often as it has columns, and keep it for the rows below that it reaches into."""
    tag = tag.partition(">")[0]
    wide, high = _span(tag, "colspan"), _span(tag, "rowspan")
    for _ in range(wide):
        if high > 1:
            hanging[len(cells)] = (high - 1, cell)
        cells.append(cell)
    _hang(cells, hanging)


def _hang(cells: list[list[str]], hanging: dict[int, tuple[int, list[str]]]) -> None:
    """Add the cells of rows above that reach into this one, where its next column is one of theirs."""
    while (entry := hanging.get(len(cells))) and entry[0] > 0 and len(cells) < _MOST_COLUMNS:
        hanging[len(cells)] = (entry[0] - 1, entry[1])
        cells.append(entry[1])


def _span(tag: str, name: str) -> int:
    """How many columns or rows a cell has; 1 where its tag does not say."""
    value = attribute(tag, name) if "span" in tag.casefold() else ""
    return max(1, min(int(value), _MOST_COLUMNS)) if value.isascii() and value.isdigit() and len(value) < 4 else 1


def _plain(rows: list[tuple[int, list[list[str]]]]) -> list[tuple[int, tuple[str, ...]]]:
    return [(line, tuple(" ".join("".join(cell).split()) for cell in cells)) for line, cells in rows if cells]
