"""The tables of a security policy -> rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from chatbot.core.support.release_ends import later
from chatbot.core.support.rows import EndEvent, Latest, Mark, Range, Row, Stage, line_range
from chatbot.core.text import patterns
from chatbot.sources.markdown.short_names import signs_of
from chatbot.sources.support_policy.dates import Order, is_undated, until_in
from chatbot.sources.support_policy.decoys import excepts, foreign_columns, is_foreign
from chatbot.sources.support_policy.denials.headings import head_kind, lists_own, says_ended
from chatbot.sources.support_policy.denials.remarks import denied_in_label, denied_in_notes, for_some, is_sold
from chatbot.sources.support_policy.durations import window_in
from chatbot.sources.support_policy.rows.columns import (
    Columns,
    Table,
    cell_of,
    columns_of,
    is_stage,
    names_a_line,
    names_versions,
    only,
    turned,
    without,
)
from chatbot.sources.support_policy.rows.exclusion import excludes_others
from chatbot.sources.support_policy.rows.marks import (
    denies_tick,
    is_legacy,
    read_mark,
    signs_in,
    without_signs,
    word_mark,
)
from chatbot.sources.support_policy.rows.newest import stage_of
from chatbot.sources.support_policy.rows.release_ends import event_in
from chatbot.sources.support_policy.rows.selectors import level_in, read_selector
from chatbot.sources.support_policy.scan import has_digit, sentences_of
from chatbot.sources.support_policy.severity import by_severity

_ALIVE = patterns.compile(r"^(?:no|n|false|not yet|not ended|active|none|never)$")
_NOT_SUPPORTED = patterns.compile(
    r"^(?:yes|y|true|eol|eos|past|passed|reached|done)\b|ended|no longer|unsupported|end[- ]of[- ]life|expired|discontinued"
)
_NO_DATE = patterns.compile(
    r"\btb[acd]\b|unknown|to be |undefined|undecided|not (?:yet )?(?:defined|decided|planned|set)"
    r"|will be (?:set|defined|decided|announced|determined|known)"
)
_ONGOING = patterns.compile(r"further notice|present|ongoing|indefinite|\bnow\b|\bcurrent|forever|no end")
_END_WORDS = patterns.compile(r"\b(?:eo[ls]|ends?|end[- ]of[- ](?:life|support))(?: of| on| in)?\b")
_ENDS = patterns.compile(r"until|till|\bend|eol|eos|through|support|expire")
_LATEST_ONLY = patterns.compile(
    r"\bonly (?:the )?(?:latest|newest|most recent)\b|\b(?:latest|newest|most recent) (?:\w+ )?(?:\w+ )?only\b"
    r"|\b(?:latest|newest) (?:patch|minor)\b"
)
# "Supported; latest patch v2.0.1": which that is
_NAMED_LATEST = patterns.compile(r"\b(?:latest|newest|most recent) (?:patch|release|version)?:? ?`?v?\d[\w.]*")
_FOR_SPAN = patterns.compile(r"\bfor (?:\w+ ){1,2}(?:more )?(?:weeks?|months?|years?)\b")
_AFTER = patterns.compile(r" after |release of")
_EXAMPLE = patterns.compile(
    r"^\W*(?:for example|e\.g\.),? (?:if|when|suppose|assum\w+)\b|\b(?:could|would|might|may|can) look\b"
    r"|^\W*(?:an? |the |see (?:the |an? )?)?(?:following )?examples?(?: (?:below|table|only))*\W*$"
    r"|\b(?:sample|fictional|hypothetical|imaginary)\b",
    ignore_case=True,
)
_STRUCK = "\u0336"


def rows_of(table: Table) -> tuple[Row, ...]:
    """The rows of a table of supported versions; none where the table is about something else."""
    if severities := by_severity(table):
        return severities
    foreign = foreign_columns(table.header, [cells for _, cells in table.rows], table.heading)
    if foreign is None or (table.caption.endswith(":") and _EXAMPLE.search(sentences_of(table.caption)[-1])):
        return ()
    own = [at for at in range(len(table.header)) if at not in foreign]
    if foreign and not any(names_a_line(table.header[at]) or names_versions(table, at, alone=True) for at in own):
        return ()  # what is left names no version: the table is about the other software alone
    table = without(table, foreign) if foreign else table
    lists = [at for at, head in enumerate(table.header) if lists_own(head) and names_versions(table, at)]
    if len(lists) > 1:
        return tuple(row for at in lists for row in rows_of(only(table, at)))
    columns = columns_of(table)
    of_lines = [at for at, head in enumerate(table.header) if at and read_selector(head).ranges]
    if (columns is None and of_lines and len(of_lines) == len(table.header) - 1) or len(of_lines) > 1:
        table = turned(without(table, [at for at in range(1, len(table.header)) if at not in of_lines]))
        columns = columns_of(table)
    if columns is None or (foreign and columns.listed):
        return ()
    every = ((cells, _row(cells, line, columns, table)) for line, cells in table.rows if any(cells))
    rows = [(cells, _qualified(row, cells, table, columns)) for cells, row in every if row is not None]
    return tuple(_open_ended([row for _, row in rows], [cell_of(cells, columns.end) for cells, _ in rows], columns))


def _open_ended(rows: Sequence[Row], ends: Sequence[str], columns: Columns) -> Iterator[Row]:
    """The rows; a dash as the end of the newest line, beside dates of the others, means that it has none yet. And of `> 1.8` and
    `< 1.8` in one table the first begins where the second stops."""
    dated = columns.support is None and any(row.until is not None for row in rows)
    lows = [each.low for row in rows for each in row.ranges if each.low is not None]
    stops = {each.high for row in rows for each in row.ranges if each.low is None and each.high and not each.high[1]}
    for row, end in zip(rows, ends, strict=True):
        newest = any(each.low is not None and each.low == max(lows) for each in row.ranges)
        if dated and newest and row.mark == "" and row.until is None and end.strip() and not end.strip(" -–—"):
            yield replace(row, mark="yes")
            continue
        above = (
            ">" in row.label
            and not row.label.lstrip().startswith((">=", "≥", "=>"))
            and [stop for stop in stops for each in row.ranges if each == Range(line_range(stop[0]).high, None)]
        )
        yield replace(row, ranges=(Range(above[0], None),)) if above and len(row.ranges) == 1 else row


def _qualified(row: Row, cells: Sequence[str], table: Table, columns: Columns) -> Row:
    """The row with its "yes" held against its column's heading, the words around it and what limits it to the latest."""
    kind = head_kind(table.header[columns.support]) if columns.support is not None else ""
    if kind:
        return replace(row, mark="no" if kind == "ended" and row.mark == "yes" else "open")
    if row.mark in ("", "open") and row.until is None and denied_in_notes(table.header, cells):
        return replace(row, mark="no")
    if row.mark != "yes":
        return row
    if row.event is not None:
        cells = [event.rest if (event := event_in(cell)) else cell for cell in cells]
    denied = (
        says_ended(table.heading)
        or _STRUCK in cell_of(cells, columns.version)
        or is_sold(cell_of(cells, columns.support))
    )
    noted = denied_in_label(cell_of(cells, columns.version)) or denied_in_notes(table.header, cells)
    if denied or (row.until is None and noted):
        return replace(row, mark="open")
    if row.until is None and row.event is None and _ENDS.search(table.heading.casefold()):
        row = replace(row, until=until_in(table.heading))  # "2.x (end of life in April 2031)"
    words = f"{row.label} {cell_of(cells, columns.support)}".casefold()
    if len(row.ranges) == 1 and row.ranges[0].high is not None and _LATEST_ONLY.search(_NAMED_LATEST.sub("", words)):
        level = level_in(set(words.split()))
        if level == "minor" and len(row.ranges[0].high[0]) > 1:
            return row  # "0.1.x (latest minor)" is that minor
        return replace(row, ranges=(), latest=Latest(level=level, within=row.ranges[0]))
    return row


def _row(cells: Sequence[str], line: int, columns: Columns, table: Table) -> Row | None:
    label = cell_of(cells, columns.version).replace(_STRUCK, "")
    if is_foreign(label) or excepts(label):
        return None
    label_event = event_in(label, plain=False)
    whole, label = label, label_event.rest.strip(" (),") if label_event else label
    selector = read_selector(without_signs(label) or label)
    if selector.empty and not any(cell.strip(" -") for cell in cells):
        return None
    names = (
        selector.names | {name for cell in cells for name in read_selector(cell).names}
        if selector.empty
        else selector.names
    )
    branch = cell_of(cells, columns.branch).strip("`").casefold()
    names |= (
        {branch} if branch and len(branch.split()) == 1 and not branch.startswith(("-", "–", "—", "n/a")) else set()
    )
    mark, until, event = _says(cells, columns, dict(table.legend))
    if event is not None and event.moves_on and selector.latest is not None:
        event = None  # "the latest release, until the next one is out"
    stage: Stage = "pre" if is_stage(cell_of(cells, columns.stage)) else stage_of(label.casefold())
    shown = dict(table.shown)
    return Row(
        text=" | ".join(signs_of(" ".join(shown.get(cell, cell).split())) for cell in cells).rstrip(" |"),
        label=shown.get(whole, whole),
        line=line,
        ranges=selector.ranges,
        latest=selector.latest,
        rest=selector.rest,
        names=names,
        mark=mark,
        start=_begins(cells, columns) if until is not None or columns.released else None,
        until=until,
        event=event or (label_event.event if label_event else None),
        only=excludes_others(label.casefold()),
        component=cell_of(cells, columns.component),
        stage=stage,
    )


def _says(
    cells: Sequence[str], columns: Columns, legend: Mapping[str, Mark]
) -> tuple[Mark, date | None, EndEvent | None]:
    mark: Mark = columns.listed
    until = None
    event = None
    if columns.support is not None:
        cell = cell_of(cells, columns.support)
        mark, until, event = _support_cell(cell, columns.order)
        if mark == "open" and not without_signs(cell):
            mark = _explained(cell, cells, columns, legend)
        elif mark == "yes" and any(legend.get(sign, "yes") != "yes" for sign in signs_in(cell)):
            mark = "open"  # the page has another meaning for its ticks
    if columns.end is not None:
        end = cell_of(cells, columns.end)
        has_ended, day, ending = _end_cell(end, columns)
        until, event = day or until, ending or event
        if (day or ending) is None and mark == "yes" and has_digit(end) and not _NO_DATE.search(end.casefold()):
            mark = "open"  # a day is set, and not one that can be read
        if has_ended == "no" or columns.support is None:
            mark = has_ended
        elif day is not None and not columns.end_of_life and is_legacy(cell_of(cells, columns.support)):
            mark = ""  # `Legacy` until a day
        if columns.support is None and mark != "no" and day is None and ending is None and _open_end(cells, columns):
            mark = "yes"
    if until is None and event is None and mark in ("", "open"):
        mark, until = _window(cells, columns, mark)
    return mark, until or _from_notes(cells, columns), event or _event_in_notes(cells, columns)


def _begins(cells: Sequence[str], columns: Columns) -> date | None:
    days = (until_in(cell_of(cells, at), columns.order) for at in columns.starts)
    return min(filter(None, days), default=None)


def _window(cells: Sequence[str], columns: Columns, mark: Mark) -> tuple[Mark, date | None]:
    """The end of a row that names its first day and for how long it is supported: `2025-02-01 | 12 months`."""
    months = window_in(cell_of(cells, columns.support)) or window_in(cell_of(cells, columns.end))
    started = until_in(cell_of(cells, columns.start), columns.order) if months else None
    return ("", later(started, months=months)) if started is not None else (mark, None)


def _explained(cell: str, cells: Sequence[str], columns: Columns, legend: Mapping[str, Mark]) -> Mark:
    """What a sign that is neither yes nor no means: by the page's legend, or by the words in the columns beside it."""
    by_legend = [legend[sign] for sign in signs_in(cell) if sign in legend]
    beside = [mark for at in columns.remarks if at not in columns.others and (mark := word_mark(cell_of(cells, at)))]
    return beside[0] if beside else by_legend[0] if by_legend else "open"


def _open_end(cells: Sequence[str], columns: Columns) -> bool:
    """Whether the row began on a known day and its end is not set: a line that lives."""
    start, end = (cell_of(cells, at).casefold() for at in (columns.start, columns.end))
    unset = not end.strip(" -–—/") or bool(_NO_DATE.search(end))
    return unset and bool(until_in(start)) and not _NO_DATE.search(start)


def _support_cell(cell: str, order: Order) -> tuple[Mark, date | None, EndEvent | None]:
    """`✅ until 2025-12-31` is yes with a day, `Until 2023-12-31` only a day; `EOL 2027-01-01` is a day too, not yet a no.
    `✅ until 8.4 is released` is yes with an event."""
    cell_event = event_in(cell)
    event = replace(cell_event.event, tentative=denies_tick(cell)) if cell_event else None
    cell = cell_event.rest if cell_event else cell
    lowered = cell.casefold()
    until = None if _NO_DATE.search(lowered) else until_in(cell, order)
    mark = read_mark(cell if until is None else _END_WORDS.sub(" ", lowered))
    undated = mark == "yes" and until is None and (is_undated(lowered) or _FOR_SPAN.search(lowered) is not None)
    return ("open" if undated else mark), until, event


def _end_cell(cell: str, columns: Columns) -> tuple[Mark, date | None, EndEvent | None]:
    """What a cell under `End of life` or `Supported until` says: a day, that it has ended, that it goes on, an event, nothing."""
    lowered = without_signs(cell).casefold()
    day = None if _NO_DATE.search(lowered) else until_in(cell, columns.order)
    if day is None and not _NO_DATE.search(lowered) and (event := event_in(without_signs(cell).strip("() "), led=True)):
        return "", None, event.event
    mark = read_mark(cell)
    if columns.end_of_life:
        if day is None and (_NOT_SUPPORTED.search(lowered) or (mark == "yes" and not lowered)):
            return "no", None, None
        alive = day is None and (_ALIVE.match(lowered) or (mark == "no" and not lowered) or _ONGOING.search(lowered))
        return ("yes" if alive else ""), day, None
    if day is None and mark == "no":
        return "no", None, None
    if day is None and (mark == "yes" or _ONGOING.search(lowered)) and not _AFTER.search(lowered):
        return "yes", None, None
    return ("open" if mark == "open" and day is None else ""), day, None


def _event_in_notes(cells: Sequence[str], columns: Columns) -> EndEvent | None:
    """An end that comes with a release, told in a cell beside the version and its support."""
    used = (columns.version, columns.support, columns.end, columns.start)
    for at, cell in enumerate(cells):
        if at not in used and at not in columns.others and (event := event_in(cell)):
            return event.event
    return None


def _from_notes(cells: Sequence[str], columns: Columns) -> date | None:
    """A day in another cell, where its words speak of an end: `End-of-life as of November 2021`."""
    used = (columns.support, columns.end, columns.start)
    for at, cell in enumerate(cells):
        lowered = cell.casefold()
        if (
            at in used
            or at in columns.others
            or not _ENDS.search(lowered)
            or _NO_DATE.search(lowered)
            or for_some(cell)
        ):
            continue
        if day := until_in(cell, columns.order):
            return day
    return None
