"""Whether an advisory concerns what somebody subscribed to: by its published ranges, in the project's own order of versions.

A version counts by the range, also one that was never published. A line counts if the range holds any published version of it;
where nothing of it is known, if the range overlaps it. A project counts always. An advisory that is about a package with version
numbers of its own concerns the project, and none of its versions and lines: the two can't be compared.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatbot.core.advisories.identity import affects, fixes
from chatbot.core.advisories.line_reach import holds_a_part
from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions import ageing
from chatbot.core.subscriptions.lines import Line, members, read_line, version_of
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.support.policy import Policy
from chatbot.core.versions.version import Version

Concern = Literal["yes", "unreadable", "no"]
_ORDER = ("version", "line", "project")


@dataclass(frozen=True, slots=True)
class Match:
    """A scope that an advisory concerns.

    scope: the subscription's own, or one that it also covers by now
    state: `yes`, or `unreadable`: nobody can tell
    """

    scope: Scope
    state: Concern

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """A sort key: what is certain before what is in doubt, a version before a line, and what names no version last."""
        is_project = self.scope.kind == "project"
        return is_project, self.state != "yes", _ORDER.index(self.scope.kind), self.scope.name


def concern(snapshot: ProjectSnapshot, advisory: Advisory, scope: Scope) -> Concern:
    """Whether the advisory concerns the scope; a withdrawn one concerns nothing. `advisory` may be an earlier state of one."""
    if advisory.withdrawn_at is not None:
        return "no"
    if scope.kind == "project":
        return "yes"
    if not _is_own(snapshot, advisory):
        return "no"
    if scope.kind == "version":
        return _of_version(snapshot, advisory, version_of(snapshot, scope) or scope.name)
    line = read_line(snapshot, scope.name)
    return _of_line(snapshot, advisory, line) if line is not None else "unreadable"


def matches(
    snapshot: ProjectSnapshot, policy: Policy | None, advisory: Advisory, subscription: Subscription, now: datetime
) -> Match | None:
    """The best match of an advisory among all that a subscription covers by now, its severity included; None where it concerns
    nothing of it, or nobody wants to hear of one that is not worse."""
    candidates = [
        Match(scope, state)
        for scope in ageing.scopes(snapshot, policy, subscription, now)
        if is_severe(advisory, ageing.threshold(subscription, scope))
        and (state := concern(snapshot, advisory, scope)) != "no"
    ]
    return min(candidates, key=lambda match: match.rank, default=None)


def is_severe(advisory: Advisory, threshold: Severity) -> bool:
    """Whether its severity reaches the threshold; an unknown one reaches every threshold."""
    return advisory.severity is Severity.UNKNOWN or advisory.severity.rank >= threshold.rank


def affected_members(
    snapshot: ProjectSnapshot, advisory: Advisory, scope: Scope, state: Concern = "yes"
) -> tuple[Classified, ...]:
    """The releases of a line that the advisory affects (or of which nobody can tell), the lowest first."""
    line = read_line(snapshot, scope.name)
    there = members(snapshot, line) if line is not None else ()
    return tuple(
        item for item in there if item.version is not None and _of_version(snapshot, advisory, item.version) == state
    )


def _is_own(snapshot: ProjectSnapshot, advisory: Advisory) -> bool:
    """Whether it uses the project's versions."""
    return any(snapshot.names.get(name, name) in snapshot.own for name in advisory.ids)


def _of_version(snapshot: ProjectSnapshot, advisory: Advisory, version: Version | str) -> Concern:
    """By the range; one that states none leaves everybody in doubt. What is named as the fix of a range that nobody can read is
    in no doubt, if all of the advisory was read."""
    if not advisory.affected:
        return "unreadable"
    state = affects(advisory, version, lines=snapshot.lines).state
    if state == "unreadable" and not advisory.unread and fixes(advisory, version):
        return "no"
    return state


def _of_line(snapshot: ProjectSnapshot, advisory: Advisory, line: Line) -> Concern:
    versions = [item.version for item in members(snapshot, line) if item.version is not None]
    states = {_of_version(snapshot, advisory, version) for version in versions}
    if "yes" in states:
        return "yes"
    if not versions or snapshot.knowledge.gaps("release"):  # what was published there is not known
        states |= {_of_numbers(snapshot, advisory, line)}
    return "yes" if "yes" in states else "unreadable" if "unreadable" in states else "no"


def _of_numbers(snapshot: ProjectSnapshot, advisory: Advisory, line: Line) -> Concern:
    """By the numbers of the line alone: whether the range holds its beginning, or something that the advisory names of it."""
    state = _of_version(snapshot, advisory, line.version)
    return "yes" if state == "no" and holds_a_part(advisory, line.version) else state
