"""A version: what a tag or a person's words say, what comes before what, and which line it belongs to.

The order is the project's own: numbers first (missing ones count as 0), then dev < alpha < beta < pre < rc < the release itself
< its patches (`-1`, `p1`, `.post1`, a letter as in `2026-03b`). Words nobody knows after the numbers are a prerelease, as in
https://semver.org/#spec-item-9; what follows a `+` does not count (item 10).
"""

import functools
from dataclasses import dataclass, field
from typing import Literal

from chatbot.core.tags import Tail, split_tag, split_tail

LineStyle = Literal["auto", "major", "major.minor"]
Key = tuple[tuple[int, ...], Tail]

MAX_LENGTH = 128  # longer than any tag in use; GitHub's own limit is 250 bytes
_CACHED = 16_384
_YEARS = range(1990, 2100)
_INSTANT = 8  # digits of a day written as one number, 20240612


@functools.total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version as read from a tag.

    `text` is the version without prefix or package (`0.11.5`, `1.8-rc`, `2026-03b`), `tag` what was written, `package` the
    part of a repository of several that it belongs to ("" where the tag names none), `numbers` its leading numbers,
    `written` the same as text, with their zeros. `key` is its place in the order, comparable with any other version's.
    Two versions are equal when order and package are: `v1.0` and `1.0.0` are one version.
    """

    text: str
    tag: str
    package: str
    numbers: tuple[int, ...]
    prerelease: bool
    key: Key
    written: tuple[str, ...] = field(repr=False)

    @property
    def calendar(self) -> bool:
        """Whether the first number is a year or a whole day (`2024.06.12`, `20240612`)."""
        first = self.written[0]
        return self.numbers[0] in _YEARS or (len(first) == _INSTANT and int(first[:4]) in _YEARS)

    @property
    def patched(self) -> bool:
        """Whether it carries more than its numbers and is no prerelease: `1.2.3-1`, `9.3p1`, `2026-03b`."""
        return not self.prerelease and len(self.key[1]) > 1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return self.key == other.key and self.package == other.package

    def __lt__(self, other: "Version") -> bool:
        return (self.key, self.package) < (other.key, other.package)

    def __hash__(self) -> int:
        return hash((self.key, self.package))

    def __str__(self) -> str:
        return self.text


@functools.lru_cache(maxsize=_CACHED)
def read_tag(tag: str) -> Version | None:
    """Read a tag such as `v1.2.3`, `REL_16_2`, `@scope/pkg@1.2.3-rc.1` or `2026-03b`.

    None where it names no version: moving tags (`nightly`, `latest`), words, a pattern (`1.2.x`), more than 128 characters.
    """
    if not 0 < len(tag) <= MAX_LENGTH or not (parts := split_tag(tag)):
        return None
    if (tail := split_tail(parts.tail, attached_ok=len(parts.numbers) > 1, stage=parts.stage)) is None:
        return None
    numbers = tuple(int(number) for number in parts.numbers)
    return Version(
        text=parts.text,
        tag=tag,
        package=parts.package,
        numbers=numbers,
        prerelease=tail[0][0] < 0,
        key=(_trimmed(numbers), tail),
        written=parts.numbers,
    )


def _trimmed(numbers: tuple[int, ...]) -> tuple[int, ...]:
    end = len(numbers)
    while end > 1 and numbers[end - 1] == 0:
        end -= 1
    return numbers[:end]


def read_version(text: str) -> Version | None:
    """Read what a person types: `0.11`, ` v0.11.5 `, `version 0.11.5`, or a whole tag.

    None where it is no single version: `0.11.x`, `latest`, `1.2.3 or later`.
    """
    words = text[: 2 * MAX_LENGTH].split()
    if len(words) == 2 and words[0].casefold().rstrip(":") in {"v", "version", "release", "tag"}:
        del words[0]
    return read_tag(words[0]) if len(words) == 1 else None


def line_of(version: Version, style: LineStyle = "auto") -> str:
    """The release line it belongs to, as the project writes its numbers: `0.11`, `16`, `2026-03`.

    `auto` is major.minor here; a project whose policy page thinks otherwise says so before (`core.policy`).
    """
    wanted = line_numbers(version, style)
    mark = "-" if version.text.startswith("-", len(version.written[0])) and len(version.written) > 1 else "."
    return mark.join(version.written[: len(wanted)])


def line_numbers(version: Version, style: LineStyle = "auto") -> tuple[int, ...]:
    """The numbers of its line: equal for two versions of one package exactly when they are of one line."""
    return version.numbers[:1] if style == "major" else version.numbers[:2]
