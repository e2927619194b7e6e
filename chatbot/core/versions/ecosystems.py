"""How each package ecosystem orders its versions; the only room that knows the version grammar library `univers`.

Semver is read here by https://semver.org/#spec-item-11, with missing and further numbers allowed, as the ecosystems do. Packagist
orders as PHP's version_compare, which is the order of `core.versions`. For the others we do not repeat what univers has.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chatbot.core.text import patterns
from chatbot.core.versions.tags.habits import PLAIN, Habits
from chatbot.core.versions.tags.tails import Build
from chatbot.core.versions.version import MAX_LENGTH, Key, Version, read_tag


class Place(Protocol):
    """A place in the order of one scheme; comparable with the places of the same scheme only."""

    def __lt__(self, other: Any, /) -> bool: ...


# What orders versions: the name of a scheme, or the habits of the project whose own order it is.
Scheme = str | Habits

PROJECT: Final = "project"
GIT: Final = "git"  # commits; nothing here can order them
_CACHED = 16_384

# Lower-cased ecosystem names of OSV (https://ossf.github.io/osv-schema/#defined-ecosystems) and GitHub, and their orders.
_SCHEMES: Final = {
    name: scheme
    for scheme, names in {
        "semver": "semver npm go golang crates.io cargo rust hex erlang pub actions github-actions swift swifturl julia",
        "pypi": "pypi pip",
        "maven": "maven",
        "rubygems": "rubygems gem",
        "packagist": "packagist composer drupal wordpress",
        "nuget": "nuget",
        "debian": "debian ubuntu deb echo minimos",
        "rpm": "rpm redhat opensuse suse almalinux rocky-linux mageia openeuler",
        "alpine": "alpine wolfi chainguard",
        GIT: "git",
    }.items()
    for name in names.split()
}
# Where the order is univers' business: the class, by the name of the scheme.
_FOREIGN: Final = {
    "pypi": "PypiVersion",
    "maven": "MavenVersion",
    "rubygems": "RubygemsVersion",
    "nuget": "NugetVersion",
    "debian": "DebianVersion",
    "rpm": "RpmVersion",
    "alpine": "AlpineLinuxVersion",
}
_DISTRIBUTIONS: Final = {"debian", "rpm", "alpine"}
_PLAIN = patterns.compile(r"[0-9A-Za-z][0-9A-Za-z.+~^:_!*-]*")
_SEMVER = patterns.compile(
    r"[v=]?(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?:-(?P<pre>[0-9a-z.-]+)|(?P<glued>[a-z][0-9a-z.-]*))?(?:\+.*)?",
    ignore_case=True,
)


def scheme_of(ecosystem: str) -> str:
    """The scheme that orders the versions of an ecosystem as OSV or GitHub name it (`Debian:11`, `pip`); the project's own
    order where the name is none of theirs."""
    name = ecosystem.partition(":")[0].strip().casefold().replace(" ", "-")
    return _SCHEMES.get(name, PROJECT)


@functools.lru_cache(maxsize=_CACHED)
def place(scheme: Scheme, text: str) -> Place | None:
    """Where a version stands in the order of a scheme; None where it cannot be read. Unknown schemes are the project's order."""
    text = text.strip()
    if not 0 < len(text) <= MAX_LENGTH:
        return None
    if isinstance(scheme, Habits):
        return _own(text, scheme)
    name = scheme if scheme in _SCHEMES.values() else _SCHEMES.get(scheme.casefold(), PROJECT)
    match name:
        case "semver":
            return _semver(text)
        case "git":
            return None
        case _ if name in _FOREIGN:
            return _foreign(_FOREIGN[name], text)
        case _:
            return _own(text, PLAIN)


def scheme_for(scheme: str, version: Version | str) -> Scheme:
    """What orders the versions of an entry where this version is asked about: its project's own habits where they count."""
    if isinstance(version, Version) and scheme_of(scheme) == PROJECT:
        return version.habits.of(version.package)
    return scheme


def text_for(scheme: Scheme, version: Version | str) -> str:
    """What a scheme reads: a version without its tag's prefix and package, the whole of a distribution's where the scheme is
    a distribution's, or the words as they are."""
    if isinstance(version, str):
        return version.strip()
    packaged = isinstance(scheme, str) and _SCHEMES.get(scheme.casefold(), scheme) in _DISTRIBUTIONS
    return version.package_of or version.text if packaged else version.text


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place in a project's own order. Builds that are counted in the same words are told apart; a version without such a
    count stands for all its builds: `1.24.10` is no less than `1.24.10+rke2r1`."""

    numbering: int
    key: Key
    build: Build

    def __lt__(self, other: "OwnPlace") -> bool:
        here, there = (self.numbering, self.key), (other.numbering, other.key)
        return here < there or (here == there and self.build[0] == other.build[0] and self.build[1] < other.build[1])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OwnPlace) or (self.numbering, self.key) != (other.numbering, other.key):
            return False
        return self.build == other.build or not (self.build[1] and other.build[1])

    def __hash__(self) -> int:
        return hash((self.numbering, self.key))


def _own(text: str, habits: Habits) -> OwnPlace | None:
    version = read_tag(text, habits)
    return OwnPlace(version.numbering, version.key, version.build) if version else None


def _semver(text: str) -> Place | None:
    match = _SEMVER.fullmatch(text)
    if not match:
        return None
    numbers = [int(number) for number in match["numbers"].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    pre = match["pre"] or match["glued"]
    if not pre:
        return (tuple(numbers), 1, ())
    steps = tuple((0, int(step), "") if step.isdigit() else (1, 0, step) for step in pre.split("."))
    return (tuple(numbers), 0, steps)


def _foreign(name: str, text: str) -> Place | None:
    plain = text[1:] if text[:1] in "vV" and text[1:2].isdigit() else text
    if not _PLAIN.fullmatch(plain) or (name != "MavenVersion" and not any(letter.isdigit() for letter in plain)):
        return None  # Maven knows `Finchley.RELEASE`; the others count
    return _reader(name)(plain)


@functools.cache
def _reader(name: str) -> Callable[[str], Place | None]:
    from univers import versions  # noqa: PLC0415 - takes 150 ms, and most projects have no package of a foreign ecosystem

    make = getattr(versions, name)

    def parse(text: str) -> Place | None:
        try:
            version = make(text)
            version < version  # noqa: B015, PLR0124 - some of its versions can be made but not compared
        except (ValueError, TypeError, AttributeError, IndexError, KeyError):
            return None
        else:
            return version  # type: ignore[no-any-return]  # univers has no types

    return parse
