"""The tables of a security policy -> rows: which column names versions, which says supported, which says until when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chatbot.core.policy_rows import Mark, Row
from chatbot.sources.security_dates import Order, order_of, until_in
from chatbot.sources.security_marks import read_mark, signs_of, without_signs
from chatbot.sources.security_selectors import Selector, read_selector


@dataclass(frozen=True, slots=True)
class Table:
    """A table as found in the page: plain cells, each row's line, the heading above it and the words just before it."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    heading: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column is what; None where the table has none."""

    version: int
    support: int | None = None
    end: int | None = None
    end_of_life: bool = False  # a tick in the `end` column would say that it has ended
    start: int | None = None
    component: int | None = None
    listed: Mark = ""  # what the version column's own heading says of all its rows
    order: Order = ""


_VERSION = re.compile(r"\b(?:versions?|releases?|branch(?:es)?|series|lines?|ver|tags?|channel|milestone)\b")
_STRICTLY_VERSION = re.compile(r"\bversions?\b|^releases?$")
_SUPPORT = re.compile(
    r"support|status|maint|secur|receiv|activ|eligib|lifecycle|\bstate|update|\bfix(?:es)?\b|\bpatch(?:es)?\b"
)
_OF_SUPPORT = re.compile(r"support|maint|version|lifecycle|eol|end[- ]of")
_HISTORY = re.compile(
    r"histor|known|advisor|\bpast\b|\bcve|timeline|change|vulnerabilit|previous|disclosed|hall of fame"
)
_END = re.compile(
    r"until|till|through|\bends?\b|\beo[ls]l?\b|end[- ]of|end[- ]date|sunset|expir|retire|discontinu|terminat"
)
_END_OF_LIFE = re.compile(
    r"end[- ]of[- ](?:life|support|maint\w*|security)|\beo[ls]l?\b|sunset|retired|discontinued|expired|ended"
)
_START = re.compile(
    r"release[sd]?(?: date| on)?$|\bdate\b|initial|since|\bfrom\b|start|beta|first|launch|introduced|\bga\b"
)
_COMPONENT = re.compile(r"component|package|product|module|project|\bapp|librar|^name$|crate|plugin|software|repositor")
_DECOY = re.compile(
    r"\bcve\b|affected|patched|fixed (?:in|version)|advisor|vulnerabilit|sever|cvss|fingerprint|key|reporter|bounty"
)
_IMAGES = re.compile(r"\b(?:docker|images?|containers?|tags?)\b")
_LISTED = re.compile(r"\b(un)?supported\b.*\b(?:versions?|releases?|branches)\b")
_ALIVE = re.compile(r"^(?:no|n|false|not yet|not ended|active|none|never)$")
_GONE = re.compile(
    r"^(?:yes|y|true|eol|eos|past|passed|reached|done)\b|ended|no longer|unsupported|end[- ]of[- ]life|expired|discontinued"
)
_NO_DATE = re.compile(r"\btb[acd]\b|unknown|to be |undefined|undecided|not (?:yet )?(?:defined|decided|planned|set)")
_ONGOING = re.compile(r"further notice|present|ongoing|indefinite|\bnow\b|\bcurrent|forever|no end")
_END_WORDS = re.compile(r"\b(?:eo[ls]|ends?|end[- ]of[- ](?:life|support))(?: of| on| in)?\b")
_ENDS = re.compile(r"until|till|\bend|eol|eos|through|support|expire")
_TEMPLATE = (("5.1.x", "yes"), ("5.0.x", "no"), ("4.0.x", "yes"), ("< 4.0", "no"))


def rows_of(table: Table) -> tuple[Row, ...]:
    """The rows of a table of supported versions; none where the table is about something else."""
    lists = [
        at for at, head in enumerate(table.header) if _LISTED.search(head.casefold()) and _names_versions(table, at)
    ]
    if len(lists) > 1:
        return tuple(row for at in lists for row in rows_of(_only(table, at)))
    columns = _columns(table)
    if columns is None and len(table.header) > 1 and all(read_selector(cell).ranges for cell in table.header[1:]):
        table = _turned(table)
        columns = _columns(table)
    if columns is None:
        return ()
    of_tags = bool(_IMAGES.search(f"{table.header[columns.version]} {table.caption}".casefold()))
    rows = (_row(cells, line, columns, of_tags=of_tags) for line, cells in table.rows if any(cells))
    return tuple(row for row in rows if row is not None)


def _only(table: Table, at: int) -> Table:
    rows = tuple((line, (_cell(cells, at),)) for line, cells in table.rows)
    return Table((table.header[at],), rows, table.heading, table.caption)


def _turned(table: Table) -> Table:
    """The table with its columns as rows, for one that names its versions in the heading."""
    header = (
        "version" if not table.header or not table.header[0].strip() else table.header[0],
        *(_cell(row, 0) for _, row in table.rows),
    )
    line = table.rows[0][0] - 1 if table.rows else 0
    turned = ((line, (head, *(_cell(row, at) for _, row in table.rows))) for at, head in enumerate(table.header) if at)
    return Table(header, tuple(turned), table.heading, table.caption)


def is_template(rows: Sequence[Row]) -> bool:
    """Whether the rows are those that GitHub's own template gives to everyone, unedited."""
    found = tuple((" ".join(row.label.casefold().split()), row.mark) for row in rows)
    return found in (_TEMPLATE, _TEMPLATE[:3])


def _columns(table: Table) -> _Columns | None:
    heads = [" ".join(cell.casefold().split()) for cell in table.header]
    if not table.rows or any(_DECOY.search(head) and not _SUPPORT.search(head) for head in heads):
        return None
    if any(head.startswith("cve") or "affected" in head or "patched" in head for head in heads):
        return None
    heading = table.heading.casefold()
    if _HISTORY.search(heading) and not _OF_SUPPORT.search(f"{heading} {table.caption.casefold()}"):
        return None
    version = _version_column(heads, table)
    if version is None:
        return None
    ends = [at for at, head in enumerate(heads) if at != version and _END.search(head)]
    support = _support_column(heads, table, version, ends)
    end = next((at for at in ends if "secur" in heads[at]), ends[-1] if ends else None)
    listed = _listed(heads[version]) if support is None and end is None else ""
    if support is None and end is None and not listed:
        return None
    starts = [at for at, head in enumerate(heads) if at not in (version, support, *ends) and _START.search(head)]
    parts = [at for at, head in enumerate(heads) if at != version and _COMPONENT.search(head) and "version" not in head]
    return _Columns(
        version=version,
        support=support,
        end=end,
        end_of_life=end is not None and bool(_END_OF_LIFE.search(heads[end])) and "until" not in heads[end],
        start=starts[0] if starts else None,
        component=parts[0] if parts else None,
        listed=listed,
        order=order_of(cell for _, cells in table.rows for cell in cells[1:]),
    )


def _version_column(heads: Sequence[str], table: Table) -> int | None:
    """The column headed "version"; else one whose heading or cells speak of versions."""
    named = [at for at, head in enumerate(heads) if _VERSION.search(head) and not re.search(r"date|until|end of", head)]
    strict = [at for at in named if _STRICTLY_VERSION.search(heads[at])]
    for at in (*strict, *named):
        if _names_versions(table, at):
            return at
    unnamed = [
        at for at, head in enumerate(heads) if at not in named and not _START.search(head) and not _END.search(head)
    ]
    return next((at for at in unnamed if _names_versions(table, at)), None)


def _names_versions(table: Table, at: int) -> bool:
    """Whether at least half of the column's cells name versions or branches, and are not mere dates."""
    cells = [_cell(cells, at) for _, cells in table.rows]
    filled = [cell for cell in cells if cell.strip(" -")]
    naming = [cell for cell in filled if not read_selector(cell).empty and not re.match(r"\d{4}-\d\d-\d\d", cell)]
    return bool(naming) and 2 * len(naming) >= len(filled)


def _support_column(heads: Sequence[str], table: Table, version: int, ends: Sequence[int]) -> int | None:
    """The column that says yes or no: security before support before any other; else the first that holds only signs."""
    others = [at for at in range(len(heads)) if at != version and at not in ends and not _START.search(heads[at])]
    fitting = [at for at in others if _SUPPORT.search(heads[at]) and _has_marks(table, at)]
    for word in ("secur", "support", ""):
        for at in fitting:
            if word in heads[at]:
                return at
    if ends or not _OF_SUPPORT.search(f"{table.heading} {table.caption}".casefold()):
        return None
    return next(
        (at for at in others if heads[at] != "lts" and _has_marks(table, at) and not _START.search(heads[at])), None
    )


def _has_marks(table: Table, at: int) -> bool:
    """Whether a word or a sign of the column decides something, or a date stands where a tick is expected."""
    return any(read_mark(_cell(cells, at)) or until_in(_cell(cells, at)) for _, cells in table.rows)


def _listed(head: str) -> Mark:
    found = _LISTED.search(head)
    return "" if not found else "no" if found[1] or "not " in head else "yes"


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


def _row(cells: Sequence[str], line: int, columns: _Columns, *, of_tags: bool) -> Row | None:
    label = _cell(cells, columns.version)
    selector = read_selector(without_signs(label))
    if selector.empty and not any(cell.strip(" -") for cell in cells):
        return None
    names = selector.names | read_names(cells) if selector.empty else selector.names
    if of_tags:
        selector, names = Selector(), frozenset({label.casefold()})
    mark, until = _says(cells, columns)
    words = [signs_of(" ".join(cell.split())) for cell in cells]
    return Row(
        text=" | ".join(words).rstrip(" |"),
        label=label,
        line=line,
        ranges=selector.ranges,
        latest=selector.latest,
        rest=selector.rest,
        names=names,
        mark=mark,
        until=until,
        component=_cell(cells, columns.component),
    )


def read_names(cells: Sequence[str]) -> frozenset[str]:
    """The branches that a row names in any of its cells."""
    return frozenset(name for cell in cells for name in read_selector(cell).names)


def _says(cells: Sequence[str], columns: _Columns) -> tuple[Mark, date | None]:
    mark: Mark = columns.listed
    until = None
    if columns.support is not None:
        mark, until = _support_cell(_cell(cells, columns.support), columns.order)
    if columns.end is not None:
        ended, day = _end_cell(_cell(cells, columns.end), columns)
        until = day or until
        if ended == "no" or columns.support is None:
            mark = ended
        if columns.support is None and mark != "no" and day is None and _open_end(cells, columns):
            mark = "yes"
    if until is None:
        until = _from_notes(cells, columns)
    return mark, until


def _open_end(cells: Sequence[str], columns: _Columns) -> bool:
    """Whether the row began on a known day and its end is not set: a line that lives."""
    start, end = (_cell(cells, at).casefold() for at in (columns.start, columns.end))
    return (
        bool(until_in(start)) and not _NO_DATE.search(start) and (not end.strip(" -–—/") or bool(_NO_DATE.search(end)))
    )


def _support_cell(cell: str, order: Order) -> tuple[Mark, date | None]:
    """`✅ until 2025-12-31` is yes with a day, `Until 2023-12-31` only a day; `EOL 2027-01-01` is a day too, not yet a no."""
    lowered = cell.casefold()
    until = None if _NO_DATE.search(lowered) else until_in(cell, order)
    return read_mark(cell if until is None else _END_WORDS.sub(" ", lowered)), until


def _end_cell(cell: str, columns: _Columns) -> tuple[Mark, date | None]:
    """What a cell under `End of life` or `Supported until` says: a day, that it has ended, that it goes on, or nothing."""
    lowered = without_signs(cell).casefold()
    day = None if _NO_DATE.search(lowered) else until_in(cell, columns.order)
    mark = read_mark(cell)
    if columns.end_of_life:
        if day is None and (_GONE.search(lowered) or (mark == "yes" and not lowered)):
            return "no", None
        alive = day is None and (_ALIVE.match(lowered) or (mark == "no" and not lowered) or _ONGOING.search(lowered))
        return ("yes" if alive else ""), day
    if day is None and mark == "no":
        return "no", None
    if (
        day is None
        and (mark == "yes" or _ONGOING.search(lowered))
        and " after " not in lowered
        and "release of" not in lowered
    ):
        return "yes", None
    return ("open" if mark == "open" and day is None else ""), day


def _from_notes(cells: Sequence[str], columns: _Columns) -> date | None:
    """A day in another cell, where its words speak of an end: `End-of-life as of November 2021`."""
    used = (columns.version, columns.support, columns.end, columns.start)
    for at, cell in enumerate(cells):
        lowered = cell.casefold()
        if at in used or not _ENDS.search(lowered) or _NO_DATE.search(lowered):
            continue
        if day := until_in(cell, columns.order):
            return day
    return None
