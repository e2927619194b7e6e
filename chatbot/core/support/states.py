"""What one row says about a version on a day: by its mark, by its date, and by the release that ends support."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from chatbot.core.support.release_ends import outcome
from chatbot.core.support.rows import EndEvent, Range, ReleaseHistory, Row
from chatbot.core.versions.version import Version

State = Literal["supported", "ended", "not_listed", "unknown"]


_SAYS_NOTHING = "The page names it without saying whether it is supported; a plain yes or no in its row would tell."


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state with the row that decided and why; `span` is the range of the row that covers the version."""

    state: State
    row: Row | None
    reason: str
    stale: bool = False
    span: Range | None = None
    until: date | None = None  # the last supported day, where it is not the row's own


def row_verdict(
    row: Row,
    today: date,
    span: Range | None = None,
    version: Version | None = None,
    history: ReleaseHistory | None = None,
) -> Verdict:
    """What a row says on a day: by its mark, by its date, and by whether the release that ends support has come out."""
    passed = row.until is not None and today > row.until
    if row.mark == "no":
        return Verdict("ended", row, "The page says that support has ended.", span=span)
    if row.start is not None and today < row.start:
        return Verdict("unknown", row, f"Its support begins on {row.start}; ask again then.", span=span)
    if row.event is not None:
        return _by_event(row, row.event, today, span, version, history)
    if passed and row.mark == "yes":
        why = f"The page still says supported, but its own date, {row.until}, has passed."
        return Verdict("ended", row, why, stale=True, span=span)
    if passed:
        return Verdict("ended", row, f"Support ended on {row.until}.", span=span)
    if row.mark == "yes" or (row.mark == "" and row.until is not None):
        why = f"Supported until {row.until}." if row.until else "The page says that it is supported."
        return Verdict("supported", row, why, span=span)
    return Verdict("unknown", row, _SAYS_NOTHING, span=span)


def _by_event(
    row: Row, event: EndEvent, today: date, span: Range | None, version: Version | None, history: ReleaseHistory | None
) -> Verdict:
    """The verdict of a row whose support ends with a release: ended once that has come out, else supported."""
    if version is None or history is None or not history.all:
        return _undecided(row, event, today, span)
    came = outcome(event, span, version, history, today)
    passed = row.until is not None and today > row.until
    if came.state == "open" or (row.until is not None and passed != (came.state == "past")):
        why = _depends(event)
        return Verdict("unknown", row, why, span=span)
    after = f", {came.by} has been released" if came.by is not None else ""
    days = f" and the last day was {came.last_day}" if came.last_day is not None else ""
    if came.state == "past":
        why = f"The page says “{event.text}”{after or ', and that has come'}{days}."
        return Verdict("ended", row, why, stale=row.mark == "yes", span=span, until=came.last_day)
    if row.mark == "open":
        return Verdict("unknown", row, _SAYS_NOTHING, span=span)
    if came.last_day is not None:
        why = f"The page says “{event.text}”{after}: supported until {came.last_day}."
        return Verdict("supported", row, why, span=span, until=came.last_day)
    return Verdict("supported", row, f"The page says “{event.text}”, and that has not happened yet.", span=span)


def _depends(event: EndEvent) -> str:
    """Why an end of support cannot be decided, and what would help."""
    missing = (
        "the releases known here and their dates"
        if event.since or event.months or event.days
        else "the releases known here"
    )
    return (
        f"The page makes it depend on “{event.text}”, which {missing} can't decide; an end date on the page would tell."
    )


def _undecided(row: Row, event: EndEvent, today: date, span: Range | None) -> Verdict:
    """The verdict where no release is known: what the page says, with its condition, if a release could decide that."""
    passed = row.until is not None and today > row.until
    if event.tentative or not event.decidable or row.mark == "open" or passed:
        why = _depends(event)
        return Verdict("unknown", row, why, span=span)
    why = f"The page says “{event.text}”; no release is known here that would tell whether that has happened."
    return Verdict("supported", row, why, span=span)


def with_end(verdict: Verdict, rows: Sequence[Row], version: Version, today: date, history: ReleaseHistory) -> Verdict:
    """The verdict of a ticked row with the end that a sentence beside it names for the same line: its last day, an end where
    that has passed, or the release that ends support."""
    row = verdict.row
    if row is None or verdict.state != "supported" or row.kind == "sentence" or row.until or row.event or verdict.until:
        return verdict
    beside = [
        each
        for each in rows
        if each.kind == "sentence" and each.mark != "no" and verdict.span and each.covers(version) == verdict.span
    ]
    last = max((each.until for each in beside if each.until), default=None)
    if last is not None and today > last:
        why = f"The page still says supported, but its own date, {last}, has passed."
        return Verdict("ended", row, why, stale=True, span=verdict.span, until=last)
    if last is not None:
        return replace(verdict, reason=f"Supported until {last}.", until=last)
    event = next((each.event for each in beside if each.event is not None), None)
    if event is None:
        return verdict
    counted = replace(event, tentative=event.tentative or bool(event.months or event.days))
    return row_verdict(replace(row, event=counted), today, verdict.span, version, history)
