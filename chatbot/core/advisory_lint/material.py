"""What an advisory is compared with: the project's releases, which of its lines are supported, and which images are missing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chatbot.core.advisories.affected import concerns, is_about, runs
from chatbot.core.model.facts import Advisory, Affected
from chatbot.core.releases.classification import Classified
from chatbot.core.support.policy import Status
from chatbot.core.versions.ecosystems import Scheme, place, scheme_for
from chatbot.core.versions.ranges.version_range import Bound
from chatbot.core.versions.tags.habits import PLAIN, Habits
from chatbot.core.versions.version import LineStyle, Version, line_numbers

Run = tuple[tuple[Bound, ...], tuple[Bound, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Each part may be missing; what needs it is not looked for then.

    releases: the standing releases of the project, prereleases included
    status: what the policy says of a version today; None without a policy
    missing_images: by tag of a release, the names of images that are not there yet
    names: what the project is called, in lower case
    lines: what a release line is
    """

    releases: Sequence[Classified] = ()
    status: Callable[[Version], Status] | None = None
    missing_images: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    lines: LineStyle = "auto"

    def is_same_line(self, one: Version, other: Version) -> bool:
        """Whether two versions belong to one release line."""
        return line_numbers(one, self.lines) == line_numbers(other, self.lines)

    @property
    def versioned(self) -> list[tuple[Version, Classified]]:
        """The releases with a version, the lowest first."""
        pairs = [(item.version, item) for item in self.releases if item.version is not None]
        return sorted(pairs, key=lambda pair: (pair[0].order, pair[1].release.tag))

    @property
    def habits(self) -> Habits:
        """How the project writes its tags."""
        return next((item.version.habits for item in self.releases if item.version is not None), PLAIN)

    def scheme(self, entry: Affected) -> Scheme:
        """What orders the versions of an entry: the project's own habits, where they count."""
        version = next((item.version for item in self.releases if item.version is not None), "")
        return scheme_for(entry.scheme, version or "")

    def of_entry(self, advisory: Advisory, entry: Affected) -> list[tuple[Version, Classified]]:
        """The releases that an entry is about, the lowest first; none where that cannot be told.

        An advisory about several packages is about these releases only where it names them: their version numbers differ.
        """
        pairs = [(version, item) for version, item in self.versioned if concerns(entry, version)]
        about = [(version, item) for version, item in pairs if is_about(entry, version)]
        if about:
            return about
        if len({each.package.casefold() for each in advisory.affected}) > 1 and not self.is_ours(entry):
            return []
        return pairs if len({version.package for version, _ in pairs}) <= 1 else []

    def is_ours(self, entry: Affected) -> bool:
        """Whether the entry's package is called as the project is."""
        return entry.package.casefold() in self.names or last_part(entry.package) in self.names


def last_part(name: str) -> str:
    """`org.example:mail` and `github.com/org/mail` are called `mail`."""
    return name.replace(":", "/").rpartition("/")[2].casefold()


def within(run: Run, text: str, scheme: Scheme) -> bool:
    """Whether a run of affected versions holds a version; never where one of them cannot be read."""
    bounds = (*run[0], *run[1])
    if place(scheme, text) is None or any(not bound.line and place(scheme, bound.text) is None for bound in bounds):
        return False
    return all(bound.holds(text, scheme) for bound in bounds)


def runs_of(entry: Affected, scheme: Scheme) -> list[Run]:
    return list(runs(entry, scheme))


def package_of(advisory: Advisory, entry: Affected) -> str:
    """The package's name, where the advisory is about several."""
    return entry.package if len({each.package.casefold() for each in advisory.affected}) > 1 else ""
