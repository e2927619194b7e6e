"""A release or an advisory as the subject of an announcement: its ids, whether it is news, its message and its digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from chatbot.core.announce import decide, escalation
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import Outcome
from chatbot.core.announce.digest import TEMPLATE, advisory_facts, digest, release_facts
from chatbot.core.announce.messages import PostedMessage
from chatbot.core.announce.render.advisory import announced_advisory
from chatbot.core.announce.render.affected import last_affected
from chatbot.core.announce.render.fixes import against_fix, elsewhere, further_fixes, lines_without_fix, to_take
from chatbot.core.announce.render.images import facts_of_fixes, facts_of_release
from chatbot.core.announce.render.release import compared_with, for_others, release_message
from chatbot.core.maintainers.controls import Control, control_facts
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Message
from chatbot.core.model.watches import NotesLength, WatchFilter
from chatbot.core.snapshot import ProjectSnapshot

FIXES = "fixes:"  # in `notified_for` of a release: an advisory that its announcement says it fixes
FIX, NO_FIX = "fix", "no fix"  # in `notified_for` of an advisory: whether its announcement names a release to take
WITHDRAWN = "withdrawn"  # in `notified_for`: readers were told that it was withdrawn or removed
RETRACTED = "retracted"  # in `notified_for`: readers were told that the maintainers took the announcement back
BAD = "bad"  # in `notified_for` of a release: readers were told not to use it
LISTS = "lists:"  # in `notified_for` of a summary: a release that it lists


@dataclass(frozen=True)
class Subject:
    """A release or an advisory. Its message is rendered once, for however many rooms.

    name: the release's tag, or the advisory's id
    names: all subject ids under which it may have been posted, the current one first
    advisory: None for a release
    """

    snapshot: ProjectSnapshot
    name: str
    names: tuple[str, ...]
    advisory: Advisory | None = None

    @property
    def id(self) -> str:
        return self.names[0]

    def outcome(self, watch_filter: WatchFilter, settle: timedelta, leaders: frozenset[str] = frozenset()) -> Outcome:
        """What is decided for rooms with this filter that are shown these of the advisories that it fixes."""
        if self.advisory is None:
            return decide.release_for(self.snapshot, self.name, watch_filter, settle, leaders)
        return decide.advisory_for(self.snapshot, self.name, watch_filter, settle)

    @cached_property
    def message(self) -> Message:
        """Its announcement, with the notes in short."""
        return self.message_for("short")

    def message_for(self, notes: NotesLength) -> Message:
        """Its announcement for rooms that show so much of release notes."""
        length = "short" if self.advisory is not None else notes
        if length not in self._messages:
            self._messages[length] = self._render(length)
        return self._messages[length]

    @cached_property
    def _messages(self) -> dict[NotesLength, Message]:
        return {}

    def _render(self, notes: NotesLength) -> Message:
        if self.advisory is None:
            return release_message(self.snapshot, self.name, notes)
        return announced_advisory(self.snapshot, self.name)

    def digest_for(self, notes: NotesLength) -> str:
        """Stands for the facts that its announcement shows now in rooms that show so much of release notes."""
        return self.digest_as_of(TEMPLATE, notes=notes != "none")

    def is_shown_by(self, posted: PostedMessage) -> bool:
        """Whether a post shows the facts as they are. How much of the notes it shows is the setting of the time when it was
        posted, and a post of an older template shows less: neither is a reason to edit it."""
        if posted.digest == self.digest:
            return True
        return posted.digest in (
            self.digest_as_of(posted.template, notes=True),
            self.digest_as_of(posted.template, notes=False),
        )

    @property
    def digest(self) -> str:
        """Stands for the facts that its announcement shows now, notes included."""
        return self.digest_as_of(TEMPLATE)

    def digest_as_of(self, template: int, *, notes: bool = True) -> str:
        """Stands for the facts that an announcement of this template shows; of a release, with its notes or without."""
        key = template, notes or self.advisory is not None
        if key not in self._digests:
            self._digests[key] = self._digest(*key)
        return self._digests[key]

    @cached_property
    def _digests(self) -> dict[tuple[int, bool], str]:
        return {}

    def _digest(self, template: int, notes: bool) -> str:
        control = control_facts(self.control)
        if self.advisory is None:
            others = for_others(self.snapshot, self.name)
            newest = compared_with(self.snapshot, self.name)
            facts = release_facts(
                self.snapshot,
                self.name,
                newest=newest,
                others=others,
                images=facts_of_release(self.snapshot, self.name),
                notes=notes,
                template=template,
            )
            return digest([*facts, *control])
        states = [(name, f" ({state})" if state else "") for name, state in further_fixes(self.snapshot, self.advisory)]
        facts = advisory_facts(
            self.advisory,
            withdrawn=decide.removed(self.snapshot, self.advisory),
            fixing=[(item, against_fix(self.snapshot, item)) for item in self.snapshot.fixing(self.advisory)],
            further_fixes=[f"{name}{state}" for name, state in states],
            lines_without_fix=lines_without_fix(self.snapshot, self.advisory),
            to_take=elsewhere(self.snapshot, self.advisory),
            last_affected=last_affected(self.snapshot, self.advisory),
            images=facts_of_fixes(self.snapshot, self.advisory),
            template=template,
        )
        return digest([*facts, *control])

    @cached_property
    def control(self) -> Control:
        """What the maintainers decided about it."""
        return self.snapshot.controls.of(*self.names)

    @cached_property
    def notified_for(self) -> frozenset[str]:
        """What its announcement notifies for as it stands; nothing for an advisory that was withdrawn."""
        if self.is_struck:
            return frozenset({self.struck_for})
        if self.advisory is None:
            return frozenset(f"{FIXES}{advisory.id}" for advisory in self.snapshot.fixed_by(self.name))
        return escalation.reasons(self.advisory) | self._fix_state(self.advisory)

    @property
    def is_struck(self) -> bool:
        """Whether its announcement is crossed out; known without rendering it, for everything that rooms show."""
        return self.is_taken_back or bool(self.control.retracted) or self.control.bad is not None

    @property
    def struck_for(self) -> str:
        """Why its announcement is crossed out: by the project, or by its maintainers' word."""
        if self.is_taken_back:
            return WITHDRAWN
        return RETRACTED if self.control.retracted else BAD

    @property
    def is_taken_back(self) -> bool:
        """Whether the project itself withdrew or removed it."""
        if self.advisory is not None:
            return self.advisory.withdrawn_at is not None or decide.removed(self.snapshot, self.advisory)
        return self.snapshot.knowledge.releases[self.name].removal_confirmed

    def _fix_state(self, advisory: Advisory) -> frozenset[str]:
        """Whether the announcement names a release to take; nothing where nobody can tell."""
        if any(to_take(self.snapshot, advisory).values()):
            return frozenset({FIX})
        can_tell = advisory.id in self.snapshot.own and not advisory.unread and bool(self.snapshot.releases)
        return frozenset({NO_FIX}) if can_tell else frozenset()

    @property
    def taken_back_at(self) -> datetime | None:
        """When it was withdrawn, or first missing from its listing; None where it stands."""
        if self.advisory is not None:
            return self.advisory.withdrawn_at
        return self.snapshot.knowledge.releases[self.name].missing_since

    def settling(self, settle: timedelta) -> datetime | None:
        """Until when its facts are settling, or None; a release's announcement shows facts of its advisories too. What the
        maintainers took back waits for nothing."""
        if self.control.retracted or self.control.bad is not None:
            return None
        tracked: list[Tracked[Release] | Tracked[Advisory]] = []
        for advisory in (self.advisory,) if self.advisory else self.snapshot.fixed_by(self.name):
            tracked += decide.standing(self.snapshot, advisory)
        if self.advisory is None:
            tracked.append(self.snapshot.knowledge.releases[self.name])
        return max((until for item in tracked if (until := decide.settling(item, settle))), default=None)

    def ready_at(self, settle: timedelta) -> datetime:
        """When it could first have been announced: once it was read, and had settled."""
        if self.advisory is not None:
            return min(item.first_read_at for item in decide.standing(self.snapshot, self.advisory)) + settle
        tracked = self.snapshot.knowledge.releases[self.name]
        return max(tracked.first_read_at, tracked.promoted_at or tracked.first_read_at) + settle

    def news_to(self, watch: Watch) -> bool:
        """Whether anyone who reported it published it after the room began to watch."""
        return self.id in watch.introduce or any(at >= watch.since for at in self._published)

    @cached_property
    def _published(self) -> Sequence[datetime]:
        if self.advisory is not None:
            reports = decide.standing(self.snapshot, self.advisory)
            return [tracked.fact.published_at for tracked in reports if not tracked.known_before]
        tracked = self.snapshot.knowledge.releases[self.name]
        promoted = [tracked.promoted_at] if tracked.promoted_at else []
        return promoted if tracked.known_before else [*promoted, tracked.fact.published_at]


def find(snapshot: ProjectSnapshot, subject: str) -> Subject | None:
    """The release or advisory with a subject id such as `release/<project>/<tag>`; None where there is none (any more)."""
    try:
        subject_id = SubjectId.parse(snapshot.canonical(subject))
    except ValueError:
        return None  # another program stored it
    name = subject_id.name
    if subject_id.project != snapshot.project.id:
        return None
    if subject_id.kind == "release" and name in snapshot.releases:
        return Subject(snapshot, name, (subject,))
    if subject_id.kind == "advisory" and name in snapshot.advisories:
        advisory = snapshot.advisories[name]
        ids = [name, *sorted(advisory.ids - {name})]
        return Subject(
            snapshot, name, tuple(str(SubjectId("advisory", snapshot.project.id, each)) for each in ids), advisory
        )
    return None


def indirectly_changed(
    snapshot: ProjectSnapshot, touched: frozenset[str], posted: dict[str, frozenset[str]]
) -> frozenset[str]:
    """The posted subjects whose announcements may have changed with the touched ones, though they are not bound to them.

    `posted` is every subject that was posted anywhere, with all reasons in `notified_for`. An advisory's announcement names
    the releases to upgrade to. A release's names the advisories that it fixed when it was posted, and the release that was
    the newest when it came, or the fixes on other lines. Which releases may be recommended depends on every advisory.
    """
    start = f"advisory/{snapshot.project.id}/"
    names = {subject.removeprefix(start) for subject in touched if subject.startswith(start)}
    ids = {snapshot.names[name] for name in names if name in snapshot.names}
    reasons = {f"{FIXES}{name}" for name in names.union(*(snapshot.advisories[name].ids for name in ids))}
    releases = [tag for tag in snapshot.releases if str(SubjectId("release", snapshot.project.id, tag)) in touched]
    subjects = {
        name
        for subject, notified_for in posted.items()
        if notified_for & reasons
        for name in _shown_subjects(subject, notified_for)
    }
    if releases or names:
        subjects |= {subject for subject in posted if subject.startswith(start)}
        subjects |= posted.keys() & set(_backports(snapshot))
    if releases:
        subjects |= posted.keys() & set(_after(snapshot, releases))
    return frozenset(subjects)


def _backports(snapshot: ProjectSnapshot) -> Sequence[str]:
    """The releases whose announcements name another release: the newest when they came, or the fixes on other lines."""
    return [
        str(SubjectId("release", snapshot.project.id, tag))
        for tag, item in snapshot.releases.items()
        if item.fixes or snapshot.newest_then.get(tag, item).release.tag != tag
    ]


def _shown_subjects(subject: str, notified_for: frozenset[str]) -> Sequence[str]:
    """The subjects that an announcement shows: its own, or the releases that a summary lists."""
    if not subject.startswith("summary/"):
        return [subject]
    return [reason.removeprefix(LISTS) for reason in notified_for if reason.startswith(LISTS)]


def _after(snapshot: ProjectSnapshot, tags: Sequence[str]) -> Sequence[str]:
    """The releases that may be described differently now: those published since the first of `tags`, and all calendar
    versions, whose kind depends on the whole list."""
    first = min(snapshot.releases[tag].release.published_at for tag in tags)
    return [
        str(SubjectId("release", snapshot.project.id, tag))
        for tag, item in snapshot.releases.items()
        if item.version is not None and (item.release.published_at >= first or item.version.calendar)
    ]
