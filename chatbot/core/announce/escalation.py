"""Why an advisory pings, and whether it got worse since its readers were pinged."""

from collections.abc import Collection

from chatbot.core.advisories.affected import concerns, holds, range_text
from chatbot.core.model.facts import Advisory, Severity
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.versions.ranges.version_range import read_range
from chatbot.core.versions.version import Version

_SEVERITY, _EXPLOITED, _RANGE = "severity:", "exploited", "range:"


def reasons(advisory: Advisory) -> frozenset[str]:
    """What the advisory notifies for as it stands: `severity:high`, `exploited`, `range:<text>`."""
    notified_for = {f"{_SEVERITY}{advisory.severity}"}
    if advisory.known_exploited:
        notified_for.add(_EXPLOITED)
    notified_for |= {f"{_RANGE}{words}" for item in advisory.affected if (words := range_text(item))}
    return frozenset(notified_for)


def worse(advisory: Advisory, notified_for: Collection[str], snapshot: ProjectSnapshot) -> tuple[str, ...]:
    """What is worse now than what readers were notified for, a sentence each; empty when nothing is."""
    sentences: list[str] = []
    before = max(
        (severity for severity in Severity if f"{_SEVERITY}{severity}" in notified_for), key=_rank, default=None
    )
    if before is not None and advisory.severity.rank > before.rank:
        since = "not stated" if before is Severity.UNKNOWN else str(before)
        sentences.append(f"Its severity is now {advisory.severity}; it was {since}.")
    if advisory.known_exploited and _EXPLOITED not in notified_for:
        sentences.append("It is now known to be exploited.")
    newly = _newly_affected(advisory, notified_for, snapshot)
    if newly:
        sentences.append(f"More versions are affected than was said, {newly[-1].text} among them.")
    return tuple(sentences)


def _rank(severity: Severity) -> int:
    return severity.rank


def _newly_affected(advisory: Advisory, notified_for: Collection[str], snapshot: ProjectSnapshot) -> list[Version]:
    """The released versions that the ranges hold now and the ranges that readers know did not; none where those could not be
    read, or are of a package with version numbers of its own."""
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
