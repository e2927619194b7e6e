"""A version: what a tag says, what comes before what, and which line it belongs to.

The order is the project's own: numbers first (missing ones count as 0), then dev < alpha < beta < pre < rc < the release itself
< its patches (`-1`, `p1`, `.post1`, a letter as in `2026-03b`). Words nobody knows after the numbers are a prerelease, as in
https://semver.org/#spec-item-9, unless nearly every release of the project carries them. What follows a `+` counts only
between versions that differ in nothing else.
"""

import functools
from dataclasses import dataclass, field, replace
from typing import Literal

from chatbot.core.versions.tags.grammar import split_tag
from chatbot.core.versions.tags.habits import PLAIN, Habits
from chatbot.core.versions.tags.tails import Build, Tail, is_unknown, split_tail
from chatbot.core.versions.upstream import upstream

LineStyle = Literal["auto", "major", "major.minor"]
Key = tuple[tuple[int, ...], Tail]

MAX_LENGTH = 128  # longer than any tag in use; GitHub's own limit is 250 bytes
_CACHED = 16_384
_YEARS = range(1990, 2100)
_DATED = {6, 8}  # digits of a month or a day written as one number: 202406, 20240612


@functools.total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version as read from a tag.

    - `text`: the version without prefix or package (`0.11.5`, `1.8-rc`, `2026-03b`)
    - `tag`: what was written
    - `package`: the part of a repository of several that it belongs to, "" where the tag names none or the project itself
    - `numbers`: its leading numbers; `written` are the same as text, with their zeros
    - `prerelease`: it comes before a release of the same numbers
    - `key`: its place in the order of one numbering
    - `build`: what tells it from others of the same key (`+rke2r2`, `-ls446` where each release carries it)
    - `numbering`: 0, or more where the project began to count again
    - `habits`: how its project writes tags, for reading what is compared with it
    - `package_of`: the whole text where somebody wrote a distribution's package of it (`1:9.2p1-2+deb12u3`)

    Two versions are equal when order and package are: `v1.0` and `1.0.0` are one version.
    """

    text: str
    tag: str
    package: str
    numbers: tuple[int, ...]
    prerelease: bool
    key: Key
    raw_numbers: tuple[str, ...] = field(repr=False)
    build: Build = ("", ())
    numbering: int = 0
    habits: Habits = field(default=PLAIN, repr=False)
    package_of: str = ""

    @property
    def order(self) -> tuple[int, Key, Build]:
        """Its place among all versions of its package."""
        return self.numbering, self.key, self.build

    @property
    def calendar(self) -> bool:
        """Whether the first number is a year, or a day or a month written as one number (`2024.06.12`, `20240612`)."""
        return self.numbers[0] in _YEARS or self.dated

    @property
    def dated(self) -> bool:
        """Whether the first number is a day or a month: what follows counts the releases of it."""
        first = self.raw_numbers[0]
        return len(first) in _DATED and int(first[:4]) in _YEARS

    @property
    def patched(self) -> bool:
        """Whether it carries more than its numbers and is no prerelease: `1.2.3-1`, `9.3p1`, `2026-03b`."""
        return not self.prerelease and self.key[1][0][0] > 0

    @property
    def worded(self) -> bool:
        """Whether words stand in it; of two versions of one place that one is an edition of the other (`2.4.1-alpine`)."""
        return any(letter.isalpha() for letter in self.text)

    @property
    def unsure(self) -> bool:
        """Whether a word after the numbers is none that is known here: `1.2.3-foo` may come before or after 1.2.3."""
        return is_unknown(self.key[1][0])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return (self.order, self.package) == (other.order, other.package)

    def __lt__(self, other: "Version") -> bool:
        return (self.order, self.package) < (other.order, other.package)

    def __hash__(self) -> int:
        return hash((self.order, self.package))

    def __str__(self) -> str:
        return self.text


@functools.lru_cache(maxsize=_CACHED)
def read_tag(tag: str, habits: Habits = PLAIN) -> Version | None:
    """Read a tag such as `v1.2.3`, `REL_16_2`, `@scope/pkg@1.2.3-rc.1` or `2026-03b`, by the habits of its project.

    None where it names no version: moving tags (`nightly`, `latest`), words, a pattern (`1.2.x`), more than 128 characters.
    """
    if not 0 < len(tag) <= MAX_LENGTH or not (parts := split_tag(tag, habits)):
        return None
    tail = split_tail(parts.tail, numbers=len(parts.numbers), stage=parts.stage, habits=habits)
    if tail is None:
        return None
    numbers = tuple(int(number) for number in parts.numbers)
    return Version(
        text=parts.text,
        tag=tag,
        package=parts.package,
        numbers=numbers,
        prerelease=tail.prerelease,
        key=(_trimmed(numbers), tail.steps),
        raw_numbers=parts.numbers,
        build=tail.build,
        numbering=habits.numbering(parts.package, numbers[0]),
        habits=habits,
    )


def _trimmed(numbers: tuple[int, ...]) -> tuple[int, ...]:
    end = len(numbers)
    while end > 1 and numbers[end - 1] == 0:
        end -= 1
    return numbers[:end]


def read_version(text: str, habits: Habits = PLAIN) -> Version | None:
    """Read what a person types: `0.11`, ` v0.11.5 `, `version 0.11.5`, a whole tag, or a distribution's package of a version.

    None where it is no single version (`0.11.x`, `latest`, `1.2.3 or later`), or where nobody can tell which one it is.
    """
    words = text[: 2 * MAX_LENGTH].split()
    if len(words) == 2 and words[0].casefold().rstrip(":") in {"v", "version", "release", "tag"}:
        del words[0]
    if len(words) != 1 or not (plain := upstream(words[0])):
        return None
    version = read_tag(plain, habits)
    return version if version is None or plain == words[0] else replace(version, package_of=words[0])


def is_named(name: Version, version: Version) -> bool:
    """Whether a name that tells no package means this version. A count of builds matters only where both have one."""
    numbering = version.habits.numbering(version.package, name.numbers[0])
    same = (numbering, name.key) == (version.numbering, version.key)
    return same and (name.build == version.build or not (name.build[1] and version.build[1]))


def line_of(version: Version, style: LineStyle = "auto") -> str:
    """The release line it belongs to, as the project writes its numbers: `0.11`, `16`, `2026-03`.

    `auto` is major.minor here; a project whose policy page thinks otherwise says so before (`core.policy`).
    """
    numbers = line_numbers(version, style)
    mark = "-" if version.text.startswith("-", len(version.raw_numbers[0])) and len(version.raw_numbers) > 1 else "."
    return mark.join(version.raw_numbers[: len(numbers)])


def line_numbers(version: Version, style: LineStyle = "auto") -> tuple[int, ...]:
    """The numbers of its line: equal for two versions of one package exactly when they are of one line."""
    return version.numbers[:1] if style == "major" else version.numbers[:2]
