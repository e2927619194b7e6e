"""What a typed version refers to: a published release, a release line, or a version that was not published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatbot.core.model.message import Message
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.recommend import by_version, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.releases.lookup import Lookup
from chatbot.core.support.by_releases import ProjectSupport
from chatbot.core.text import patterns
from chatbot.core.versions.version import Version, line_of, read_version

_LINE = patterns.compile(r"(?P<numbers>.*[0-9])(?:[._-][x*])+", ignore_case=True)
_LONGEST = 256  # characters of what was typed; no version is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a typed version refers to.

    version: the version; for a line, its numbers
    releases: the standing full releases of its package
    release: the release with this version, removed or not; None for a line, and where there is none
    line: the name of the line if a line was typed (`2.1`), else ""
    members: the standing releases of that line, the lowest first
    note: a sentence on how the text was understood, "" where that is plain
    """

    version: Version
    releases: tuple[Classified, ...]
    release: Classified | None = None
    line: str = ""
    members: tuple[Classified, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """`2.1.x` for a line, else the version."""
        return f"{self.line}.x" if self.line else self.version.text


def resolve(context: QueryContext, text: str) -> Reference | Message:
    """What the text refers to; if it is neither a version nor a line, an answer that says so.

    A short version that several releases begin with is their line (`2.1` beside `2.1.0` and `2.1.4`), unless a release has
    exactly this version. `2.1.x` is always a line.
    """
    words = text.strip()[:_LONGEST]
    pattern = _LINE.fullmatch(words)
    plain = str(pattern["numbers"]) if pattern else words
    lookup = context.snapshot.look_up(plain)
    if lookup.version is None:
        return _unclear(lookup.problem)
    short = read_version(plain, lookup.version.habits) or lookup.version
    releases = tuple(of_package(context, lookup.version))
    members = () if pattern is None and not may_be_line(short, lookup) else members_of(short, lookup.version, releases)
    if pattern or members:
        version = replace(short, package=lookup.version.package, numbering=lookup.version.numbering)
        return Reference(version=version, releases=releases, line=".".join(short.raw_numbers), members=members)
    return Reference(version=lookup.version, releases=releases, release=lookup.release, note=lookup.note)


def may_be_line(short: Version, lookup: Lookup) -> bool:
    """Whether a typed version may mean a line: it has only numbers, and no release has exactly this version."""
    plain = not (short.prerelease or short.patched or (lookup.version is not None and lookup.version.package_of))
    return plain and (lookup.release is None or _shorter(short, lookup.release))


def members_of(line: Version, version: Version, releases: Iterable[Classified]) -> tuple[Classified, ...]:
    """The releases of a line, the lowest first."""
    return tuple(sorted((item for item in releases if _within(item, line, version)), key=by_version))


def _unclear(problem: str) -> Message:
    """The first sentence as the title."""
    first, _, rest = problem.partition(". ")
    return unsure(first.removesuffix("."), *((rest,) if rest else ()))


def of_package(context: QueryContext, version: Version) -> list[Classified]:
    """The standing full releases of the version's package."""
    standing = [item for item in context.snapshot.releases.values() if stands(context.snapshot, item)]
    return [item for item in standing if item.version is not None and item.version.package == version.package]


def _within(item: Classified, line: Version, version: Version) -> bool:
    """Whether the release is on the line: it begins with the same numbers and has more of them."""
    numbers = line.numbers
    if item.version is None or item.version.numbering != version.numbering:
        return False
    return len(item.version.numbers) > len(numbers) == _alike(item.version.numbers, numbers)


def _alike(one: Sequence[int], other: Sequence[int]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _shorter(version: Version, item: Classified) -> bool:
    return item.version is not None and len(version.numbers) < len(item.version.numbers)


class Support(ProjectSupport):
    """What the policy page says about the versions of one package, on the day of the question."""

    def __init__(self, context: QueryContext, releases: Sequence[Classified]) -> None:
        super().__init__(context.snapshot, context.policy, context.now.date(), releases)


def is_beyond(context: QueryContext, reference: Reference) -> bool:
    """Whether it is a version that was not published, above every one that is known: it does not exist."""
    if reference.line or reference.release is not None or not reference.releases:
        return False
    package = reference.version.package
    versions = [item.version for item in context.snapshot.releases.values() if item.version is not None]
    return all(version < reference.version for version in versions if version.package == package)


def known_lines(context: QueryContext, releases: Sequence[Classified]) -> list[str]:
    """The lines that have releases, the newest line first."""
    full = sorted(releases, key=by_version, reverse=True)
    return list(dict.fromkeys(line_of(item.version, context.snapshot.lines) for item in full if item.version))
