"""What is wrong, stale or undefined in a support policy, each finding with its line in the page and how to fix it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chatbot.core.model.knowledge import PrivateForm
from chatbot.core.support.exclusion import contradictions, quoted
from chatbot.core.support.policy import Policy, line_style, policy_lines
from chatbot.core.support.release_ends import outcome
from chatbot.core.support.rows import Range, ReleaseHistory, Row
from chatbot.core.support.verdict import judge
from chatbot.core.versions.version import Key, Version, line_of

_MAX_FINDINGS = 50
_MAX_ROWS = 200  # compared with each other
_TABLE = "Add a table: version, supported, end of support."


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` is the line of the page, from 1; 0 where the finding is about the whole page."""

    line: int
    problem: str
    fix: str


def lint(
    policy: Policy,
    *,
    today: date,
    releases: Sequence[Version] = (),
    published: Mapping[Version, date] | None = None,
    private_form: PrivateForm = "unknown",
) -> tuple[Finding, ...]:
    """What is wrong with a page on a day (UTC), at most 50 findings, those of the whole page first.

    With `releases` (those of one package, with their dates in `published`) it also finds released lines that no row covers,
    rows that a sentence of the page contradicts today, and ends of support whose release has come out. `private_form` says
    whether the repository's form for private reports is switched on.
    """
    if not policy.readable:
        return (Finding(0, policy.problem, policy.fix or _TABLE),)
    findings = [
        *_whole_page(policy, private_form),
        *_stale(policy, today),
        *_silent(policy),
        *_overlaps(policy),
        *_gaps(policy),
        *_doubts(policy),
    ]
    full = tuple(sorted((each for each in releases if not each.prerelease), key=lambda each: each.key, reverse=True))
    history = ReleaseHistory(
        newest=full[0] if full else None, releases=full, lines=line_style(policy), published=published or {}
    )
    findings += [*_contradicted(policy, history), *_events(policy, today, history), *_unlisted(policy, today, history)]
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.line))[:_MAX_FINDINGS]


def _whole_page(policy: Policy, private_form: PrivateForm) -> Iterator[Finding]:
    if policy.cut:
        yield Finding(0, policy.cut, "Shorten the page.")
    if not policy.rows:
        yield Finding(0, "The page does not say which versions are supported.", _TABLE)
    if not policy.contacts:
        fix = {"on": "Name the private report form, which is switched on.", "off": "Add an e-mail address."}
        default = "Add an e-mail address or the private report form."
        yield Finding(0, "The page names no way to report a vulnerability.", fix.get(private_form, default))
    if private_form == "off" and any(contact.kind == "form" for contact in policy.contacts):
        problem = "The page sends reporters to the private report form, which is switched off."
        yield Finding(
            0, problem, "Switch on private vulnerability reporting in the repository's settings, or name another way."
        )


def _stale(policy: Policy, today: date) -> Iterator[Finding]:
    for row in policy.rows:
        if row.mark == "yes" and row.until is not None and today > row.until:
            problem = f"{quoted(row)} says supported, but its own date, {row.until}, has passed."
            yield Finding(row.line, problem, "Mark it as ended, or move the date.")


def _silent(policy: Policy) -> Iterator[Finding]:
    """Rows whose version or mark cannot be read."""
    for row in policy.rows:
        if row.kind != "table":
            continue
        if not (row.ranges or row.latest or row.rest or row.names):
            yield Finding(
                row.line, f"{quoted(row)} names no version that can be read.", "Write a line such as 1.2.x, or < 1.0."
            )
        elif row.mark in ("", "open") and row.until is None and row.event is None:
            yield Finding(
                row.line, f"{quoted(row)} does not say whether it is supported.", "Write yes or no, or an end date."
            )


def _overlaps(policy: Policy) -> Iterator[Finding]:
    """Rows of one table that cover the same versions and say different things about them."""
    rows = [row for row in policy_lines(policy) if row.kind == "table"][:_MAX_ROWS]
    for at, row in enumerate(rows):
        for other in rows[:at]:
            if row.component == other.component and _says(row) != _says(other) and _meet(row, other):
                problem = f"“{row.label}” overlaps “{other.label}” in line {other.line}, and they differ."
                yield Finding(row.line, problem, "Let each version be in one row only.")


def _says(row: Row) -> tuple[str, date | None]:
    return ("no", None) if row.mark == "no" else (row.mark, row.until)


def _meet(row: Row, other: Row) -> bool:
    return any(_overlap(one, two) for one in row.ranges for two in other.ranges)


def _overlap(one: Range, two: Range) -> bool:
    starts = [each.low for each in (one, two) if each.low is not None]
    ends = [each.high for each in (one, two) if each.high is not None]
    return not starts or not ends or max(starts) < min(ends)


def _doubts(policy: Policy) -> Iterator[Finding]:
    """Sentences that leave open what another statement ticks, because they are not understood or promise less."""
    for row in policy.rows[:_MAX_ROWS]:
        ticked = next((other for other in policy.rows[:_MAX_ROWS] if other.mark == "yes" and _meet(row, other)), None)
        if row.doubts and ticked is not None:
            problem = f"{quoted(row)} may take back what {quoted(ticked)} promises: the answer is “I can't tell”."
            yield Finding(
                row.line, problem, "Say in a table whether that version is supported, or leave it out of the sentence."
            )


def _gaps(policy: Policy) -> Iterator[Finding]:
    """Lines between two rows that no row covers: `0.15.x` and `< 0.14` leave 0.14 undefined."""
    if any(row.rest == "all" for row in policy.rows):
        return
    rows = [row for row in policy_lines(policy) if row.kind != "sentence"][:_MAX_ROWS]
    for part in dict.fromkeys(row.component for row in rows):
        spans = [(each, row) for row in rows if row.component == part for each in row.ranges]
        for span, row in spans:
            below = [
                each.high
                for each, _ in spans
                if each.high is not None and span.low is not None and each.high <= span.low
            ]
            covered = any(_reaches(each, span.low) for each, _ in spans)
            if below and span.low is not None and not covered and (name := _line_between(max(below), span.low)):
                yield Finding(row.line, f"{name} is in no row.", f"Add a row for {name}, or widen a neighbour.")


def _reaches(span: Range, low: Key | None) -> bool:
    """Whether a range covers the versions just before `low`."""
    return low is None or ((span.low is None or span.low < low) and (span.high is None or span.high >= low))


def _line_between(high: Key, low: Key) -> str:
    """The name of the whole lines between two rows of the same size; "" where that cannot be told."""
    size = max(len(high[0]), len(low[0]))
    start, end = ((*key[0], 0, 0)[:size] for key in (high, low))
    if high[1] or low[1] or size > 2 or start[:-1] != end[:-1] or start[-1] >= end[-1]:
        return ""
    first, last = ".".join(map(str, start)), ".".join(map(str, (*end[:-1], end[-1] - 1)))
    return first if first == last else f"{first} to {last}"


def _contradicted(policy: Policy, history: ReleaseHistory) -> Iterator[Finding]:
    """Rows that another statement of the page contradicts, now that a newer release is out."""
    for row, other, version in contradictions(policy.rows[:_MAX_ROWS], history):
        newest = f": the newest release is {history.newest}" if history.newest and version != history.newest else ""
        problem = f"{quoted(row)} contradicts {quoted(other)} in line {other.line}{newest}."
        yield Finding(row.line, problem, "Bring the row up to date, or change the sentence.")


def _events(policy: Policy, today: date, history: ReleaseHistory) -> Iterator[Finding]:
    """Ends of support by a release: those whose release is out while the row still says supported, and undecidable ones."""
    for row in policy.rows[:_MAX_ROWS]:
        if row.event is None or row.mark == "no":
            continue
        if not row.event.decidable:
            problem = f"{quoted(row)} ends with “{row.event.text}”, which the project's releases cannot tell."
            yield Finding(row.line, problem, "Name the release that ends it, or give a date.")
            continue
        inside = [each for each in history.all if row.covers(each)]
        newest = max(inside, key=lambda each: each.key, default=None)
        came = outcome(row.event, row.covers(newest), newest, history, today) if newest is not None else None
        if came is not None and came.state == "past":
            problem = f"{quoted(row)} ends with “{row.event.text}”, and {came.by} has been released."
            yield Finding(row.line, problem, "Mark it as ended, or name another end.")


def _unlisted(policy: Policy, today: date, history: ReleaseHistory) -> Iterator[Finding]:
    """Released lines that no row is about."""
    lines: set[str] = set()
    for version in history.releases if policy.rows else ():
        name = line_of(version, history.lines)
        if name not in lines:
            lines.add(name)
            if judge(policy.rows, version, today, history) is None:
                yield Finding(0, f"{name} has been released ({version}) and is in no row.", f"Add a row for {name}.")
