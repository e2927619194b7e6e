"""Tables of which releases get fixes for flaws of which severity -> rows: those about the latest, and of a window of time."""

from dataclasses import replace

from chatbot.core.support.rows import Row
from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.columns import Table, cell_of
from chatbot.sources.support_policy.rows.selectors import read_selector
from chatbot.sources.support_policy.windows import recent_in

_SEVERITY = patterns.compile(r"\bcvss\b|severity|\brating\b|\bscore\b|\brisk\b")
_FIXED_VERSIONS = patterns.compile(
    r"(?:supported|eligible|patched|fixed|maintained) (?:versions?|releases?)"
    r"|(?:versions?|releases?) (?:that|which|to be|getting|with)"
)


def by_severity(table: Table) -> tuple[Row, ...]:
    """The rows of a table of which releases get fixes for flaws of which severity: those about the latest, and of a window."""
    heads = [head.casefold() for head in table.header]
    at = next((at for at, head in enumerate(heads) if _FIXED_VERSIONS.search(head)), None)
    if at is None or not any(_SEVERITY.search(head) for head in heads[:at] + heads[at + 1 :]):
        return ()
    rows: list[Row] = []
    for line, cells in table.rows:
        cell, text = cell_of(cells, at), " | ".join(cells)
        selector = read_selector(cell)
        if (window := recent_in(cell.casefold(), line)) is not None:
            rows.append(replace(window, text=text, label=cell, kind="table"))
        elif selector.latest is not None and not selector.latest.older:
            rows.append(Row(text=text, label=cell, line=line, latest=selector.latest, mark="yes"))
    return tuple(rows) if any(row.latest for row in rows) else ()
