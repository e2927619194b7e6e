"""A row of a support policy: which versions it covers, what it says about them, and which of two rows is more specific."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from chatbot.core.versions.tags.tails import Tail
from chatbot.core.versions.version import Key, LineStyle, Version, is_named

# "yes" and "no" are the page's own; "open" stands for a word that decides nothing (`best effort`, `planned`), "" for no word.
Mark = Literal["yes", "no", "open", ""]
Level = Literal["release", "minor", "major", "line"]
Rest = Literal["", "all", "older"]
Kind = Literal["table", "list", "sentence"]
Stage = Literal["", "pre", "all"]

_END = (0, 0, "")  # the last step of every tail of core.versions.tags
_START: Tail = ()  # before every tail: the first prerelease of these numbers, and all that follows


@dataclass(frozen=True, slots=True)
class Range:
    """The versions from `low` up to, not including, `high`, in the order of `Version.key`; None means no bound."""

    low: Key | None = None
    high: Key | None = None

    def covers(self, version: Version) -> bool:
        return (self.low is None or self.low <= version.key) and (self.high is None or version.key < self.high)

    def within(self, other: "Range") -> bool:
        """Whether every version of this one is also one of the other."""
        lower = other.low is None or (self.low is not None and self.low >= other.low)
        return lower and (other.high is None or (self.high is not None and self.high <= other.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """A rule that moves with every release, such as "the latest two minors".

    level: what is counted; "line" is what the project's settings call a line
    count: the newest so many
    skip: of these, the newest so many are left out (`the previous minor` has count 2, skip 1)
    within: the line that it is limited to (`Latest release in 7.x`)
    older: it means everything before them instead
    of_major: of these only those of the newest major ("the last five minors of the latest major")
    each: it means the newest of every line of this level ("the latest patch of each minor")
    """

    level: Level = "release"
    count: int = 1
    skip: int = 0
    within: Range | None = None
    older: bool = False
    of_major: bool = False
    each: Literal["", "major", "minor"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEvent:
    """An end of support that comes with a release instead of on a day: `until 8.4 is released`.

    text: the page's own words
    version: this release or any later one ends support
    level: the next release of this level after what the row names ends it; with neither, the releases cannot tell ("until
        the next LTS")
    since: support is counted from the first release of the version's own line of this level ("12 months after its release")
    months, days: how long support goes on after that release
    tentative: while no release is known, the row's status is uncertain
    """

    text: str
    version: Key | None = None
    level: Level | Literal[""] = ""
    since: Literal["", "major", "minor", "release"] = ""
    months: int = 0
    days: int = 0
    tentative: bool = False

    @property
    def moves_on(self) -> bool:
        """Whether it is no more than the next release, with which "the latest" means another one anyhow."""
        return self.version is None and self.level != "" and not (self.months or self.days or self.since)

    @property
    def decidable(self) -> bool:
        """Whether the project's releases can tell that it has happened."""
        return self.version is not None or self.level != "" or self.since != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, list item or sentence of the page.

    text: the row as written, its cells joined by ` | `
    label: the part that names versions
    line: its line in the page, from 1
    ranges, latest, names, rest: what it covers: ranges of versions, the latest ones, branches by name, or all others
    mark: whether these are supported
    start: the first supported day (UTC), where the page has one
    until: the last supported day (UTC)
    event: the release with which support ends
    component: the table that it is in, or the component that its own cell names
    only: nothing but what it covers is supported
    denies_before: what is older than these is not supported
    doubts: it promises nothing itself, but puts in doubt what other rows promise ("2.x only for customers")
    stage: "all" where it speaks of prereleases too, "pre" where it speaks of nothing else; other rows leave them open
    """

    text: str
    label: str
    line: int = 0
    kind: Kind = "table"
    ranges: tuple[Range, ...] = ()
    latest: Latest | None = None
    rest: Rest = ""
    names: frozenset[str] = frozenset()
    mark: Mark = ""
    start: date | None = None
    until: date | None = None
    event: EndEvent | None = None
    component: str = ""
    only: bool = False
    denies_before: Latest | None = None
    stage: Stage = ""
    doubts: bool = False

    def covers(self, version: Version) -> Range | None:
        """The narrowest of its ranges that covers the version."""
        return narrowest(each for each in self.ranges if each.covers(version))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHistory:
    """The project's known releases; a prerelease is never the latest. `published` holds the dates that are known."""

    newest: Version | None = None
    releases: tuple[Version, ...] = ()
    lines: LineStyle = "auto"
    published: Mapping[Version, date] = field(default_factory=dict)

    def newest_within(self, limit: Range | None) -> Version | None:
        return max((each for each in self.all if limit is None or limit.covers(each)), default=None)

    @property
    def all(self) -> tuple[Version, ...]:
        """Every full release that is known, the newest one included."""
        if self.newest is None:
            return tuple(each for each in self.releases if not each.prerelease)
        releases = (each for each in self.releases if not each.prerelease and each.order <= self.newest.order)
        return (*releases, self.newest)


def narrowest(ranges: Iterable[Range]) -> Range | None:
    """The range that lies within all the others that it can be compared with; None where there is none."""
    best = None
    for each in ranges:
        if best is None or each.within(best):
            best = each
    return best


def line_range(numbers: tuple[int, ...]) -> Range:
    """All versions that begin with these numbers: (5, 1) is `5.1.x`, prereleases included."""
    return Range(start_of(numbers), start_of((*numbers[:-1], numbers[-1] + 1)))


def exactly(version: Version) -> Range:
    """This version and its prereleases, and none of its patches."""
    if version.key[1] == (_END,):
        return Range(start_of(version.numbers), (version.key[0], (_END, _END)))
    return Range(version.key, (version.key[0], (*version.key[1], _END)))


def prereleases_of(version: Version) -> Range:
    """All prereleases of a version's numbers."""
    return Range(start_of(version.numbers), (version.key[0], (_END,)))


def start_of(numbers: tuple[int, ...]) -> Key:
    """The place in the order just before everything that has these numbers."""
    end = len(numbers)
    while end > 1 and numbers[end - 1] == 0:
        end -= 1
    return numbers[:end], _START


def latest_covers(latest: Latest, version: Version, history: ReleaseHistory) -> bool | None:
    """Whether the version is one of those that the rule means today; None where the known releases cannot tell."""
    if latest.within is not None and not latest.within.covers(version):
        return False
    newest = history.newest_within(latest.within)
    if newest is None or version.order > newest.order:
        return None
    among = _among(latest, version, newest, history)
    return among if among is None or not latest.older else not among


def _among(latest: Latest, version: Version, newest: Version, history: ReleaseHistory) -> bool | None:
    if version.numbering != newest.numbering:
        return False  # the project has begun a new numbering since
    if latest.of_major and version.numbers[0] != newest.numbers[0]:
        return False
    if latest.each and not _beside_newest(latest.each, version, newest):
        return _newest_of_own(latest, version, history)
    if is_named(version, newest):
        return latest.skip == 0
    if latest.level == "release":
        return _among_releases(latest, version, newest, history)
    level = latest.level if latest.level != "line" else ("major" if history.lines == "major" else "minor")
    size = 1 if level == "major" else 2
    own, top = _padded(version, size), _padded(newest, size)
    if own == top:
        # Before 1.0 many call 0.N a major version: only the newest minor is certainly of the newest "major".
        certain = level == "minor" or newest.numbers[0] > 0 or _padded(version, 2) == _padded(newest, 2)
        return latest.skip == 0 if certain else None
    older = (each for each in _of_numbering(history.releases, newest) if each.order <= newest.order)
    lines = sorted({_padded(each, size) for each in older} | {top}, reverse=True)
    if own in lines:
        return latest.skip <= lines.index(own) < latest.count
    if own[:-1] == top[:-1]:
        return latest.skip <= top[-1] - own[-1] < latest.count
    return False if top[-1] >= latest.count - 1 else None


def _beside_newest(level: str, version: Version, newest: Version) -> bool:
    size = 1 if level == "major" else 2
    return _padded(version, size) == _padded(newest, size)


def _newest_of_own(latest: Latest, version: Version, history: ReleaseHistory) -> bool | None:
    """False where a newer one of the version's own line is known; whether that line is supported, this rule leaves open."""
    own, size = (1 if latest.each == "major" else 2), (2 if latest.level == "minor" else 3)
    line = [each for each in history.all if _padded(each, own) == _padded(version, own)]
    newer = {_padded(each, size) for each in line if each.order > version.order} - {_padded(version, size)}
    return False if len(newer) >= latest.count else None


def _among_releases(latest: Latest, version: Version, newest: Version, history: ReleaseHistory) -> bool | None:
    if newest.numbers[: len(version.numbers)] == version.numbers and len(version.numbers) < len(newest.numbers):
        return None  # a line was asked for (`0.16`), of which only the newest release is meant
    if latest.count == 1:
        return False
    orders = sorted(
        {each.order for each in history.all if latest.within is None or latest.within.covers(each)}, reverse=True
    )
    if version.order in orders[: latest.count]:
        return True
    own, top = _padded(version, 2), _padded(newest, 2)
    if latest.skip and own[0] == top[0] and top[1] - own[1] >= latest.count:
        return False  # `previous stable`, be it a release or a line, is newer than that
    # "the last two releases" may mean releases or lines; support has certainly ended only for what is neither.
    lines = sorted(
        {_padded(each, 2) for each in _of_numbering(history.all, newest)} | {_padded(version, 2)}, reverse=True
    )
    return None if len(orders) < latest.count or _padded(version, 2) in lines[: latest.count] else False


def _of_numbering(versions: Iterable[Version], newest: Version) -> list[Version]:
    """The versions that have the numbering of the newest."""
    return [each for each in versions if each.numbering == newest.numbering]


def _padded(version: Version, size: int) -> tuple[int, ...]:
    return (*version.numbers, 0, 0)[:size]
