"""When support of a project's lines ends, by its policy page as it stands, or by endoflife.date where the page says nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chatbot.core.model.lifecycle import Lifecycle
from chatbot.core.recommend import stands
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.by_releases import status_by_releases
from chatbot.core.support.covered import what_it_covers
from chatbot.core.support.lifecycle.status import lifecycle_status, says_nothing
from chatbot.core.support.policy import Policy, Status, rows_of
from chatbot.core.support.reading import statements
from chatbot.core.support.rows import Row

MOST_LINES = 40  # the newest lines are judged


@dataclass(frozen=True, slots=True)
class LineEnd:
    """What is said about the end of a line's support.

    until: the last supported day (UTC), None where none is stated
    has_ended: support has ended, or ends on `until` and that has passed
    is_unclear: the page says something that cannot be decided: nothing follows from it
    source: whose word it is, "" for the project's own page
    """

    until: date | None = None
    has_ended: bool = False
    is_unclear: bool = False
    source: str = ""


LineEnds = Mapping[str, LineEnd]


def statuses(snapshot: ProjectSnapshot, policy: Policy | None, today: date) -> list[tuple[Classified, Status]]:
    """The newest release of each line with its status on a day, the highest line first."""
    standing = [item for item in snapshot.releases.values() if item.version is not None and stands(snapshot, item)]
    full = [item for item in standing if item.version is not None and not item.version.package]
    newest = [(item.version, item) for item in full if item.newest_in_line and item.version is not None]
    component, lines = snapshot.project.component, snapshot.lines
    pairs = []
    for version, item in sorted(newest, key=lambda pair: pair[0], reverse=True)[:MOST_LINES]:
        status = None
        if says_nothing(policy) and (lifecycle := _lifecycle(snapshot)) is not None:
            status = lifecycle_status(lifecycle, version, today)
        if status is None:
            status = status_by_releases(policy, version, full, today=today, component=component, lines=lines)
        pairs.append((item, status))
    return pairs


def ends_by_line(snapshot: ProjectSnapshot, policy: Policy | None, today: date) -> LineEnds | None:
    """The end of each release line, by its name (`4.1`): for those who follow a line. None where nothing can be read now, which
    is no change."""
    if not _can_tell(snapshot, policy):
        return None
    return {item.line: _end(status) for item, status in statuses(snapshot, policy, today) if item.line}


def ends_by_statement(snapshot: ProjectSnapshot, policy: Policy | None, today: date) -> LineEnds | None:
    """The end of all that the page lists, by its own rows (`4.1.x`, `< 4.0`): for those who follow the project. None where
    nothing can be read now, which is no change."""
    if not _can_tell(snapshot, policy):
        return None
    if policy is None or says_nothing(policy):
        return _by_lifecycle(snapshot)
    judged = [status for _, status in statuses(snapshot, policy, today)]
    ends: dict[str, LineEnd] = {}
    for row in rows_of(statements(policy), snapshot.project.component):
        name = what_it_covers(row)
        end = _of_row(row, judged, today)
        ends[name] = end if ends.get(name, end) == end else LineEnd(is_unclear=True)
    return ends


def _can_tell(snapshot: ProjectSnapshot, policy: Policy | None) -> bool:
    """Whether what is missing is really not there. A page that nobody can read, or the rest of one that is longer than what is
    read, may say it."""
    if snapshot.knowledge.newer_unreadable is not None:
        return False
    return policy is None or (policy.readable and not policy.cut)


def _of_row(row: Row, judged: Iterable[Status], today: date) -> LineEnd:
    """What a row says, by the newest release that it decides about: other statements may contradict it. A row of a line
    without a release speaks for itself."""
    status = next((each for each in judged if each.row == row.text), None)
    if status is not None:
        return _end(status)
    if row.mark == "no":
        return LineEnd(has_ended=True)
    if row.mark == "open" or row.event is not None or not row.ranges:
        return LineEnd(is_unclear=True)
    return LineEnd(row.until, has_ended=row.until is not None and today > row.until)


def _end(status: Status) -> LineEnd:
    if status.state == "unknown":
        return LineEnd(is_unclear=True)
    source = status.source if status.source != "policy" else ""
    return LineEnd(status.until, has_ended=status.state != "supported", source=source)


def _by_lifecycle(snapshot: ProjectSnapshot) -> LineEnds:
    """By the second source, by its cycles; nothing where it was not asked about this product."""
    lifecycle = _lifecycle(snapshot)
    if lifecycle is None:
        return {}
    return {
        f"{cycle.name}.x" if cycle.name.replace(".", "").isdecimal() else cycle.name: LineEnd(
            cycle.until, has_ended=bool(cycle.has_ended), source=lifecycle.origin
        )
        for cycle in lifecycle.cycles
    }


def _lifecycle(snapshot: ProjectSnapshot) -> Lifecycle | None:
    """What the second source says of the product that is configured now."""
    lifecycle = snapshot.knowledge.lifecycle
    return lifecycle if lifecycle is not None and lifecycle.product == snapshot.project.endoflife else None
