"""Which releases are old ones that were published late: they are a gap that was filled, and no news."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.core.model.facts import Release
from chatbot.core.versions.version import Version

_YEARS_OLD = timedelta(days=365)  # between the commit and its publication: nobody waits so long with news
_OLD = timedelta(
    days=30
)  # the same where newer versions were out already; what comes out together comes out in any order
_SOME = 3  # releases that must be known before one can be far below them

_Numbers = tuple[int, ...]
_Mark = tuple[int, _Numbers]  # a numbering and numbers in it


@dataclass(slots=True)
class _Before:
    """The full releases of one package that were published before.

    - `count`: how many
    - `highest`: the highest version
    - `lowest`: its line and numbering, the lowest that there was
    - `siblings`: the versions that differ in the last number only, each with its time, by the numbers that they share
    """

    count: int = 0
    highest: Version | None = None
    lowest: _Mark | None = None
    siblings: dict[_Mark, list[tuple[datetime, Version]]] = field(default_factory=dict)


def backfilled(releases: Sequence[tuple[Release, Version, bool]]) -> frozenset[int]:
    """The places in the list of old releases that were published late. Each item is a release, its version, and whether it
    is a full one."""
    ids: set[int] = set()
    packages: dict[str, _Before] = {}
    ordered = sorted(enumerate(releases), key=lambda item: (item[1][0].published_at, item[1][1].order))
    for at, (release, version, full) in ordered:
        before = packages.setdefault(version.package, _Before())
        if _is_late(release, version, before, full=full):
            ids.add(at)
        if full:
            _remember(before, release, version)
    return frozenset(ids)


def _is_late(release: Release, version: Version, before: _Before, *, full: bool) -> bool:
    waited = release.published_at - release.created_at if release.created_at else None
    older = before.highest is not None and version.order < before.highest.order
    if waited is not None and waited >= (_OLD if older else _YEARS_OLD):
        return True
    if not older or not full:
        return False  # `0.0.0-nightly` is as low as ever
    passed = (at for at, other in before.siblings.get(_family(version), ()) if version.order < other.order)
    if any(release.published_at - at >= _OLD for at in passed):
        return True  # 1.0.3 after 1.0.7
    return waited is None and before.count >= _SOME and _far_below(version, before.lowest)


def _far_below(version: Version, lowest: _Mark | None) -> bool:
    """Whether its line is lower than every line before, and not the next lower one."""
    if lowest is None or version.numbering != lowest[0]:
        return False
    here, there = _line(version), lowest[1]
    return here[0] < there[0] or (here[0] == there[0] and here[1] < there[1] - 1)


def _remember(before: _Before, release: Release, version: Version) -> None:
    before.count += 1
    if before.highest is None or before.highest.order < version.order:
        before.highest = version
    mark = (version.numbering, _line(version))
    before.lowest = mark if before.lowest is None else min(before.lowest, mark)
    siblings = before.siblings.setdefault(_family(version), [])
    if not siblings or siblings[-1][1].order < version.order:  # the lower ones that come later pass nothing
        siblings.append((release.published_at, version))


def _line(version: Version) -> _Numbers:
    return (*version.numbers, 0)[:2]


def _family(version: Version) -> _Mark:
    return version.numbering, (len(version.numbers), *version.numbers[:-1])
