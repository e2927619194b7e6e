"""What about an advisory calls people, and whether it got worse since they were called."""

from collections.abc import Collection

from chatbot.core.events import Advisory, Severity
from chatbot.core.picture import Picture
from chatbot.core.ranges import read_range
from chatbot.core.versions import Version

_SEVERITY, _EXPLOITED, _RANGE = "severity:", "exploited", "range:"


def points(advisory: Advisory) -> frozenset[str]:
    """What somebody who reads the advisory now has been told: `severity:high`, `exploited`, `range:<text>`."""
    told = {f"{_SEVERITY}{advisory.severity}"}
    if advisory.known_exploited:
        told.add(_EXPLOITED)
    told |= {f"{_RANGE}{item.package}|{item.range}" for item in advisory.affected if item.range}
    return frozenset(told)


def worse(advisory: Advisory, told: frozenset[str], picture: Picture) -> tuple[str, ...]:
    """What is worse now than what was told, a sentence each; nothing when nothing is."""
    sentences: list[str] = []
    before = max((Severity(point.removeprefix(_SEVERITY)) for point in told if point.startswith(_SEVERITY)), key=_rank)
    if advisory.severity.rank > before.rank:
        since = "not stated" if before is Severity.UNKNOWN else str(before)
        sentences.append(f"Its severity is now {advisory.severity}; it was {since}.")
    if advisory.known_exploited and _EXPLOITED not in told:
        sentences.append("It is now known to be exploited.")
    newly = _newly_affected(advisory, told, picture)
    if newly:
        sentences.append(f"More versions are affected than was said, {newly[-1].text} among them.")
    return tuple(sentences)


def _rank(severity: Severity) -> int:
    return severity.rank


def _newly_affected(advisory: Advisory, told: frozenset[str], picture: Picture) -> list[Version]:
    """Released versions that the ranges cover now and the told ones did not; none where either cannot be read."""
    now = {(item.package, item.range) for item in advisory.affected if item.range}
    then = {_parts(point) for point in told if point.startswith(_RANGE)}
    if not then or now == then:
        return []
    versions = sorted(item.version for item in picture.releases.values() if item.version is not None)
    was = _covered(then, versions)
    return [version for version in versions if version in _covered(now, versions) - was]


def _parts(point: str) -> tuple[str, str]:
    package, _, words = point.removeprefix(_RANGE).partition("|")
    return package, words


def _covered(ranges: Collection[tuple[str, str]], versions: Collection[Version]) -> set[Version]:
    found: set[Version] = set()
    for _, words in ranges:
        readable = read_range(words, "project")
        if readable is not None:
            found |= {version for version in versions if readable.contains(version)}
    return found
