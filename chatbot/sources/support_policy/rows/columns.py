"""The columns of a table of supported versions: which names versions, which says supported, which says until when."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.core.support.rows import Mark, Range
from chatbot.core.text import patterns
from chatbot.sources.support_policy.dates import Order, order_of, until_in
from chatbot.sources.support_policy.durations import window_in
from chatbot.sources.support_policy.rows.exclusion import excludes_unlisted
from chatbot.sources.support_policy.rows.marks import read_mark
from chatbot.sources.support_policy.rows.release_ends import event_in
from chatbot.sources.support_policy.rows.selectors import read_selector


@dataclass(frozen=True, slots=True)
class Table:
    """A table as found in the page: plain cells, each row's line, the heading above it and the words just before it."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    heading: str = ""
    caption: str = ""
    legend: tuple[tuple[str, Mark], ...] = ()  # what the page says of its signs
    shown: tuple[tuple[str, str], ...] = ()  # cells in English words with what the page has there


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what; None where the table has none."""

    version: int
    support: int | None = None
    end: int | None = None
    end_of_life: bool = False  # a tick in the `end` column would say that it has ended
    start: int | None = None
    released: bool = False  # a column of starts says so, and is not headed by a mere "Date"
    starts: tuple[int, ...] = ()  # of which the earliest day counts: `Initial release`, `LTS start`
    component: int | None = None
    others: frozenset[int] = frozenset()  # of other kinds of support than the one that counts
    listed: Mark = ""  # what the version column's own heading says of all its rows
    order: Order = ""
    stage: int | None = None  # which names alphas and betas of lines that stand there as released ones too
    branch: int | None = None
    remarks: tuple[int, ...] = ()  # that say more of the support


_VERSION = patterns.compile(r"\b(?:versions?|releases?|branch(?:es)?|series|lines?|ver|tags?|channel|milestone)\b")
_SUPPORT = patterns.compile(
    r"support|status|maint|alive|secur|receiv|activ|eligib|lifecycle|\bstate|update|\bfix(?:es)?\b|\bpatch(?:es)?\b"
)
_OF_SUPPORT = patterns.compile(r"support|maint|version|lifecycle|eol|end[- ]of")
_STRICTLY_VERSION = patterns.compile(r"\bversions?\b|^releases?$")
_HISTORY = patterns.compile(
    r"histor|known|advisor|\bpast\b|\bcve|timeline|change|vulnerabilit|previous|disclosed|hall of fame"
)
_END = patterns.compile(
    r"until|till|through|\bends?\b|\beo[ls]l?\b|end[- ]of|end[- ]date|sunset|expir|retire|discontinu|terminat|ceas|cut-?off"
    r"|(?:last|final) (?:day|date of (?:\w+ )?(?:support|updates|fixes|maintenance)|supported (?:day|date)|support (?:day|date))"
    r"|final date|support(?:ed)? to\b|valid to\b"
)
_END_OF_LIFE = patterns.compile(
    r"end[- ]of[- ](?:life|support|maint\w*|security)|\beo[ls]l?\b|sunset|retired|discontinued|expired|ended"
)
_LESSER = patterns.compile(r"\b(?:active|bugs?|bugfix\w*|regular|features?)\b")
_START = patterns.compile(
    r"release[sd]?(?: date| on)?$|\bdate\b|initial|since|\bfrom\b|start|begin|beta|first|launch|introduced|\bga\b"
)
_RELEASED = patterns.compile(r"release|initial|since|\bfrom\b|start|begin|launch|introduced|\bga\b")
_PAID = patterns.compile(r"commercial|paid|extended|\belts\b|\besm\b|enterprise|premium|customer|subscription")
_COMPONENT = patterns.compile(
    r"component|package|product|module|project|\bapp|librar|^name$|crate|plugin|software|repositor"
)
_DECOY = patterns.compile(
    r"\bcve\b|affected|patched|fixed (?:in|version)|advisor|vulnerabilit|\bvulns?\b|sever|cvss|fingerprint|key|reporter|bounty"
)
_IMAGES = patterns.compile(r"\b(?:docker|images?|containers?|tags?)\b", ignore_case=True)
_SUPPORTED_HEADING = patterns.compile(
    r"(?:currently )?(?:supported|maintained|active) (?:versions?|releases?|branches)", ignore_case=True
)
_LISTED_BESIDE = patterns.compile(r"change|vulnerab|note|breaking|deprec|archiv|upgrade|until|end|eol|support|reward")
LISTED = patterns.compile(
    r"\b(un)?supported\b.*\b(?:versions?|releases?|branches)\b|^\W*(?:(?:currently|no longer|not) )*(un)?supported\W*$"
)
_BRANCHES = patterns.compile(r"\bbranch\b|\btag\b|\bgit\b")
_REMARKS = patterns.compile(r"support|status|polic|note|comment|remark|detail|level|phase|type|maint|descri|^$")
_STAGES = frozenset(
    [
        *("alpha", "alphas", "beta", "betas", "rc", "rcs", "candidate", "candidates", "preview", "previews", "pre"),
        *("prerelease", "prereleases", "dev", "nightly", "snapshot", "canary", "and"),
    ]
)
_OF_DAYS = patterns.compile(r"date|until|end of")
# "Initial release" and "Latest version" are about a release of the line that another column names
_OF_ONE = patterns.compile(r"\b(?:initial|first|latest|newest|current|last|release[sd]? (?:date|on)|date)\b")
_DAY = patterns.compile(
    r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)?[ -]"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d",
    ignore_case=True,
)
_MAX_CAPTION = 80


def columns_of(table: Table) -> Columns | None:
    """Which column is what; None where the table is about something else."""
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
    open_to_all = [at for at in ends if not _PAID.search(heads[at])]
    end = next((at for at in open_to_all if "secur" in heads[at]), open_to_all[-1] if open_to_all else None)
    listed = (
        (_listed(heads[version]) or _listed_by_heading(table, heads, version))
        if support is None and end is None
        else ""
    )
    if support is None and end is None and not listed:
        return None
    starts = [at for at, head in enumerate(heads) if at not in (version, support, *ends) and _START.search(head)]
    parts = [at for at, head in enumerate(heads) if at != version and _COMPONENT.search(head) and "version" not in head]
    return Columns(
        version=version,
        support=support,
        end=end,
        end_of_life=end is not None and bool(_END_OF_LIFE.search(heads[end])) and "until" not in heads[end],
        start=starts[0] if starts else None,
        starts=tuple(starts),
        released=any(_RELEASED.search(heads[at]) for at in starts),
        component=parts[0] if parts else None,
        others=frozenset(at for at, head in enumerate(heads) if _PAID.search(head) or _LESSER.search(head)),
        listed=listed,
        order=order_of(cell for _, cells in table.rows for cell in cells[1:]),
        stage=_stage_column(table, version),
        branch=next((at for at, head in enumerate(heads) if at != version and _BRANCHES.search(head)), None),
        remarks=tuple(
            at
            for at, head in enumerate(heads)
            if at not in (version, support, *ends, *starts, *parts) and _REMARKS.search(head)
        ),
    )


def _stage_column(table: Table, version: int) -> int | None:
    """The column that tells a line's prereleases from its releases: one that names stages, of a line that has several rows."""
    labels = [cell_of(cells, version) for _, cells in table.rows]
    if len(set(labels)) == len(labels):
        return None
    for at in range(len(table.header)):
        cells = [cell_of(row, at) for _, row in table.rows]
        if at != version and any(map(is_stage, cells)) and not all(map(is_stage, cells)):
            return at
    return None


def without(table: Table, columns: Sequence[int]) -> Table:
    """The table without some of its columns."""
    rows = tuple(
        (line, tuple(cell for at, cell in enumerate(cells) if at not in columns)) for line, cells in table.rows
    )
    header = tuple(head for at, head in enumerate(table.header) if at not in columns)
    return Table(header, rows, table.heading, table.caption)


def only(table: Table, at: int) -> Table:
    """One column of the table, as a table."""
    rows = tuple((line, (cell_of(cells, at),)) for line, cells in table.rows)
    return Table((table.header[at],), rows, table.heading, table.caption)


def turned(table: Table) -> Table:
    """The table with its columns as rows, for one that names its versions in the heading."""
    header = (
        "version" if not table.header or not table.header[0].strip() else table.header[0],
        *(cell_of(row, 0) for _, row in table.rows),
    )
    line = table.rows[0][0] - 1 if table.rows else 0
    rows = ((line, (head, *(cell_of(row, at) for _, row in table.rows))) for at, head in enumerate(table.header) if at)
    return Table(header, tuple(rows), table.heading, table.caption)


def is_stage(cell: str) -> bool:
    """Whether a cell such as `RC` or `alpha / beta` names stages before the release, and nothing else."""
    words = cell.casefold().replace("/", " ").replace(",", " ").replace("-", " ").split()
    return bool(words) and all(word in _STAGES for word in words)


def of_images(table: Table) -> bool:
    """Whether a table beside others is about container images, whose tags are names and no versions."""
    return any(
        _IMAGES.search(words) and len(words) <= _MAX_CAPTION
        for words in (*table.header[:1], table.caption, table.heading)
    )


def _version_column(heads: Sequence[str], table: Table) -> int | None:
    """The column headed "version"; else one whose heading or cells speak of versions."""
    columns = [at for at, head in enumerate(heads) if names_a_line(head)]
    columns.sort(key=lambda at: _OF_ONE.search(heads[at]) is not None)
    strict = [at for at in columns if _STRICTLY_VERSION.search(heads[at])]
    for numbered in (True, False):
        for at in (*strict, *columns):
            if names_versions(table, at, least=0.01 if at in strict else 0.5, numbered=numbered):
                return at
    unnamed = [
        at for at, head in enumerate(heads) if at not in columns and not _START.search(head) and not _END.search(head)
    ]
    return next((at for at in unnamed if names_versions(table, at)), None)


def names_a_line(head: str) -> bool:
    """Whether a column's heading speaks of versions, and of no days."""
    return _VERSION.search(head.casefold()) is not None and not _OF_DAYS.search(head.casefold())


def names_versions(table: Table, at: int, *, least: float = 0.5, numbered: bool = False, alone: bool = False) -> bool:
    """Whether that part of the column's cells names versions, and no mere dates; `numbered`: a number; `alone`: not `Heron 2`."""
    cells = [cell_of(cells, at) for _, cells in table.rows]
    filled = [cell for cell in cells if cell.strip(" -")]
    selectors = [read_selector(cell) for cell in filled if not read_selector(cell).empty and not _DAY.search(cell)]
    numbers = [each for each in selectors if each.ranges not in ((), (Range(),))]
    if (numbered and not numbers) or (alone and any(each.extra for each in selectors)):
        return False
    return bool(selectors) and len(selectors) >= least * len(filled)


def _support_column(heads: Sequence[str], table: Table, version: int, ends: Sequence[int]) -> int | None:
    """The column that says yes or no: security before support before any other; else the first that holds only signs."""
    beside = [at for at in range(len(heads)) if at != version and at not in ends and not _START.search(heads[at])]
    others = [at for at in beside if not _PAID.search(heads[at])]  # what is for customers only is no support for all
    fitting = [
        at
        for at in others
        if _SUPPORT.search(heads[at]) and _has_marks(table, at) and not _names_other_versions(heads, table, at)
    ]
    for word in ("secur", "support", ""):
        for at in fitting:
            if word in heads[at]:
                return at
    if ends or not _OF_SUPPORT.search(f"{table.heading} {table.caption}".casefold()):
        return None
    return next(
        (
            at
            for at in others
            if heads[at] != "lts"
            and _has_marks(table, at)
            and not _START.search(heads[at])
            and not _names_other_versions(heads, table, at)
        ),
        None,
    )


def _names_other_versions(heads: Sequence[str], table: Table, at: int) -> bool:
    """Whether a column headed `Supported version` names versions itself: such a table maps one thing's to another's."""
    return _STRICTLY_VERSION.search(heads[at]) is not None and names_versions(table, at)


def _has_marks(table: Table, at: int) -> bool:
    """Whether a word or a sign of the column decides something, or a date stands where a tick is expected."""
    every = (cell_of(cells, at) for _, cells in table.rows)
    return any(read_mark(cell) or until_in(cell) or event_in(cell) or window_in(cell) for cell in every)


def _listed(head: str) -> Mark:
    match = LISTED.search(head)
    return "" if not match else "no" if match[1] or match[2] or " not " in f" {head}" or "no longer" in head else "yes"


def _listed_by_heading(table: Table, heads: Sequence[str], version: int) -> Mark:
    """The mark "yes" for a table of versions with nothing on their support in it, below a heading that says just that."""
    alone = len(heads) == 1 and excludes_unlisted(table.caption.casefold())  # "only those in the table below get fixes"
    if not (alone or _SUPPORTED_HEADING.fullmatch(table.heading.strip(" :#"))) or any(
        _LISTED_BESIDE.search(head) for head in heads
    ):
        return ""
    beside = [cell_of(cells, at) for _, cells in table.rows for at in range(len(heads)) if at != version]
    return "" if not (beside or alone) or any(read_mark(cell) or window_in(cell) for cell in beside) else "yes"


def cell_of(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""
