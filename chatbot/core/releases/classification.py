"""What each release of a list is: its kind, its line, whether it is the newest or a backport, and what it fixes by evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chatbot.core.advisories.evidence import gather
from chatbot.core.advisories.identity import merge
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import has_tag
from chatbot.core.releases.backfill import backfilled
from chatbot.core.versions.kinds import Kind, counting_packages, kind_of
from chatbot.core.versions.tags.habits import Habits
from chatbot.core.versions.tags.listing import habits_of
from chatbot.core.versions.tags.tails import Build
from chatbot.core.versions.version import Key, LineStyle, Version, line_numbers, line_of, read_tag

_Line = tuple[
    str, int, tuple[int, ...]
]  # a package, a numbering and the numbers of a line in it; no numbers: all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """One release and what the list makes of it.

    `version` and `line` are None where the tag names no version or is none of the project's. `newest_in_line` and `newest` are
    per package, full releases before prereleases, and of each there is one; `backport`: a newer line of its package had a full
    release before it; `late`: an old one that was published late, and is no news.
    `security` and `out_of_band` stand on `evidence` (a sentence each) alone; `fixes` are the ids of standing advisories.
    """

    release: Release
    version: Version | None
    kind: Kind
    line: str | None
    newest_in_line: bool = False
    newest: bool = False
    backport: bool = False
    late: bool = False
    security: bool = False
    out_of_band: bool = False
    evidence: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()


_Rank = tuple[bool, tuple[int, Key, Build], bool, datetime, str]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A release with a version; `full` where neither the tag nor the project calls it a prerelease."""

    release: Release
    version: Version
    line: tuple[int, ...]
    full: bool

    @property
    def package(self) -> str:
        return self.version.package

    @property
    def rank(self) -> _Rank:
        """Full releases stand before prereleases, then the version decides, then that it is no edition of it (`-alpine`), then
        the time: no two releases are equal."""
        return self.full, self.version.order, not self.version.worded, self.release.published_at, self.release.tag

    @property
    def in_line(self) -> _Line:
        return self.package, self.version.numbering, self.line


def classify(
    releases: Sequence[Release],
    advisories: Sequence[Advisory],
    *,
    lines: LineStyle = "auto",
    tags: Sequence[str] = ("*",),
    exclude_tags: Sequence[str] = (),
    names: Sequence[str] = (),
    out_of_band_from: Severity = Severity.CRITICAL,
    declared: Mapping[str, str] | None = None,
) -> list[Classified]:
    """What each release is, in the order given; aliases among the advisories count as one.

    `tags` are globs of the project's releases, without those of `exclude_tags`: others have no version. `names` are the
    project's own, which name no package. `out_of_band_from` is the severity from which a security release is out of band.
    `declared` are maintainers' words by tag: `security` or `outofband`.
    """
    ours = [release for release in releases if has_tag(release.tag, tags, exclude_tags)]
    habits = habits_of(ours, [*names, *sorted(names_of(releases))])
    numbered = {id(release): item for release in ours if (item := _numbered(release, habits, lines))}
    versioned = list(numbered.values())
    in_line, overall = _newest(versioned, by_line=True), _newest(versioned, by_line=False)
    backports, rebuilds = _backports(versioned), _rebuilds(versioned)
    late = {id(versioned[at]) for at in backfilled([(item.release, item.version, item.full) for item in versioned])}
    counting = counting_packages((item.package, item.version, item.release.published_at) for item in versioned)
    published = gather(merge(advisories), (item.version for item in versioned), habits)
    items = []
    for release in releases:
        item = numbered.get(id(release))
        evidence = published.of(
            release,
            item.version if item else None,
            out_of_band_from=out_of_band_from,
            declared=(declared or {}).get(release.tag, ""),
        )
        classified = Classified(
            release=release,
            version=None,
            kind="unknown",
            line=None,
            security=evidence.security,
            out_of_band=evidence.out_of_band,
            evidence=evidence.sentences,
            fixes=evidence.fixes,
        )
        if item:
            kind = kind_of(item.version, prerelease=not item.full, counts=item.package in counting)
            classified = replace(
                classified,
                version=item.version,
                kind="patch" if kind in {"major", "minor"} and id(item) in rebuilds else kind,
                line=line_of(item.version, lines),
                newest_in_line=in_line[item.in_line] == item.rank,
                newest=overall[item.package, 0, ()] == item.rank,
                backport=id(item) in backports,
                late=id(item) in late,
            )
        items.append(classified)
    return items


def names_of(releases: Iterable[Release]) -> set[str]:
    """What the repository of the releases is called, with and without its owner."""
    names: set[str] = set()
    for release in releases:
        host, _, path = release.url.partition("://")[2].partition("/")
        owner, _, rest = path.partition("/")
        repository, _, page = rest.partition("/")
        if host and page.startswith("releases"):
            names |= {repository, f"{owner}/{repository}"}
    return names


def _numbered(release: Release, habits: Habits, lines: LineStyle) -> _Numbered | None:
    version = read_tag(release.tag, habits)
    if version is None:
        return None
    return _Numbered(release, version, line_numbers(version, lines), not (version.prerelease or release.prerelease))


def _newest(releases: Iterable[_Numbered], *, by_line: bool) -> dict[_Line, _Rank]:
    """The highest rank of each package, or of each of its lines."""
    best: dict[_Line, _Rank] = {}
    for item in releases:
        where = item.in_line if by_line else (item.package, 0, ())
        best[where] = max(best.get(where, item.rank), item.rank)
    return best


def _backports(releases: Iterable[_Numbered]) -> set[int]:
    """The identities of full releases before which a newer line of their package had a full release."""
    ids: set[int] = set()
    highest: dict[str, tuple[int, tuple[int, ...]]] = {}
    full = [item for item in releases if item.full]
    for item in sorted(full, key=lambda item: (item.release.published_at, item.version.order)):
        line = item.version.numbering, item.line
        if line < highest.get(item.package, line):
            ids.add(id(item))
        highest[item.package] = max(highest.get(item.package, line), line)
    return ids


def _rebuilds(releases: Iterable[_Numbered]) -> set[int]:
    """The identities of full releases before which another build or stage of the same version was published."""
    ids: set[int] = set()
    built: set[tuple[str, int, tuple[int, ...]]] = set()
    for item in sorted((item for item in releases if item.full), key=lambda item: item.rank[3:]):
        same = item.package, item.version.numbering, item.version.key[0]
        if same in built and (item.version.build[1] or len(item.version.key[1]) > 1):
            ids.add(id(item))
        built.add(same)
    return ids
