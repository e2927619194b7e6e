"""What a page says about a branch, a tag, or whatever else it calls its lines."""

from collections.abc import Iterable
from datetime import date

from chatbot.core.support.rows import Latest, Row
from chatbot.core.support.states import Verdict, row_verdict

_NEWEST = frozenset({"latest", "newest"})


def judge_name(rows: Iterable[Row], name: str, today: date) -> Verdict:
    """The verdict on a branch or whatever else a page calls its lines: by a row that names it, by a row with just that label, or
    by one that denies support to all others."""
    folded = name.strip().casefold()
    rows = list(rows)
    named = [row for row in rows if folded in row.names] or [row for row in rows if folded and label_of(row) == folded]
    if named:
        return row_verdict(named[0], today)
    if folded in _NEWEST:
        row = next((row for row in rows if row.latest == Latest() and not row.ranges), None)
        if row is not None:
            return row_verdict(row, today)
    others = [row for row in rows if row.rest == "all" and row.mark == "no" and row.kind != "sentence"]
    if others and any(row.names for row in rows):
        return row_verdict(others[0], today)
    return Verdict("not_listed", None, f"No row of the page names {name.strip()[:60] or 'that'}.")


def label_of(row: Row) -> str:
    """A row's label without signs and emphasis."""
    return " ".join(row.label.casefold().strip("`*_\"'[]() ").split()) if row.kind != "sentence" else ""
