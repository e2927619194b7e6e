"""Release lines as people subscribe to them: which releases a line has, and which line a version belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.core.recommend import by_version, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.subscription import Scope
from chatbot.core.support.by_releases import ProjectSupport
from chatbot.core.text import patterns
from chatbot.core.versions.tags.habits import fold
from chatbot.core.versions.version import Version, line_of, read_version

_PATTERN_OF_LINE = patterns.compile(r"(?:[._-][x*])+$", ignore_case=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A release line. It is told by its numbers alone, so that it stays what it is where a project calls something else a line.

    version: its numbers, read as a version
    package: the package that it belongs to; empty for any, which is right where a repository has only one
    """

    version: Version
    package: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.version.numbers

    @property
    def start(self) -> Version:
        """Its numbers as a version: below all that is published in it."""
        return replace(self.version, package=self.package)

    def holds(self, version: Version) -> bool:
        """Whether the version begins with the numbers of the line, in its package."""
        mine = not self.package or fold(version.package) == fold(self.package)
        return mine and version.numbers[: len(self.numbers)] == self.numbers


def read_line(snapshot: ProjectSnapshot, name: str) -> Line | None:
    """The line with a name such as `0.15`, `0.15.x` or `core 0.15`; None where it has no numbers."""
    package, _, numbers = _PATTERN_OF_LINE.sub("", name.strip()).rpartition(" ")
    version = read_version(numbers, snapshot.exposure.habits)
    return Line(version, package.strip() or version.package) if version is not None else None


def members(snapshot: ProjectSnapshot, line: Line) -> tuple[Classified, ...]:
    """Everything that was published in the line, the lowest first: what was taken back still runs, and so do prereleases."""
    return tuple(sorted((item for item in snapshot.releases.values() if _within(item, line)), key=by_version))


def _within(item: Classified, line: Line) -> bool:
    return item.version is not None and line.holds(item.version)


def version_of(snapshot: ProjectSnapshot, scope: Scope) -> Version | None:
    """The version of a scope; None where nobody can tell which one is meant (any more), and for other scopes."""
    return snapshot.look_up(scope.name).version if scope.kind == "version" else None


def line_scope(snapshot: ProjectSnapshot, scope: Scope) -> Scope | None:
    """The line that a scope belongs to, as a scope; itself where it is a line, None for a project."""
    if scope.kind == "line":
        return scope
    version = version_of(snapshot, scope)
    if version is None:
        return None
    return Scope("line", f"{version.package} {line_of(version, snapshot.lines)}".strip())


def of_package(snapshot: ProjectSnapshot, package: str) -> tuple[Classified, ...]:
    """The standing full releases of a package."""
    standing = [item for item in snapshot.releases.values() if stands(snapshot, item)]
    return tuple(item for item in standing if item.version is not None and item.version.package == package)


def newest_of(snapshot: ProjectSnapshot, line: Line) -> Version:
    """The version by which the support of a line is told: its newest full release; its numbers where it has none."""
    full = [item.version for item in members(snapshot, line) if item.version is not None and stands(snapshot, item)]
    return max(full, default=line.start)


def has_ended(support: ProjectSupport, version: Version, releases: Sequence[Classified]) -> bool:
    """Whether support of a version's line has ended. A line that the page does not list has ended if it lists a higher one:
    one above all that the page knows is too new for it. `releases` are those of its package."""
    state = support.of(version).state
    if state != "not_listed":
        return state == "ended"
    newer = [item.version for item in releases if item.version is not None and version < item.version]
    return any(support.of(other).state == "supported" for other in newer)
