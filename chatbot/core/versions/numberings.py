"""Where a project began to count again: 2020.12.3 was followed by 3.0.0, and 3.1.0 is the newer one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.versions.tags.habits import nearest
from chatbot.core.versions.version import Version, line_numbers

_A_DAY = timedelta(days=1)
_MOST = 16  # first numbers that are looked at as the start of a numbering; no project counts again so often
_POURED = 4  # old releases that are published together are so many


@dataclass(frozen=True, slots=True)
class DatedVersion:
    """A full release of one package.

    - `made_at`: when it was made, which may be long before it was published
    - `dated`: a source says so; else it is the time of its publication
    """

    version: Version
    made_at: datetime
    dated: bool = False

    @property
    def first(self) -> int:
        return self.version.numbers[0]


def numberings(releases: Iterable[DatedVersion]) -> Mapping[int, int]:
    """The numbering of each first number, the earliest is 0; empty where there is only one.

    A first number that appears after higher ones begins a new numbering where all that was published since is lower, and it
    looks like a beginning. Else it is an old line that is still kept: a fix for 4.9 does not end 5.0.
    """
    ordered = sorted(releases, key=lambda each: (each.made_at, each.version.key))
    by_first: dict[int, list[DatedVersion]] = {}
    for each in ordered:
        by_first.setdefault(each.first, []).append(each)
    numbering_of: dict[int, int] = {}
    current, highest, tried = 0, -1, 0
    for first, group in by_first.items():
        if first < highest and tried < _MOST:
            tried += 1
            if _begins(
                group, ordered, {earlier for earlier, numbering in numbering_of.items() if numbering == current}
            ):
                current, highest = current + 1, first
                numbering_of[first] = current
                continue
        numbering_of[first] = nearest(first, numbering_of) if current else 0
        highest = max(highest, first) if numbering_of[first] == current else highest
    return numbering_of if current else {}


def _begins(group: Sequence[DatedVersion], releases: Sequence[DatedVersion], old: set[int]) -> bool:
    """Whether a lower first number begins to count again after the first numbers of the `old` numbering."""
    start = group[0]
    before = [each for each in releases if each.first in old and each.made_at <= start.made_at]
    if not before:
        return False
    peak = max(before, key=lambda each: each.version.key).version
    lines = {line_numbers(each.version) for each in before}
    later = [each.version for each in releases if each.made_at > start.made_at and each.first >= peak.numbers[0]]
    if any(line_numbers(version) not in lines for version in later):
        return False  # the old numbering goes on
    if peak.calendar and not start.version.calendar:
        return start.dated or not _poured(group)
    return _looks_first(start.version) and (start.dated or _grew(group))


def _looks_first(version: Version) -> bool:
    """`3.0.0`, `1.0`, `0.1.0`: what a project begins to count with."""
    first, second, *rest = (*version.numbers, 0)
    return (second <= 1) if first == 0 else not (second or any(rest))


def _poured(group: Sequence[DatedVersion]) -> bool:
    """Whether old releases were published together, with no word of when they were made."""
    return len(group) >= _POURED and group[-1].made_at - group[0].made_at < _A_DAY


def _grew(group: Sequence[DatedVersion]) -> bool:
    """Whether it was counted on from there as time went by."""
    versions = [each.version.key for each in group]
    return len(group) > 1 and versions == sorted(versions) and group[-1].made_at - group[0].made_at >= _A_DAY
