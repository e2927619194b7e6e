"""What a look at an advisory finds: a code to go by, how grave it is, a sentence in the advisory's own words, and the fix."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["error", "warning"]
Code = Literal[
    "not-read-whole",
    "no-range",
    "unreadable-range",
    "unreadable-fix",
    "range-covers-fix",
    "range-leaves-gap",
    "duplicate-range",
    "no-patched-version",
    "no-release-in-range",
    "fix-not-released",
    "fix-is-prerelease",
    "fix-image-missing",
    "supported-line-without-fix",
    "text-contradicts-range",
    "no-severity",
    "no-cve",
]

# An error makes tools and people conclude something wrong, or nothing; a warning leaves something out.
LEVELS: Final[Mapping[Code, Level]] = {
    "not-read-whole": "warning",
    "no-range": "error",
    "unreadable-range": "error",
    "unreadable-fix": "error",
    "range-covers-fix": "error",
    "range-leaves-gap": "error",
    "duplicate-range": "warning",
    "no-patched-version": "warning",
    "no-release-in-range": "error",
    "fix-not-released": "error",
    "fix-is-prerelease": "warning",
    "fix-image-missing": "warning",
    "supported-line-without-fix": "error",
    "text-contradicts-range": "error",
    "no-severity": "warning",
    "no-cve": "warning",
}

_LONGEST = 120  # characters of an advisory's words in one sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change. `package` is the name of the package that it is about where the advisory is about several, else ""."""

    code: Code
    problem: str
    fix: str
    package: str = ""

    @property
    def level(self) -> Level:
        return LEVELS[self.code]


def quoted(words: str) -> str:
    """The advisory's words, on one line and not longer than a sentence bears."""
    line = " ".join(words.split())
    return f"“{line if len(line) <= _LONGEST else line[: _LONGEST - 2].rstrip() + ' …'}”"
