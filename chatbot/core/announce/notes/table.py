"""Tables as lists: each row is an item in which the columns' names stand before their cells."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.core.model.message import BulletList, ListItem, Moment, Span, Spans, Text, plain

SEPARATOR = " | "  # stands between two cells in the words of a row
# Two columns that are one change, by their names.
_BEFORE = frozenset({"old", "before", "from", "previous", "previously", "was", "current"})
_AFTER = frozenset({"new", "after", "to", "now", "is", "current", "updated"})
# Names of columns that say no more than the cell.
_PLAIN = frozenset(
    {"", "description", "details", "detail", "change", "changes", "summary", "notes", "note", "comment", "value"}
)


def rows(table: BulletList) -> tuple[ListItem, ...]:
    """The items of a list; those of a table as labelled rows: "`timeout`: 30 → 60", "`timeout` – Default: 30"."""
    if not any(item.cells for item in table.items):
        return table.items
    head, *others = [_cells(item) for item in table.items]
    names = [plain(cell) for cell in head] if table.header and others else []
    first = () if len(names) > 1 and all(len(cells) == len(names) for cells in others) else (head,)
    lines = [*(_between(cells, " – ") for cells in first), *(_row(cells, names) for cells in others)]
    return tuple(ListItem(words) for words in lines if words)


def _cells(item: ListItem) -> list[Spans]:
    """The cells of a row, in one walk over its words."""
    starts = item.cells or (0,)
    ends = [start - len(SEPARATOR) for start in starts[1:]]
    cells: list[list[Span]] = [[] for _ in starts]
    at, number = 0, 0
    for span in item.spans:
        after = at + len(span.text)
        while number + 1 < len(starts) and starts[number + 1] <= at:
            number += 1
        for each in range(number, len(starts)):
            begin, end = max(at, starts[each]), min(after, ends[each] if each < len(ends) else after)
            if begin < end:
                within = span.text[begin - at : end - at]
                cells[each].append(Text(within) if isinstance(span, Moment) else replace(span, text=within))
            if each + 1 < len(starts) and starts[each + 1] >= after:
                break
        at = after
    return [tuple(cell) if plain(tuple(cell)).strip() else () for cell in cells]


def _row(cells: Sequence[Spans], names: Sequence[str]) -> Spans:
    if len(cells) != len(names) or len(cells) < 2:
        return _between(cells, " – ")
    parts: list[Spans] = []
    is_change = False
    at = 1
    while at < len(cells):
        if at + 1 < len(cells) and _is_change(names[at], names[at + 1]):
            before, after = cells[at] or _nothing(), cells[at + 1] or _nothing()
            is_change = is_change or not parts
            parts.append((*before, Text(" → "), *after))
            at += 2
            continue
        if cells[at]:
            name = " ".join(names[at].split())
            parts.append(cells[at] if name.casefold() in _PLAIN else (Text(f"{name}: "), *cells[at]))
        at += 1
    rest = _between(parts, "; ")
    if not cells[0] or not rest:
        return cells[0] or rest
    return (*cells[0], Text(": " if is_change else " – "), *rest)


def _nothing() -> Spans:
    return (Text("(none)"),)


def _is_change(before: str, after: str) -> bool:
    one, other = (name.casefold().removesuffix(" version").removesuffix(" value").strip() for name in (before, after))
    one, other = one.removesuffix(" default"), other.removesuffix(" default")
    return one in _BEFORE and other in _AFTER and one != other


def _between(parts: Sequence[Spans], separator: str) -> Spans:
    spans: list[Span] = []
    for part in filter(None, parts):
        spans += (Text(separator), *part) if spans else part
    return tuple(spans)
