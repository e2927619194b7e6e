"""What has drifted apart at a time, from what is known then."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from chatbot.core.advisories.identity import affects
from chatbot.core.drift.finding import OF_PAGE, Drift, DriftFinding, Kind
from chatbot.core.model.knowledge import taken_back
from chatbot.core.releases.classification import Classified
from chatbot.core.reminders.ends import statuses
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.covered import what_it_covers
from chatbot.core.support.lifecycle.drift import drift as lifecycle_drift
from chatbot.core.support.policy import Policy, Status, rows_of
from chatbot.core.support.reading import shortened
from chatbot.core.support.rows import Row
from chatbot.core.text.words import calendar_day
from chatbot.core.versions.version import Version

SOON = timedelta(days=14)  # before the end of support
PATIENCE = timedelta(
    days=1
)  # after the publication of an advisory: what is wrong in a new one is said at once, elsewhere
_MOST_ROWS = 200
_MOST_WORDS = 80

Lines = Sequence[tuple[Classified, Status]]


def drift_of(snapshot: ProjectSnapshot, policy: Policy | None, now: datetime) -> Drift:
    """The findings, and the kinds that cannot be judged now. Before the project was read once, nothing is found."""
    knowledge, today = snapshot.knowledge, now.date()
    if knowledge.baseline_at is None:
        return Drift(undecided=frozenset({*OF_PAGE, "advisory-without-fix"}))
    findings = list(_advisories_without_fix(snapshot, now))
    if policy is None or not policy.readable or policy.cut or knowledge.newer_unreadable is not None:
        return Drift(tuple(findings), OF_PAGE)
    undecided: frozenset[Kind] = frozenset()
    rows = rows_of(policy.rows, snapshot.project.component)[:_MOST_ROWS]
    if rows:
        lines = statuses(snapshot, policy, today)
        findings += [*_missing_lines(lines), *_outdated(rows, today), *_without_release(rows, snapshot)]
        findings += _ends_without_successor(lines, today)
    if any(contact.kind == "form" for contact in policy.contacts):
        if knowledge.private_form == "unknown":
            undecided = frozenset({"report-form-off"})
        elif knowledge.private_form == "off":
            findings.append(
                DriftFinding(
                    "report-form-off",
                    "form",
                    "The policy page sends reporters to the private report form, which is switched off.",
                    "Switch on private vulnerability reporting in the repository's settings, or name another way.",
                )
            )
    for each in lifecycle_drift(snapshot, policy, today):
        fix = "Answers follow your page. Correct whichever is wrong."
        findings.append(DriftFinding("second-source", each.cycle, each.sentence, fix))
    return Drift(tuple({each.key: each for each in reversed(findings)}.values())[::-1], undecided)


def _missing_lines(lines: Lines) -> Iterator[DriftFinding]:
    """Released lines in no row. All that are below the lowest listed one are one finding: one row names them."""
    in_rows = [at for at, (_, status) in enumerate(lines) if status.state in ("supported", "ended")]
    without_row = [(at, item) for at, (item, status) in enumerate(lines) if status.state == "not_listed" and item.line]
    older = [item for at, item in without_row if in_rows and at > in_rows[-1]]
    for at, item in without_row:
        if not in_rows or at < in_rows[-1]:
            problem = f"{item.line} has been released ({item.version}), and no row of the policy page covers it."
            yield DriftFinding("line-missing", str(item.line), problem, f"Add a row for {item.line}.")
    if older:
        above = lines[in_rows[-1]][0].line
        names = str(older[0].line) if len(older) == 1 else f"{older[-1].line} to {older[0].line}"
        verb = "was" if len(older) == 1 else "were"
        problem = f"{names} {verb} released, and no row of the policy page covers {'it' if verb == 'was' else 'them'}."
        yield DriftFinding("line-missing", "older", problem, f"Add a row < {above} that says no longer supported.")


def _outdated(rows: Sequence[Row], today: date) -> Iterator[DriftFinding]:
    for row in rows:
        if row.mark == "yes" and row.until is not None and row.until < today:
            problem = f"{_quoted(row)} says supported, but its own date, {calendar_day(row.until)}, has passed."
            yield DriftFinding("row-outdated", what_it_covers(row), problem, "Mark it as ended, or move the date.")


def _without_release(rows: Sequence[Row], snapshot: ProjectSnapshot) -> Iterator[DriftFinding]:
    """Rows that promise support of versions that do not exist. What lies below the oldest release may be older than the list."""
    versions = [
        item.version
        for tag, item in snapshot.releases.items()
        if item.version is not None and not item.version.package and not taken_back(snapshot.knowledge.releases[tag])
    ]
    oldest = min((version.key for version in versions), default=None)
    for row in rows:
        lows = [each.low for each in row.ranges]
        if oldest is None or row.kind != "table" or row.mark != "yes" or row.start is not None or not lows:
            continue
        if row.latest is not None or row.names or row.rest or any(low is None or low < oldest for low in lows):
            continue
        if not any(row.covers(version) for version in versions):
            problem = f"{_quoted(row)} says supported, but none of the releases is in it."
            fix = "Correct the version, or remove the row until its first release."
            yield DriftFinding("row-without-release", what_it_covers(row), problem, fix)


def _ends_without_successor(lines: Lines, today: date) -> Iterator[DriftFinding]:
    supported = [(item, status) for item, status in lines if status.state == "supported"]
    for at, (item, status) in enumerate(supported):
        end = status.until
        if end is None or not today <= end <= today + SOON:
            continue
        if not any(newer.until is None or newer.until > end for _, newer in supported[:at]):
            problem = f"Support of {item.line} ends on {calendar_day(end)}, and no newer line is supported after that."
            fix = "Move the date, or add a row for the line that follows."
            yield DriftFinding("end-without-successor", str(item.line), problem, fix)


def _advisories_without_fix(snapshot: ProjectSnapshot, now: datetime) -> Iterator[DriftFinding]:
    """The project's own advisories that hold its newest release while no release fixes them."""
    newest = _newest(snapshot)
    for name, advisory in sorted(snapshot.own.items()):
        reports = [each for own in advisory.ids for each in snapshot.reports.get(own, ()) if each.authoritative]
        if newest is None or advisory.withdrawn_at is not None or not reports or snapshot.fixing(advisory):
            continue
        if now - advisory.published_at >= PATIENCE and affects(advisory, newest, lines=snapshot.lines).state == "yes":
            problem = f"{name} ({advisory.severity}) has no released fix: {newest}, the newest release, is affected."
            fix = "Release a fix and name it as the patched version, or say in the advisory what to do until then."
            yield DriftFinding("advisory-without-fix", name, problem, fix)


def _newest(snapshot: ProjectSnapshot) -> Version | None:
    full = [item for item in snapshot.releases.values() if item.newest and item.kind != "prerelease"]
    versions = [item.version for item in full if item.version is not None and not item.version.package]
    return versions[0] if len(versions) == 1 else None


def _quoted(row: Row) -> str:
    return f"“{shortened(row.text, _MOST_WORDS)}”"
