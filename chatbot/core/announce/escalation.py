"""Why an advisory pings, and whether it got worse since its readers were pinged."""

from collections.abc import Collection
from dataclasses import dataclass

from chatbot.core.advisories.affected import concerns, holds, range_text
from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.versions.ranges.version_range import read_range
from chatbot.core.versions.version import Version

_SEVERITY, _EXPLOITED, _RANGE = "severity:", "exploited", "range:"
_RAISED_FROM, _AMONG = "raised from:", "among them:"  # only in what a follow-up notifies for: what it says


@dataclass(frozen=True, slots=True)
class Worse:
    """One thing that is worse than what readers were notified for: a sentence, and the reasons that its follow-up stores."""

    sentence: str
    reasons: frozenset[str]


def reasons(advisory: Advisory) -> frozenset[str]:
    """What the advisory notifies for as it stands: `severity:high`, `exploited`, `range:<text>`."""
    notified_for = {f"{_SEVERITY}{advisory.severity}"}
    if advisory.known_exploited:
        notified_for.add(_EXPLOITED)
    notified_for |= {f"{_RANGE}{words}" for item in advisory.affected if (words := range_text(item))}
    return frozenset(notified_for)


def worse(advisory: Advisory, notified_for: Collection[str], snapshot: ProjectSnapshot) -> tuple[Worse, ...]:
    """What is worse now than what readers were notified for; empty when nothing is."""
    points: list[Worse] = []
    before = max(
        (severity for severity in Severity if f"{_SEVERITY}{severity}" in notified_for), key=_rank, default=None
    )
    if before is not None and advisory.severity.rank > before.rank:
        since = "not stated" if before is Severity.UNKNOWN else str(before)
        change = frozenset({f"{_SEVERITY}{advisory.severity}", f"{_RAISED_FROM}{before}"})
        points.append(Worse(f"Its severity is now {advisory.severity}; it was {since}.", change))
    if advisory.known_exploited and _EXPLOITED not in notified_for:
        points.append(Worse("It is now known to be exploited.", frozenset({_EXPLOITED})))
    newly = _newly_affected(advisory, notified_for, snapshot)
    if newly:
        sentence = f"More versions are affected than announced before, {newly[-1].text} among them."
        ranges = frozenset(reason for reason in reasons(advisory) if reason.startswith(_RANGE))
        points.append(Worse(sentence, ranges | {f"{_AMONG}{newly[-1].text}"}))
    return tuple(points)


def raised(notified_for: Collection[str]) -> tuple[Severity, Severity] | None:
    """From which severity to which it was raised, by what a follow-up notifies for; None where it says nothing of that."""
    before = next((severity for severity in Severity if f"{_RAISED_FROM}{severity}" in notified_for), None)
    after = next((severity for severity in Severity if f"{_SEVERITY}{severity}" in notified_for), None)
    return (before, after) if before is not None and after is not None else None


def says_exploited(notified_for: Collection[str]) -> bool:
    """Whether a follow-up says that it is known to be exploited."""
    return _EXPLOITED in notified_for


def newly_affected(notified_for: Collection[str]) -> str:
    """The version that a follow-up names as newly affected; "" where it names none."""
    return next((reason.removeprefix(_AMONG) for reason in notified_for if reason.startswith(_AMONG)), "")


def _rank(severity: Severity) -> int:
    return severity.rank


def _newly_affected(advisory: Advisory, notified_for: Collection[str], snapshot: ProjectSnapshot) -> list[Version]:
    """The released versions that the ranges hold now and the ranges that readers know did not; none where those could not be
    read, or are of a package with version numbers of its own."""
    if all(reason in notified_for for reason in reasons(advisory) if reason.startswith(_RANGE)):
        return []  # its ranges are those that readers know
    then = [read_range(reason.removeprefix(_RANGE)) for reason in notified_for if reason.startswith(_RANGE)]
    if not then or None in then or advisory.id not in snapshot.own:
        return []
    versions = sorted(item.version for item in snapshot.releases.values() if item.version is not None)
    return [
        version
        for version in versions
        if any(concerns(entry, version) and holds(entry, version) for entry in advisory.affected)
        and not any(before is not None and before.contains(version) for before in then)
    ]
