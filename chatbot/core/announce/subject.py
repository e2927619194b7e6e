"""A release or an advisory as a thing to be said: its names, whether it is news, its words and what they tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from chatbot.core.announce import decide, escalation
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import Outcome
from chatbot.core.announce.digest import advisory_facts, digest, release_facts
from chatbot.core.announce.render import compared_with, for_others, release_message
from chatbot.core.announce.render_advisory import (
    advisory_message,
    against_fix,
    elsewhere,
    further_fixes,
    lines_without_fix,
)
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Message
from chatbot.core.model.watches import WatchFilter
from chatbot.core.snapshot import ProjectSnapshot

FIXES = "fixes:"  # what a release's readers were told: the advisories that it was said to fix
LISTS = "lists:"  # what a summary's readers were told: the releases that it names


@dataclass(frozen=True)
class Subject:
    """`names` are all the subjects under which it may have been said, the one it has now first. `advisory` is None for a
    release. Its words are rendered once, however many rooms are shown them."""

    snapshot: ProjectSnapshot
    name: str
    names: tuple[str, ...]
    advisory: Advisory | None = None

    @property
    def subject(self) -> str:
        return self.names[0]

    def outcome(self, watch_filter: WatchFilter, settle: timedelta) -> Outcome:
        if self.advisory is None:
            return decide.release_for(self.snapshot, self.name, watch_filter, settle)
        return decide.advisory_for(self.snapshot, self.name, watch_filter, settle)

    @cached_property
    def message(self) -> Message:
        if self.advisory is None:
            return release_message(self.snapshot, self.name)
        return advisory_message(self.snapshot, self.name)

    @cached_property
    def digest(self) -> str:
        """Stands for the facts that its announcement shows now."""
        if self.advisory is None:
            newest, others = compared_with(self.snapshot, self.name), for_others(self.snapshot, self.name)
            return digest(release_facts(self.snapshot, self.name, newest=newest, others=others))
        return digest(
            advisory_facts(
                self.advisory,
                withdrawn=decide.removed(self.snapshot, self.advisory),
                fixing=[(item, against_fix(self.snapshot, item)) for item in self.snapshot.fixing(self.advisory)],
                further_fixes=further_fixes(self.snapshot, self.advisory),
                lines_without_fix=lines_without_fix(self.snapshot, self.advisory),
                to_take=elsewhere(self.snapshot, self.advisory),
            )
        )

    @cached_property
    def notified_for(self) -> frozenset[str]:
        """What its readers are told by its present words; what was taken back is told to nobody."""
        if self.advisory is None:
            return frozenset(f"{FIXES}{advisory.id}" for advisory in self.snapshot.fixed_by(self.name))
        return frozenset() if self.message.struck else escalation.points(self.advisory)

    def settling(self, settle: timedelta) -> datetime | None:
        """Until when its words may still change by themselves; a release's depend on its advisories too."""
        tracked: list[Tracked[Release] | Tracked[Advisory]] = []
        for advisory in (self.advisory,) if self.advisory else self.snapshot.fixed_by(self.name):
            tracked += decide.standing(self.snapshot, advisory)
        if self.advisory is None:
            tracked.append(self.snapshot.knowledge.releases[self.name])
        return max((until for item in tracked if (until := decide.settling(item, settle))), default=None)

    def news_to(self, watch: Watch) -> bool:
        """Whether it was published since the room began to watch, by anyone who reported it."""
        return self.subject in watch.introduce or any(at >= watch.since for at in self._published)

    @cached_property
    def _published(self) -> Sequence[datetime]:
        if self.advisory is not None:
            reports = decide.standing(self.snapshot, self.advisory)
            return [tracked.fact.published_at for tracked in reports if not tracked.known_before]
        tracked = self.snapshot.knowledge.releases[self.name]
        promoted = [tracked.promoted_at] if tracked.promoted_at else []
        return promoted if tracked.known_before else [*promoted, tracked.fact.published_at]


def find(snapshot: ProjectSnapshot, subject: str) -> Subject | None:
    """The release or advisory of a subject such as `release/<project>/<tag>`, None where it is not (or no longer) one."""
    try:
        about = SubjectId.parse(snapshot.canonical(subject))
    except ValueError:
        return None  # another program wrote it down
    name = about.name
    if about.project != snapshot.project.id:
        return None
    if about.kind == "release" and name in snapshot.releases:
        return Subject(snapshot, name, (subject,))
    if about.kind == "advisory" and name in snapshot.advisories:
        advisory = snapshot.advisories[name]
        ids = [name, *sorted(advisory.ids - {name})]
        return Subject(
            snapshot, name, tuple(str(SubjectId("advisory", snapshot.project.id, each)) for each in ids), advisory
        )
    return None


def echoes(snapshot: ProjectSnapshot, touched: frozenset[str], posted: dict[str, frozenset[str]]) -> frozenset[str]:
    """Of the subjects that were said anywhere (each with all that was told of it), those whose words may have changed
    with the touched ones without being bound to them now: an advisory names the releases to take, a release the advisories
    that it was once said to fix, and the release that was the newest when it came or the fixes of other lines. Which of these
    may be recommended depends on every advisory."""
    start = f"advisory/{snapshot.project.id}/"
    names = {subject.removeprefix(start) for subject in touched if subject.startswith(start)}
    ids = {snapshot.names[name] for name in names if name in snapshot.names}
    points = {f"{FIXES}{name}" for name in names.union(*(snapshot.advisories[name].ids for name in ids))}
    releases = [tag for tag in snapshot.releases if str(SubjectId("release", snapshot.project.id, tag)) in touched]
    subjects = {
        name
        for subject, notified_for in posted.items()
        if notified_for & points
        for name in _said_of(subject, notified_for)
    }
    if releases or names:
        subjects |= {subject for subject in posted if subject.startswith(start)}
        subjects |= posted.keys() & set(_backports(snapshot))
    if releases:
        subjects |= posted.keys() & set(_after(snapshot, releases))
    return frozenset(subjects)


def _backports(snapshot: ProjectSnapshot) -> Sequence[str]:
    """The releases that name another one: higher ones were there when they came, or are to be taken on other lines."""
    return [
        str(SubjectId("release", snapshot.project.id, tag))
        for tag, item in snapshot.releases.items()
        if item.fixes or snapshot.newest_then.get(tag, item).release.tag != tag
    ]


def _said_of(subject: str, notified_for: frozenset[str]) -> Sequence[str]:
    """The subjects that an announcement is about: its own, or the releases that a summary names."""
    if not subject.startswith("summary/"):
        return [subject]
    return [point.removeprefix(LISTS) for point in notified_for if point.startswith(LISTS)]


def _after(snapshot: ProjectSnapshot, tags: Sequence[str]) -> Sequence[str]:
    """The releases whose place among the others may be told differently: those published since the first of `tags`, and
    all that bear dates, whose kind is known from the whole list."""
    first = min(snapshot.releases[tag].release.published_at for tag in tags)
    return [
        str(SubjectId("release", snapshot.project.id, tag))
        for tag, item in snapshot.releases.items()
        if item.version is not None and (item.release.published_at >= first or item.version.calendar)
    ]
