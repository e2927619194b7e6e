"""The gate: every recommended version is a standing, published release, not called bad, that no known advisory affects."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chatbot.core.model.facts import Advisory
from chatbot.core.model.knowledge import taken_back
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.versions.tags.tails import Build
from chatbot.core.versions.version import Key, LineStyle, Version, line_numbers

_MOST_SINGLY = 4  # releases that are judged one by one
_MOST_DOUBTED = 8  # releases in doubt after which the search ends: an unreadable advisory puts all of them in doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """A release that passed the gate.

    release: the release to upgrade to
    version: its version
    doubts: advisories that may affect it, since their ranges cannot be read; every recommendation must name them
    """

    release: Classified
    version: Version
    doubts: tuple[Advisory, ...] = ()


def stands(snapshot: ProjectSnapshot, item: Classified) -> bool:
    """Whether it is published as a full release and was not removed: the part of the gate that needs no advisories."""
    tracked = snapshot.knowledge.releases.get(item.release.tag)
    there = tracked is not None and not taken_back(tracked)
    return there and item.version is not None and item.kind != "prerelease" and not item.release.prerelease


def may_stand(snapshot: ProjectSnapshot, item: Classified) -> bool:
    """Whether it stands, and its maintainers did not call it bad."""
    return stands(snapshot, item) and snapshot.control_of_release(item.release.tag).bad is None


def passes(snapshot: ProjectSnapshot, item: Classified) -> Recommended | None:
    """The gate. None for what must not be recommended: not published, removed, a prerelease, called bad by its maintainers, or
    known to be affected."""
    if item.version is None or not may_stand(snapshot, item):
        return None
    risk = snapshot.exposure.risk(item.version)
    return None if risk.affected else Recommended(release=item, version=item.version, doubts=risk.doubts)


def first(snapshot: ProjectSnapshot, candidates: Iterable[Classified]) -> Recommended | None:
    """The first candidate that passes the gate without doubts; else the first that passes; else None."""
    standing = [item for item in candidates if may_stand(snapshot, item)]
    doubted: list[Recommended] = []
    for number, item in enumerate(standing):
        if number == _MOST_SINGLY:  # mostly one of the first passes; where none does, all others are judged together
            snapshot.exposure.weigh_together([item.version for item in standing[number:] if item.version is not None])
        recommendation = passes(snapshot, item)
        if recommendation is not None and not recommendation.doubts:
            return recommendation
        doubted += [recommendation] if recommendation else []
        if len(doubted) >= _MOST_DOUBTED:
            break
    return doubted[0] if doubted else None


def newest(snapshot: ProjectSnapshot, releases: Sequence[Classified]) -> Recommended | None:
    """The highest of the releases that passes."""
    return first(snapshot, highest_first(releases))


def highest_first(releases: Iterable[Classified]) -> list[Classified]:
    """The releases, the highest first; a version comes before its editions (`2.4.1-alpine`)."""
    plain_first = sorted(releases, key=lambda item: item.version is not None and item.version.worded)
    return sorted(plain_first, key=by_version, reverse=True)


def onward(
    snapshot: ProjectSnapshot,
    version: Version,
    releases: Sequence[Classified],
    *,
    has_ended: Callable[[Version], bool],
) -> Recommended | None:
    """The release to upgrade to from a version: one above it that no known advisory affects.

    It is the newest of the version's own line if that is supported; else of the next line that is; if no line is, the newest
    of all. `has_ended` says whether the support of a version's line has ended; `releases` are those of one package.
    """
    above = [item for item in releases if item.version is not None and version < item.version]
    lines: dict[tuple[int, tuple[int, ...]], list[Classified]] = {}
    for item in highest_first(above):
        lines.setdefault(line_place(item.version or version, snapshot.lines), []).append(item)
    for turn, numbers in enumerate(sorted(lines, reverse=has_ended(version))):
        if turn == 1:  # the first line has nothing: all others are judged together
            snapshot.exposure.weigh_together([item.version for item in above if item.version is not None])
        recommendation = first(snapshot, lines[numbers])
        if recommendation is not None and not has_ended(recommendation.version):
            return recommendation
    return newest(snapshot, above)


def line_place(version: Version, lines: LineStyle) -> tuple[int, tuple[int, ...]]:
    """A sort key: the place of a version's line among all lines of its package."""
    return version.numbering, line_numbers(version, lines)


def by_version(item: Classified) -> tuple[int, Key, Build]:
    """A sort key: the place of a release in the order of versions."""
    return item.version.order if item.version is not None else (-1, ((), ()), ("", ()))
