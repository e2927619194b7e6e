"""Which lines have a role: those that are supported by today's policy, and those whose end nobody can tell any more."""

from collections.abc import Iterable
from datetime import datetime

from chatbot.core.line_roles.line_role import MOST
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project, Room
from chatbot.core.reminders.ends import statuses
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.ageing import line_has_ended
from chatbot.core.subscriptions.subscription import Scope
from chatbot.core.support.policy import Policy


def has_roles(project: Project, room: Room) -> bool:
    """Whether the project's lines get roles for the room: it wants them and watches security. Everybody in the server can read
    the names of its roles, so a project that is not public gets none."""
    return room.line_roles and project.public and project.id in room.projects and "security" in room.watch_filter.events


def lowest_pinged(project: Project, rooms: Iterable[Room]) -> Severity:
    """The least severity from which one of these rooms pings the roles of the project; critical where none does."""
    filters = [room.watch_filter for room in rooms if has_roles(project, room)]
    severities = [max(each.min_severity, each.mention_min_severity, key=_rank) for each in filters]
    return min(severities, key=_rank, default=Severity.CRITICAL)


def _rank(severity: Severity) -> int:
    return severity.rank


def supported_lines(snapshot: ProjectSnapshot, policy: Policy | None, now: datetime) -> tuple[str, ...]:
    """The lines that are supported today, the newest first, as far as they get a role."""
    lines = [item.line for item, status in statuses(snapshot, policy, now.date()) if status.state == "supported"]
    return tuple(line for line in lines if line)[:MOST]


def has_ended(snapshot: ProjectSnapshot, policy: Policy | None, line: str, now: datetime) -> bool:
    """Whether support of a line has certainly ended; never where nothing can be read now."""
    if policy is not None and (not policy.readable or policy.cut):
        return False
    return line_has_ended(snapshot, policy, Scope("line", line), now)
