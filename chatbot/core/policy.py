"""A support policy as its page states it, and the status of a version on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chatbot.core.message import Block
from chatbot.core.policy_rows import Known, Range, Row, latest_covers
from chatbot.core.versions import LineStyle, Version

State = Literal["supported", "ended", "not_listed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A way to report: `kind` says whether `address` is an e-mail address, the private report form of the repository (its
    address may be empty: "the button in the Security tab"), or another web address. `after` is when a backup is due."""

    kind: Literal["email", "github", "url"]
    address: str
    preferred: bool = False
    backup: bool = False
    after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How fast the project promises to answer: a first acknowledgement, a detailed response, an update every so often, and
    the target for a fix or its publication. None where the page promises nothing."""

    acknowledge: timedelta | None = None
    detail: timedelta | None = None
    update: timedelta | None = None
    target: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what stands below it, up to the next heading of any level. `line` is the heading's, from 1."""

    heading: str
    level: int
    blocks: tuple[Block, ...]
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a page was read to say. What is not found is empty, never invented.

    `rows` are in page order, lists and sentences included. `readable` is False where the page could not be read at all, or
    is the unedited form of a template; `problem` is then the reason, one sentence.
    """

    rows: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()
    contacts: tuple[Contact, ...] = ()
    clocks: Clocks = Clocks()
    required: tuple[str, ...] = ()
    helpful: tuple[str, ...] = ()
    scope_in: tuple[str, ...] = ()
    scope_out: tuple[str, ...] = ()
    safe_harbour: str = ""
    disclosure: str = ""
    pgp: str = ""
    readable: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The answer for one version. `until` is inclusive, UTC. `stale`: the page still says supported after its own date.
    `row` is the row that decided, as written; `on` is the day that was asked about."""

    version: str
    state: State
    until: date | None = None
    stale: bool = False
    row: str | None = None
    reason: str
    on: date

    @property
    def days_left(self) -> int | None:
        """Days from `on` to the last supported day, 0 on that day; None without a date or where support has ended."""
        return (self.until - self.on).days if self.until is not None and self.state == "supported" else None


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: State
    row: Row | None
    reason: str
    stale: bool = False
    span: Range | None = None


def status(
    policy: Policy | None,
    version: Version | str,
    *,
    today: date,
    releases: Sequence[Version] | None = None,
    newest: Version | None = None,
    component: str = "",
    lines: LineStyle = "auto",
) -> Status:
    """The status of a version by the page on a day (UTC); a string is the name of a branch, such as `main`.

    `releases` and `newest` answer rules such as "only the latest release"; without them such a rule gives `unknown`. Pass the
    releases of the version's own package only. `component` chooses one table of a page of several.
    """
    known = Known(newest=newest, releases=tuple(releases or ()), lines=lines)
    verdict = _judge(policy, version, today, known, component)
    row = verdict.row
    return Status(
        version=str(version),
        state=verdict.state,
        until=row.until if row and verdict.state in ("supported", "ended") else None,
        stale=verdict.stale,
        row=row.text if row else None,
        reason=verdict.reason,
        on=today,
    )


def policy_lines(policy: Policy) -> tuple[Row, ...]:
    """The rows that name lines or versions, in page order: of tables and lists, else of sentences."""
    named = tuple(row for row in policy.rows if row.ranges)
    return tuple(row for row in named if row.kind != "sentence") or named


def row_state(row: Row, today: date) -> State:
    """What one row says of its versions on a day."""
    return _row_verdict(row, today).state


def line_style(policy: Policy | None) -> LineStyle:
    """The page's own idea of a line: "major" where its rows are `7.x, 6.x`, "major.minor" where they are `0.11.x`; "auto"
    where it has none."""
    sizes = set()
    for row in policy_lines(policy) if policy is not None else ():
        for each in row.ranges:
            if each.low is not None and each.high is not None:
                sizes.add(len(each.high[0]))
    if not sizes:
        return "auto"
    return "major" if sizes == {1} else "major.minor"


def _judge(policy: Policy | None, version: Version | str, today: date, known: Known, component: str) -> _Verdict:
    if policy is None:
        return _Verdict("unknown", None, "No security policy was found.")
    if not policy.readable:
        return _Verdict("unknown", None, policy.problem)
    rows = _of_component(policy.rows, component)
    if not rows:
        missing = f"The page says nothing of {component}." if policy.rows else "The page lists no versions."
        return _Verdict("unknown", None, missing)
    if isinstance(version, str):
        return _by_name(rows, version, today)
    firm = [row for row in rows if row.kind != "sentence"]
    found = _by_version(firm, version, today, known) if firm else None
    said = [row for row in rows if row.kind == "sentence" and (not firm or row.rest)]
    found = found or _by_version(said, version, today, known)
    if found is None:
        reason = f"No row of the page covers {version}."
        return _Verdict("not_listed", None, reason)
    return _about_prerelease(found, version)


def _of_component(rows: Sequence[Row], component: str) -> list[Row]:
    """The rows of one component's tables. Nothing asked for: all but those of container images, unless there is nothing else."""
    wanted = component.casefold()
    if wanted:
        chosen = [row for row in rows if row.component and wanted in row.component.casefold()]
        return chosen or [row for row in rows if not row.component]
    return list(rows)


def _by_name(rows: Iterable[Row], name: str, today: date) -> _Verdict:
    wanted = name.strip().casefold()
    for row in rows:
        if wanted in row.names:
            return _row_verdict(row, today)
    return _Verdict("not_listed", None, f"No row of the page names {name.strip()[:60] or 'that'}.")


def _by_version(rows: Sequence[Row], version: Version, today: date, known: Known) -> _Verdict | None:
    """The verdict of the most specific rows; None where no row speaks of the version."""
    direct: list[_Verdict] = []
    maybe: list[Row] = []
    implied: Row | None = None
    for row in rows:
        span = row.covers(version)
        covered = latest_covers(row.latest, version, known) if row.latest is not None else None
        if row.ranges and row.latest is not None and covered not in (None, span is not None):
            maybe.append(row)  # "the latest version, 1.8": what is written and what is newest have come apart
        elif span is not None:
            direct.append(_row_verdict(row, today, span))
        elif row.latest is not None and not row.ranges:
            if covered:
                direct.append(_row_verdict(row, today, Range(version.key, version.key)))
            elif covered is None:
                maybe.append(row)
            elif not row.latest.older and row.mark != "no" and _leaves_behind(row, version):
                implied = implied or row
    if direct:
        return _unless_newest_differs(_most_specific(direct), maybe)
    if maybe:
        return _Verdict(
            "unknown", maybe[0], "The page speaks of the latest release, and which that is is not known here."
        )
    return _from_rest(rows, version, today) or _behind(implied)


def _leaves_behind(row: Row, version: Version) -> bool:
    return row.latest is not None and (row.latest.within is None or row.latest.within.covers(version))


def _behind(row: Row | None) -> _Verdict | None:
    return None if row is None else _Verdict("ended", row, "The page supports only newer releases.")


def _from_rest(rows: Sequence[Row], version: Version, today: date) -> _Verdict | None:
    """What rows such as "all other versions" and "older" say of a version that no other row covers."""
    lows = [each.low for row in rows for each in row.ranges if each.low is not None]
    for row in rows:
        if row.rest == "all" or (row.rest == "older" and lows and version.key < min(lows)):
            return _row_verdict(row, today)
    return None


def _unless_newest_differs(found: _Verdict, maybe: Sequence[Row]) -> _Verdict:
    """A row about the newest of the same line, which may or may not be meant, takes the certainty away."""
    for row in maybe:
        inside = row.latest is not None and row.latest.within is not None
        if inside and found.row is not None and row.mark != found.row.mark:
            return _Verdict(
                "unknown", row, "The page singles out the newest release of the line, which is not known here."
            )
    return found


def _most_specific(verdicts: Sequence[_Verdict]) -> _Verdict:
    """The verdict of the narrowest range. Where two disagree and neither lies within the other, an ended "everything before"
    wins, and nothing else is certain."""
    best = [each for each in verdicts if not any(_narrower(other, each) for other in verdicts)]
    chosen = min(best, key=lambda each: each.row.until if each.row and each.row.until else date.max)
    if len({each.state for each in best}) == 1:
        if len({each.state for each in verdicts}) > 1:
            why = f"{chosen.reason} Other rows cover it too; the most specific one counts."
            return _Verdict(chosen.state, chosen.row, why, chosen.stale, chosen.span)
        return chosen
    for each in best:
        if each.state == "ended" and each.span is not None and each.span.low is None:
            return each
    return _Verdict("unknown", best[0].row, "Rows of the page contradict each other.")


def _narrower(one: _Verdict, other: _Verdict) -> bool:
    if one.span is None or other.span is None or one.span == other.span:
        return False
    return one.span.within(other.span)


def _about_prerelease(found: _Verdict, version: Version) -> _Verdict:
    if found.state == "supported" and version.prerelease:
        return _Verdict("unknown", found.row, "It is a prerelease, of which the page says nothing.")
    return found


def _row_verdict(row: Row, today: date, span: Range | None = None) -> _Verdict:
    """What a row says on a day: its word, and its date against the day."""
    passed = row.until is not None and today > row.until
    if row.mark == "no":
        return _Verdict("ended", row, "The page says that support has ended.", span=span)
    if passed and row.mark == "yes":
        why = f"The page still says supported, but its own date, {row.until}, has passed."
        return _Verdict("ended", row, why, stale=True, span=span)
    if passed:
        return _Verdict("ended", row, f"Support ended on {row.until}.", span=span)
    if row.mark == "yes" or (row.mark == "" and row.until is not None):
        why = f"Supported until {row.until}." if row.until else "The page says that it is supported."
        return _Verdict("supported", row, why, span=span)
    return _Verdict("unknown", row, "The page names it without saying whether it is supported.", span=span)
