"""The kind of a release by its numbers alone: major, minor, patch or prerelease; a date says none."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

from chatbot.core.versions.version import Version

Kind = Literal["major", "minor", "patch", "prerelease", "unknown"]

_COUNTED = 1_000  # a number that stands alone and is as high counts something: nobody has made so many major releases
_LONG = 10_000  # the same of the first of several numbers
_SAME_DAY = timedelta(days=2)  # time zones, and a release made in the evening and published in the morning


def kind_of(version: Version | None, *, prerelease: bool = False, counts: bool = False) -> Kind:
    """x.0.0 is major, x.y.0 minor, anything more a patch; `prerelease` is the project's own mark.

    Of a calendar version, year.month is minor, what is added to it a patch; with three numbers it says nothing, unless the
    third is known to count (`counts`). A long number says nothing.
    """
    if version is None:
        return "unknown"
    if version.prerelease or prerelease:
        return "prerelease"
    if version.calendar:
        return _calendar_kind(version, counts=counts)
    if version.numbers[0] >= (_COUNTED if len(version.numbers) == 1 else _LONG):
        return "unknown"  # a revision, a build, a day in the project's own way of writing
    return _numeric_kind(version)


def _numeric_kind(version: Version) -> Kind:
    if any(version.numbers[2:]) or version.patched:
        return "patch"
    return "minor" if any(version.numbers[1:2]) else "major"


def _calendar_kind(version: Version, *, counts: bool) -> Kind:
    if (
        len(version.numbers) == 1
        or version.dated
        or (len(version.numbers) > 2 and not counts and _could_be_a_day(version))
    ):
        return "unknown"
    return "patch" if any(version.numbers[2:]) or version.patched else "minor"


def _could_be_a_day(version: Version) -> bool:
    return 1 <= version.numbers[1] <= 12


def counting_packages(dated: Iterable[tuple[str, Version, datetime]]) -> frozenset[str]:
    """The packages whose year.month.N counts: N was 0 or beyond 31, or most releases came on another day than they say.

    Each item is a package, a version of it, and when that was published (UTC).
    """
    votes: dict[str, list[bool]] = defaultdict(list)
    sure: set[str] = set()
    for package, version, published_at in dated:
        if not version.calendar or len(version.numbers) < 3 or not _could_be_a_day(version):
            continue
        day = _day(version)
        if day is None:
            sure.add(package)
        else:
            votes[package].append(abs(published_at - day) > _SAME_DAY)
    return frozenset(
        sure | {package for package, package_votes in votes.items() if 2 * sum(package_votes) > len(package_votes)}
    )


def _day(version: Version) -> datetime | None:
    """The noon of the day that the numbers would be; None where there is no such day, or a number is beyond any calendar."""
    try:
        year, month, day = version.numbers[:3]
        return datetime(year, month, day, 12, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
