"""What the rows of a policy say about one version on a day: the most specific row wins, and in doubt it is "unknown"."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from chatbot.core.support.exclusion import against, contradiction, doubted, is_rule, limits, narrows
from chatbot.core.support.moving import by_named, implies_an_end, what_is_meant, why_not_known
from chatbot.core.support.names import label_of
from chatbot.core.support.rows import (
    ReleaseHistory,
    Row,
    exactly,
    latest_covers,
    line_range,
    prereleases_of,
)
from chatbot.core.support.states import Verdict, row_verdict, with_end
from chatbot.core.versions.version import Version

_MAX_RULES = (
    100  # more than any real page has; rules are compared with each other, so above it the verdict is "unknown"
)


def judge(rows: Sequence[Row], version: Version, today: date, history: ReleaseHistory) -> Verdict | None:
    """The verdict on a version on a day; None where no row is about it.

    Tables and lists count before sentences. Beside them, only sentences that deny support or are about everything else
    count, and where one denies what a row promises, the verdict is "unknown".
    """
    if sum(row.latest is not None or row.denies_before is not None for row in rows) > _MAX_RULES:
        return Verdict(
            "unknown",
            None,
            f"The page has more than {_MAX_RULES} rules about the latest release; one row for each line would tell.",
        )
    every = _of_stage(rows, version)
    rows = [row for row in every if not row.doubts]
    firm = [row for row in rows if row.kind != "sentence"]
    verdict = _by_component(firm, version, today, history)
    if verdict is None:
        verdicts = [row for row in rows if row.kind == "sentence" and (not firm or limits(row))]
        lowest = [replace(row, latest=None, rest="") for row in firm]  # "older" means older than these
        verdict = _by_version([*verdicts, *lowest], version, today, history)
    if verdict is None and firm and history.newest is not None:  # newer than a table that the page's rule has outgrown
        rules = [row for row in rows if row.latest is not None and row.mark == "yes" and is_rule(row)]
        verdict = _by_version(rules, version, today, history)
    if verdict is None and firm:
        verdict = _below_all(firm, rows, version)
    if verdict is None:
        return doubted(every, version)
    return _of_line(_uncontradicted(verdict, every, version, today, history), rows, version)


def _of_stage(rows: Sequence[Row], version: Version) -> Sequence[Row]:
    """The rows that may speak of a version: those of prereleases alone count for these, and before all others."""
    if not version.prerelease:
        return [row for row in rows if row.stage != "pre"]
    pre = [row for row in rows if row.stage == "pre" and row.covers(version)]
    return pre or rows


def _uncontradicted(
    verdict: Verdict, rows: Sequence[Row], version: Version, today: date, history: ReleaseHistory
) -> Verdict:
    """The verdict, unless another statement of the page says the opposite of the row that decided."""
    if verdict.row is None or verdict.state not in ("supported", "ended"):
        return verdict
    verdict = with_end(verdict, rows, version, today, history)
    if verdict.row is None:
        return verdict
    other = contradiction(verdict.row, rows, version, history, says_ended=verdict.state == "ended")
    if other is not None and verdict.state == "supported" and narrows(other, verdict):
        return Verdict("ended", other, "The page supports only the newest release of that line.", span=verdict.span)
    return verdict if other is None else _contradicted(verdict.row, other)


def _below_all(firm: Sequence[Row], rows: Sequence[Row], version: Version) -> Verdict | None:
    """The end of a version in a gap below every line that is supported, where the page says that it supports only the latest."""
    rule = next(
        (row for row in rows if row.only and row.latest is not None and not row.latest.each and row.mark == "yes"), None
    )
    lows = [each.low for row in firm if row.mark != "no" for each in row.ranges]
    if rule is None or not lows or any(low is None or version.key >= low for low in lows):
        return None
    return Verdict("ended", rule, "The page supports only newer releases.")


def _contradicted(row: Row, other: Row) -> Verdict:
    return Verdict("unknown", row, against(row, other))


def _by_component(rows: Sequence[Row], version: Version, today: date, history: ReleaseHistory) -> Verdict | None:
    """Tables of several components are judged one by one: only what they agree on, or an end of support, is certain."""
    parts: dict[str, list[Row]] = {row.component: [] for row in rows}
    if len(parts) < 2:
        return _by_version(rows, version, today, history)
    for row in rows:
        parts[row.component].append(row)
    candidates = [_by_version(part, version, today, history) for part in parts.values()]
    verdicts = [each for each in candidates if each is not None]
    if len({each.state for each in verdicts}) < 2:
        return _most_specific(verdicts) if verdicts else None
    together = _by_version(rows, version, today, history)
    if together is not None and together.state == "ended" and all(_inside(together, each) for each in verdicts):
        return together
    return Verdict(
        "unknown",
        verdicts[0].row,
        "It depends on the component: " + ", ".join(filter(None, parts)) + "; the setting `component` chooses one.",
    )


def _by_version(rows: Sequence[Row], version: Version, today: date, history: ReleaseHistory) -> Verdict | None:
    """The verdict of the most specific rows; None where no row is about the version."""
    direct, maybe, implied = _sorted(rows, version, today, history)
    if len(direct) > _MAX_RULES:
        return Verdict(
            "unknown",
            direct[0].row,
            f"More than {_MAX_RULES} rows of the page cover it; one row for each line would tell.",
        )
    direct = [each for each in direct if not _is_mere_hedge(each, direct)]
    if direct:
        return _unless_newest_differs(_most_specific(direct), maybe)
    if maybe:
        return Verdict("unknown", maybe[0], why_not_known(maybe[0], version, history))
    return _from_rest(rows, version, today, history, behind=implied is not None) or _behind(implied)


def _sorted(
    rows: Sequence[Row], version: Version, today: date, history: ReleaseHistory
) -> tuple[list[Verdict], list[Row], Row | None]:
    """The verdicts of the rows that cover a version, the rows of which that is not certain, and one that implies its end."""
    direct: list[Verdict] = []
    maybe: list[Row] = []
    implied: Row | None = None
    exists = [
        each.low for row in rows if row.mark == "yes" and row.kind != "sentence" for each in row.ranges if each.low
    ]
    for row in rows:
        span = row.covers(version)
        covered = latest_covers(row.latest, version, history) if row.latest is not None else None
        if covered is None and row.latest is not None and not history.all:
            covered = by_named(row.latest, version, exists)
        if row.ranges and row.latest is not None and covered not in (None, span is not None):
            maybe.append(row)  # "the latest version, 1.8", and 1.8 is no longer the latest
        elif span is not None:
            direct.append(row_verdict(row, today, span, version, history))
        elif covered and not row.ranges:
            direct.append(row_verdict(row, today, what_is_meant(row, version), version, history))
        elif _has_ended(row, version, today) and covered is None:
            direct.append(row_verdict(row, today, None, version, history))
        elif row.latest is not None and covered is None and not row.ranges:
            maybe.append(row)
        elif implies_an_end(row, version, history):
            implied = implied or row
    return direct, maybe, implied


def _is_mere_hedge(verdict: Verdict, others: Iterable[Verdict]) -> bool:
    """Whether a sentence that decides nothing ("we may backport to the latest minor") stands beside a row that is as narrow."""
    hedge = verdict.row is not None and verdict.row.kind == "sentence" and verdict.row.mark == "open"
    return hedge and any(each.row is not None and each.row.mark != "open" and _inside(each, verdict) for each in others)


def _has_ended(row: Row, version: Version, today: date) -> bool:
    """Whether support for all of a line has ended on a day, whichever of its releases is the latest."""
    within = row.latest.within if row.latest is not None else None
    return within is not None and within.covers(version) and row.until is not None and today > row.until


def _behind(row: Row | None) -> Verdict | None:
    return None if row is None else Verdict("ended", row, "The page supports only newer releases.")


def _from_rest(
    rows: Sequence[Row], version: Version, today: date, history: ReleaseHistory, *, behind: bool
) -> Verdict | None:
    """What rows such as "all other versions" and "older" say about a version that no other row covers; `behind`: another row
    is about newer releases only."""
    lines = [
        each for row in rows for each in (*row.ranges, row.latest.within if row.latest else None) if each is not None
    ]
    lows = [each.low for each in lines if each.low is not None]
    older = behind or (lows and version.key < min(lows))
    rest_rows = [row for row in rows if row.rest == "all" or (row.rest == "older" and older)]
    verdicts = [row_verdict(row, today, None, version, history) for row in rest_rows]
    if {each.state for each in verdicts} > {"supported"}:
        return _contradictory(verdicts)
    return next((each for each in verdicts if each.state == "ended"), verdicts[0] if verdicts else None)


def _unless_newest_differs(verdict: Verdict, maybe: Sequence[Row]) -> Verdict:
    """The verdict, or "unknown" where a row about the newest release of the line disagrees, and may cover the version."""
    for row in maybe:
        inside = row.latest.within if row.latest is not None else None
        explicit = inside is not None and verdict.span not in (None, inside) and verdict.span.within(inside)
        if inside is not None and not explicit and verdict.row is not None and row.mark != verdict.row.mark:
            return Verdict(
                "unknown",
                row,
                "The page singles out the newest release of the line, and none is known here; a known release would tell.",
            )
    return verdict


def _most_specific(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of the narrowest range. Where two disagree and neither lies within the other, an end of "everything before"
    wins, else the verdict is "unknown"."""
    best = [each for each in verdicts if not any(_narrower(other, each) for other in verdicts)]
    chosen = min(best, key=lambda each: each.row.until if each.row and each.row.until else date.max)
    if len({each.state for each in best}) == 1:
        if len({each.state for each in verdicts}) > 1:
            why = f"{chosen.reason} Other rows cover it too; the most specific one counts."
            return Verdict(chosen.state, chosen.row, why, chosen.stale, chosen.span)
        return chosen
    for each in best:
        if each.state == "ended" and each.span is not None and each.span.low is None:
            return each
    return _by_date(best) or _contradictory(best)


def _by_date(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The verdict where one row ticks a line and another one tells when its support ends: that day counts."""
    rows = [each.row for each in verdicts if each.row is not None]
    if any(row.mark in ("no", "open") for row in rows) or len({each.span for each in verdicts}) > 1:
        return None
    return next((each for each in verdicts if each.row is not None and each.row.until is not None), None)


def _contradictory(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict where two rows disagree about one version: "unknown", with both quoted."""
    first = verdicts[0]
    other = next(each for each in verdicts if each.state != first.state)
    if first.row is None or other.row is None:
        return Verdict(
            "unknown", first.row, "Rows of the page contradict each other; correcting one of them would tell."
        )
    return _contradicted(first.row, other.row)


def _inside(one: Verdict, other: Verdict) -> bool:
    return one.span is not None and other.span is not None and one.span.within(other.span)


def _narrower(one: Verdict, other: Verdict) -> bool:
    return one.span != other.span and _inside(one, other)


def _of_line(verdict: Verdict, rows: Sequence[Row], version: Version) -> Verdict:
    """The verdict with two exceptions: rows do not mean prereleases, and a whole line (`2`) is supported only if all of it is."""
    if verdict.state != "supported" or verdict.row is None:
        return verdict
    if version.prerelease and not (verdict.row.stage or _is_named(verdict, version)):
        return Verdict(
            "unknown",
            verdict.row,
            "It is a prerelease, and the page says nothing about those; ask about the release itself.",
        )
    if len(version.numbers) < 3 and not any(each.low is None or each.high is None for each in verdict.row.ranges):
        own = line_range(version.numbers)
        if verdict.span == own and label_of(verdict.row).partition(" ")[0] == str(version):
            rows = [row for row in rows if not any(each.low and len(each.low[0]) > 2 for each in row.ranges)]
        for row in rows:
            inside = row.kind != "sentence" and any(
                each != own and each.within(own) and not (each.low and each.low[1]) for each in row.ranges
            )
            if inside and row.mark != verdict.row.mark:
                return Verdict(
                    "unknown",
                    row,
                    f"The page says different things about releases of {version}; ask about one of them.",
                )
    return verdict


def _is_named(verdict: Verdict, version: Version) -> bool:
    """Whether the row names just this version, or prereleases of its numbers and nothing else."""
    if verdict.span is None:
        return False
    return verdict.span.within(exactly(version)) or verdict.span.within(prereleases_of(version))
