"""Where a policy page contradicts itself: a sentence denies what a row promises, given today's newest release."""

from collections.abc import Iterator, Sequence

from chatbot.core.support.rows import Latest, Mark, ReleaseHistory, Row, latest_covers
from chatbot.core.support.states import Verdict
from chatbot.core.versions.version import Version

_MAX_QUOTE = 160


def contradiction(
    decisive: Row, rows: Sequence[Row], version: Version, history: ReleaseHistory, *, says_ended: bool
) -> Row | None:
    """The row that says the opposite of the decisive one, which says "supported", or "ended" if `says_ended`; else None."""
    opposite: Mark = "yes" if says_ended else "no"
    if not says_ended and (doubt := next((row for row in rows if row.doubts and _meets(row, decisive, version)), None)):
        return doubt
    fresh = decisive.latest is not None or _reaches_newest(rows, decisive.component, history)
    for row in _beside(decisive, rows):
        earlier = row.denies_before is not None and (not fresh or _finer(row.denies_before, decisive.latest))
        if (_behind(row, version, history) if earlier else word_on(row, decisive, version, history)) == opposite:
            return row
    return None


def contradictions(rows: Sequence[Row], history: ReleaseHistory) -> Iterator[tuple[Row, Row, Version]]:
    """Each row that a sentence contradicts, with that sentence and the release that shows it: the row's newest."""
    for row in rows:
        inside = [each for each in history.all if row.kind != "sentence" and row.covers(each)]
        newest = max(inside, key=lambda each: each.key, default=None)
        if newest is None or row.mark not in ("yes", "no"):
            continue
        other = contradiction(row, rows, newest, history, says_ended=row.mark == "no")
        if other is not None:
            yield row, other, newest


def limits(row: Row) -> bool:
    """Whether a sentence beside a table says something of versions that are not in it."""
    return row.rest != "" or row.mark == "no" or (row.only and is_rule(row))


def is_rule(row: Row) -> bool:
    """Whether a sentence counts beside a table; "the latest patch of each minor" is about the lines that the table lists."""
    return row.kind == "sentence" and (row.latest is None or not row.latest.each)


def narrows(row: Row, verdict: Verdict) -> bool:
    """Whether a row says which release of the verdict's line is meant: "only the latest 1.x release" beside a row `1.x`."""
    rule, decisive = row.latest, verdict.row
    if decisive is not None and row.denies_before is not None and _finer(row.denies_before, decisive.latest):
        return True  # "older minors get no fixes" beside a rule for the newest major
    if rule is None or not row.only:
        return False
    if rule.each and decisive is not None and decisive.event is not None:
        return rule.each in (
            decisive.event.level,
            decisive.event.since,
        )  # "only the last minor of each major", majors for a year
    return rule.within is not None and rule.within == verdict.span


def _finer(rule: Latest, other: Latest | None) -> bool:
    """Whether a rule counts minors where the other one counts majors."""
    return other is not None and other.count == 1 and rule.level == "minor" and other.level == "major"


def against(row: Row, other: Row) -> str:
    """That two rows contradict each other, and what would help."""
    if other.doubts:
        return f"The page says {quoted(row)}, but also {quoted(other)}, which may take that back; a plain yes or no would tell."
    both = f"it says {quoted(row)}, but also {quoted(other)}"
    return f"The page contradicts itself: {both}; correcting one of the two would tell."


def quoted(row: Row) -> str:
    """A row's text in quotation marks, cut if it is long."""
    text = row.text if len(row.text) <= _MAX_QUOTE else row.text[: _MAX_QUOTE - 1].rsplit(" ", 1)[0] + "…"
    return f"“{text}”"


def word_on(row: Row, decisive: Row, version: Version, history: ReleaseHistory) -> Mark:
    """What a row says about a version that another row decided; "" where it says nothing about it, or is not certain."""
    if row.kind == "sentence" and row.mark == "no" and row.latest is None and row.covers(version):
        return "no" if decisive.kind != "sentence" else ""
    if not row.only or row.mark not in ("yes", "open"):
        return ""
    mark = _by_exclusion(row, decisive, version, history)
    return (
        mark if row.mark == "yes" or mark == "no" else ""
    )  # "for the free plan, only 3.x": what it promises is not certain


def doubted(rows: Sequence[Row], version: Version) -> Verdict | None:
    """The verdict on a version of which nothing is said but that it is doubtful; None where not even that is said."""
    row = next((row for row in rows if row.doubts and row.covers(version)), None)
    if row is None:
        return None
    return Verdict("unknown", row, f"The page leaves it open with {quoted(row)}; a plain yes or no for it would tell.")


def _meets(doubt: Row, decisive: Row, version: Version) -> bool:
    return doubt.component in ("", decisive.component) and doubt.covers(version) is not None


def _beside(decisive: Row, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows that may contradict the decisive one: other statements about the same component, or about none."""
    for row in rows:
        if (
            not row.doubts
            and row.component in ("", decisive.component)
            and (row.line, row.text) != (decisive.line, decisive.text)
        ):
            yield row


def _by_exclusion(row: Row, decisive: Row, version: Version, history: ReleaseHistory) -> Mark:
    """The mark of a row that names everything that is supported ("only the latest minor", "only 3.x")."""
    if row.ranges:
        return "yes" if row.covers(version) else "no"
    if row.latest is None:
        return "no" if row.names else ""  # "only main": no release at all
    covered = latest_covers(row.latest, version, history)
    if covered is None:
        return ""
    if covered:
        return "yes"
    if row.latest.each and row.latest.level == "release" and decisive.kind != "sentence":
        return ""  # fixes come to its users by an update within the line
    if row.latest.level == "release" and row.latest.within is None and _covers_newest(decisive, history):
        # the newest release is one of the row's: fixes come to its users by an update within it, but a minor is no mere update
        return "" if _of_same_minor(version, history) else "no"
    return "no"


def _behind(row: Row, version: Version, history: ReleaseHistory) -> Mark:
    """The mark of a row such as "earlier minors are end-of-life" for a version."""
    rule = row.denies_before
    return "no" if rule is not None and latest_covers(rule, version, history) is False else ""


def _covers_newest(row: Row, history: ReleaseHistory) -> bool:
    newest = history.newest_within(None)
    return newest is not None and row.covers(newest) is not None


def _of_same_minor(version: Version, history: ReleaseHistory) -> bool:
    newest = history.newest_within(None)
    return newest is not None and version.numbers[:2] == newest.numbers[:2]


def _reaches_newest(rows: Sequence[Row], component: str, history: ReleaseHistory) -> bool:
    """Whether the page lists today's newest release: then "earlier minors" means earlier than those listed."""
    newest = history.newest_within(None)
    firm = [row for row in rows if row.kind != "sentence" and row.mark == "yes" and row.component == component]
    return newest is None or any(row.covers(newest) for row in firm)
