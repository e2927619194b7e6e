"""What a project's facts add up to: each release classified, each advisory bound to the releases that fix it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

from chatbot.core.advisories.exposure import Exposure, expose
from chatbot.core.advisories.identity import merge
from chatbot.core.maintainers.controls import NO_CONTROLS, Control, Controls
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.knowledge import Knowledge, Tracked, taken_back
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import LineStyle, Project
from chatbot.core.releases.classification import Classified, classify
from chatbot.core.releases.lookup import Lookup, look_up
from chatbot.core.versions.tags.habits import PLAIN, Habits

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSnapshot:
    """Everything that an announcement depends on.

    lines: the style of release lines
    releases: by tag, removed ones included
    newest_then: by tag, the newest full release when that tag was published, possibly itself: what an announcement says
        about a backport stays true
    advisories: by main id, one for all aliases
    own: those that use the project's versions, not those of a package with version numbers of its own
    exposure: which of these affect a version
    fixers: by advisory id, the standing releases that fix it, the first published first
    reports: by any id, the tracked advisories with that id
    names: by any id, the main id of its advisory
    controls: what the maintainers decided about announcements
    worked_out: what announcements found out about it, by what and of what; each is worked out once for a plan
    """

    project: Project
    knowledge: Knowledge
    lines: LineStyle
    releases: Mapping[str, Classified]
    newest_then: Mapping[str, Classified]
    advisories: Mapping[str, Advisory]
    own: Mapping[str, Advisory]
    exposure: Exposure
    fixers: Mapping[str, tuple[Classified, ...]]
    reports: Mapping[str, tuple[Tracked[Advisory], ...]]
    names: Mapping[str, str]
    controls: Controls = NO_CONTROLS
    worked_out: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, what: str, of: str, work: Callable[[], T]) -> T:
        """What `work` returns, which follows from the snapshot alone: it is done once, and nobody may change it."""
        key = what, of
        if key not in self.worked_out:
            self.worked_out[key] = work()
        value: T = self.worked_out[key]
        return value

    def control_of_release(self, tag: str) -> Control:
        """What the maintainers decided about a release."""
        return self.controls.of(str(SubjectId("release", self.project.id, tag)))

    def control_of_advisory(self, advisory: Advisory) -> Control:
        """What the maintainers decided about an advisory, under any of its ids."""
        ids = (advisory.id, *sorted(advisory.ids - {advisory.id}))
        return self.controls.of(*(str(SubjectId("advisory", self.project.id, name)) for name in ids))

    def fixed_by(self, tag: str) -> tuple[Advisory, ...]:
        """The advisories that this release fixes, the worst first, without withdrawn ones."""
        advisories = [self.advisories[name] for name in self.releases[tag].fixes if name in self.advisories]
        standing = [advisory for advisory in advisories if advisory.withdrawn_at is None]
        return tuple(sorted(standing, key=lambda advisory: (-advisory.severity.rank, advisory.id)))

    def fixing(self, advisory: Advisory) -> tuple[Classified, ...]:
        """The standing releases that fix the advisory, the first published first."""
        return self.fixers.get(advisory.id, ())

    def renumbered(self) -> tuple[tuple[Classified, Classified], ...]:
        """For each package that began a new numbering: the highest release before, and the first one of the new numbering."""
        full = [item for item in self.releases.values() if item.version is not None and item.kind != "prerelease"]
        pairs = []
        for newest in (item for item in full if item.newest and item.version and item.version.numbering):
            ranked = [(item.version.order, item) for item in full if item.version and _same_package(item, newest)]
            last = newest.version.numbering if newest.version else 0
            old = max((each for each in ranked if each[0][0] == last - 1), key=lambda each: each[0], default=None)
            new = min((item for order, item in ranked if order[0] == last), key=lambda item: item.release.published_at)
            pairs += [(old[1], new)] if old else []
        return tuple(pairs)

    def look_up(self, text: str) -> Lookup:
        """The version that a typed text means, and its release."""
        return look_up(text, self.releases.values())

    def severity(self, tag: str) -> Severity:
        """The worst severity that this release fixes; unknown where none was published."""
        fixed = self.fixed_by(tag)
        return fixed[0].severity if fixed else Severity.UNKNOWN

    def canonical(self, subject: str) -> str:
        """The subject under the main id of its advisory; other subjects stay as they are."""
        start = f"advisory/{self.project.id}/"
        name = subject.removeprefix(start)
        if not subject.startswith(start) or name in self.advisories:
            return subject
        return start + self.names.get(name, name)

    def touched_with(self, subjects: frozenset[str]) -> frozenset[str]:
        """The subjects and those bound to them: an advisory's releases, a release's advisories."""
        touched = set(subjects)
        for tag, item in self.releases.items():
            release = str(SubjectId("release", self.project.id, tag))
            for name in item.fixes:
                advisory = str(SubjectId("advisory", self.project.id, name))
                if release in subjects or advisory in subjects:
                    touched |= {release, advisory}
        return frozenset(touched)


def build_snapshot(
    project: Project, knowledge: Knowledge, *, lines: LineStyle = "auto", controls: Controls = NO_CONTROLS
) -> ProjectSnapshot:
    """Build the snapshot. `lines` is the policy page's line style, used where the project's settings leave it open;
    `controls` are the maintainers' words.
    """
    style = lines if project.lines == "auto" else project.lines
    advisories = merge([_standing(tracked) for tracked in knowledge.advisories.values()])
    if controls.by_subject:
        advisories = tuple(_with_word(advisory, project, controls) for advisory in advisories)
    declared = _declared(project, controls)
    reports = _reports(knowledge)
    own = {advisory.id: advisory for advisory in advisories if _is_own(advisory, project, reports)}

    def classified(facts: Iterable[Tracked[Release]]) -> dict[str, Classified]:
        items = classify(
            [tracked.fact for tracked in facts],
            tuple(own.values()),
            lines=style,
            tags=project.tags,
            exclude_tags=project.exclude_tags,
            names=(project.repository.rpartition("/")[2], project.repository, project.id, project.name),
            out_of_band_from=project.out_of_band_from,
            declared=declared,
        )
        return {item.release.tag: item for item in items}

    facts = knowledge.releases.values()
    releases = classified(tracked for tracked in facts if not tracked.removal_confirmed)
    standing = (
        classified(tracked for tracked in facts if not taken_back(tracked)) if any(map(taken_back, facts)) else releases
    )
    if len(standing) < len(facts):  # a removed release keeps its classification, but is never the newest
        everything = classified(facts) if len(releases) < len(facts) else releases
        releases = {
            tag: replace(
                releases.get(tag) or item,
                newest=tag in standing and standing[tag].newest,
                newest_in_line=tag in standing and standing[tag].newest_in_line,
            )
            for tag, item in everything.items()
        }
    return ProjectSnapshot(
        project=project,
        knowledge=knowledge,
        lines=style,
        releases=releases,
        newest_then=_newest_then(releases, knowledge),
        advisories={advisory.id: advisory for advisory in advisories},
        own=own,
        exposure=expose(own.values(), style, _habits(releases.values())),
        fixers=_fixers(releases, knowledge),
        reports=reports,
        names={name: advisory.id for advisory in reversed(advisories) for name in advisory.ids},
        controls=controls,
    )


def _with_word(advisory: Advisory, project: Project, controls: Controls) -> Advisory:
    """The advisory; known to be exploited where a maintainer said so."""
    if advisory.known_exploited:
        return advisory
    names = (str(SubjectId("advisory", project.id, name)) for name in sorted(advisory.ids))
    said = any(controls.of(name).exploited for name in names)
    return replace(advisory, known_exploited=True, exploited_by_word=True) if said else advisory


def _declared(project: Project, controls: Controls) -> dict[str, str]:
    """What the maintainers said of releases, by tag."""
    start = str(SubjectId("release", project.id, ""))
    return {
        subject.removeprefix(f"{start}/"): control.declared
        for subject, control in controls.by_subject.items()
        if control.declared and subject.startswith(f"{start}/")
    }


def _habits(releases: Iterable[Classified]) -> Habits:
    return next((item.version.habits for item in releases if item.version is not None), PLAIN)


def _reports(knowledge: Knowledge) -> dict[str, tuple[Tracked[Advisory], ...]]:
    reports: dict[str, list[Tracked[Advisory]]] = {}
    for tracked in knowledge.advisories.values():
        for name in tracked.fact.ids:
            reports.setdefault(name, []).append(tracked)
    return {name: tuple(items) for name, items in reports.items()}


def _fixers(releases: Mapping[str, Classified], knowledge: Knowledge) -> dict[str, tuple[Classified, ...]]:
    fixers: dict[str, list[Classified]] = {}
    for tag, item in sorted(releases.items(), key=lambda pair: (pair[1].release.published_at, pair[0])):
        if not taken_back(knowledge.releases[tag]):
            for name in item.fixes:
                fixers.setdefault(name, []).append(item)
    return {name: tuple(items) for name, items in fixers.items()}


def _same_package(one: Classified, other: Classified) -> bool:
    return one.version is not None and other.version is not None and one.version.package == other.version.package


def _is_own(advisory: Advisory, project: Project, reports: Mapping[str, Sequence[Tracked[Advisory]]]) -> bool:
    """Whether it uses the project's versions: the project published it itself, or its package has the project's name."""
    if not project.packages or any(report.authoritative for name in advisory.ids for report in reports.get(name, ())):
        return True
    names = {project.repository.rpartition("/")[2].casefold(), project.repository.casefold()}
    return any(entry.package.casefold() in names for entry in advisory.affected)


def _standing(tracked: Tracked[Advisory]) -> Advisory:
    """The advisory; one whose removal was confirmed counts as withdrawn."""
    if tracked.removal_confirmed and tracked.fact.withdrawn_at is None:
        return replace(tracked.fact, withdrawn_at=tracked.missing_since or tracked.changed_at)
    return tracked.fact


def _newest_then(releases: Mapping[str, Classified], knowledge: Knowledge) -> dict[str, Classified]:
    """By tag, the newest release of the package when it was published; what has the same time was published together."""
    newest_then: dict[str, Classified] = {}
    newest: dict[str, Classified] = {}
    ordered = sorted(releases.values(), key=lambda item: (item.release.published_at, item.release.tag))
    for _, together in groupby(ordered, key=lambda item: item.release.published_at):
        items = [item for item in together if item.version is not None]
        for item in items:
            full = not (item.release.prerelease or item.version is None or item.version.prerelease)
            if full and not knowledge.releases[item.release.tag].removal_confirmed:
                _take_newer(newest, item)
        for item in items:
            newest_then[item.release.tag] = newest.get(_package(item), item)
    return newest_then


def _take_newer(newest: dict[str, Classified], item: Classified) -> None:
    best = newest.get(_package(item))
    if best is None or (item.version is not None and best.version is not None and item.version >= best.version):
        newest[_package(item)] = item


def _package(item: Classified) -> str:
    return item.version.package if item.version is not None else ""
