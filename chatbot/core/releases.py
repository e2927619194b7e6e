"""What each release of a list is: its kind, its line, whether it is the newest or a backport, and what it fixes by evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from chatbot.core.advisories import merge
from chatbot.core.events import Advisory, Release, Severity
from chatbot.core.evidence import gather
from chatbot.core.kinds import Kind, counting_packages, kind_of
from chatbot.core.versions import Key, LineStyle, Version, line_numbers, line_of, read_tag

_Line = tuple[str, tuple[int, ...]]  # a package and the numbers of one of its lines; without numbers: all its lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """One release and what the list makes of it.

    `version` and `line` are None where the tag names no version or is none of the project's. `newest_in_line` and `newest` are
    per package, full releases before prereleases; `backport`: a newer line of its package had a full release before it.
    `security` and `out_of_band` stand on `evidence` (a sentence each) alone; `fixes` are the ids of standing advisories.
    """

    release: Release
    version: Version | None
    kind: Kind
    line: str | None
    newest_in_line: bool = False
    newest: bool = False
    backport: bool = False
    security: bool = False
    out_of_band: bool = False
    evidence: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A release with a version; `full` where neither the tag nor the project calls it a prerelease."""

    release: Release
    version: Version
    package: str
    line: tuple[int, ...]
    full: bool

    @property
    def rank(self) -> tuple[bool, Key]:
        """Full releases stand before prereleases, then the version decides."""
        return self.full, self.version.key


def classify(
    releases: Sequence[Release],
    advisories: Sequence[Advisory],
    *,
    lines: LineStyle = "auto",
    tags: Sequence[str] = ("*",),
    out_of_band_from: Severity = Severity.CRITICAL,
    declared: Mapping[str, str] | None = None,
) -> list[Classified]:
    """What each release is, in the order given; aliases among the advisories count as one.

    `tags` are globs of the project's releases: others have no version. `out_of_band_from` is the severity from which a
    security release is out of band. `declared` are maintainers' words by tag: `security` or `outofband`.
    """
    numbered = [_numbered(release, tags, lines) for release in releases]
    known = [item for item in numbered if item]
    in_line, overall = _newest(known, by_line=True), _newest(known, by_line=False)
    backports = _backports(known)
    counting = counting_packages((item.package, item.version, item.release.published_at) for item in known)
    published = gather(merge(advisories))
    found = []
    for release, item in zip(releases, numbered, strict=True):
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
            classified = replace(
                classified,
                version=item.version,
                kind=kind_of(item.version, prerelease=not item.full, counts=item.package in counting),
                line=line_of(item.version, lines),
                newest_in_line=in_line[item.package, item.line] == item.rank,
                newest=overall[item.package, ()] == item.rank,
                backport=id(item) in backports,
            )
        found.append(classified)
    return found


def _numbered(release: Release, tags: Sequence[str], lines: LineStyle) -> _Numbered | None:
    version = read_tag(release.tag) if any(fnmatchcase(release.tag, glob) for glob in tags) else None
    if version is None:
        return None
    full = not (version.prerelease or release.prerelease)
    return _Numbered(release, version, _package(release, version), line_numbers(version, lines), full)


def _package(release: Release, version: Version) -> str:
    """The package of a release; the one that is called as its repository is the same as tags without a package."""
    address = release.url.split("/")
    repository = address[4] if len(address) > 4 else ""
    return "" if version.package.casefold() == repository.casefold() else version.package


def _newest(known: Iterable[_Numbered], *, by_line: bool) -> dict[_Line, tuple[bool, Key]]:
    """The highest rank of each package, or of each of its lines."""
    best: dict[_Line, tuple[bool, Key]] = {}
    for item in known:
        where = (item.package, item.line if by_line else ())
        best[where] = max(best.get(where, item.rank), item.rank)
    return best


def _backports(known: Iterable[_Numbered]) -> set[int]:
    """The identities of full releases before which a newer line of their package had a full release."""
    found: set[int] = set()
    highest: dict[str, tuple[int, ...]] = {}
    full = [item for item in known if item.full]
    for item in sorted(full, key=lambda item: (item.release.published_at, item.version.key)):
        if item.line < highest.get(item.package, item.line):
            found.add(id(item))
        highest[item.package] = max(highest.get(item.package, item.line), item.line)
    return found
