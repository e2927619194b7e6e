"""A small simulation: facts are read one by one in any order, each is planned, and rooms remember what was posted."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import WAITS_FOR_DIGEST
from chatbot.core.announce.messages import Decision, Plan, PlannedMessage
from chatbot.core.announce.plan import plan
from chatbot.core.announce.plan_builder import Place
from chatbot.core.announce.subject import find
from chatbot.core.digests.contents import item_of, waiting_releases
from chatbot.core.digests.schedule import last_digest
from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.schedule.planning import schedule_subject
from chatbot.core.maintainers.word import AT, SEVERITY, Action, Word
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.model.images import ImageState
from chatbot.core.model.knowledge import Knowledge, Tracked
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from tests.core import make

Fact = Release | Advisory


@dataclass(frozen=True)
class Observed:
    """A source lists this fact."""

    fact: Fact
    origin: str = "GitHub"


@dataclass(frozen=True)
class Vanished:
    """A complete listing lacks it; `confirmed`: its own address said twice that it was removed."""

    name: str
    confirmed: bool = False


@dataclass(frozen=True)
class Restart:
    """The process restarts: only what is stored is left."""


@dataclass(frozen=True)
class RegistrySays:
    """Registries say this of a release's images."""

    tag: str
    states: tuple[ImageState, ...]


@dataclass(frozen=True)
class MaintainerSays:
    """A maintainer says this of a release or an advisory, if it is known yet."""

    action: Action
    subject: str
    text: str = "They said why"


@dataclass(frozen=True)
class MaintainerPlans:
    """A maintainer plans a release for a time, or moves it there; without one the plan is cancelled. As in the command, what is
    published already is not planned, and only what is planned is cancelled."""

    version: str
    at: datetime | None = None
    severity: Severity = Severity.HIGH


@dataclass(frozen=True)
class TimePasses:
    """So much time passes in which nothing is read."""

    by: timedelta


Step = Observed | Vanished | Restart | RegistrySays | MaintainerSays | MaintainerPlans | TimePasses


@dataclass
class Life:
    """Each step takes a second; `settle` lets enough time pass for every listed fact to settle."""

    watches: Sequence[Watch]
    project: Project = make.project
    now: datetime = make.START + 10 * make.DAY
    knowledge: Knowledge = field(default_factory=make.knowledge)
    posted: make.PostedThere = field(default_factory=dict)
    holds: dict[Place, Decision] = field(default_factory=dict)
    messages: list[PlannedMessage] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    sentences: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    in_digest: dict[Place, str] = field(default_factory=dict)  # (room, subject) → the digest of what is shown
    digests: Counter[tuple[RoomAddress, datetime]] = field(default_factory=Counter)  # how often each was posted

    def live(self, step: Step) -> None:
        self.now += timedelta(seconds=1)
        match step:
            case Observed(fact=Release() as fact, origin=origin):
                self._follow({f"release/{fact.subject}"} if self._observe(fact, origin) else set())
            case Observed(fact=Advisory() as fact, origin=origin):
                self._follow({f"advisory/{fact.subject}"} if self._observe(fact, origin) else set())
            case Vanished(name=name, confirmed=confirmed):
                self._lose(name, confirmed=confirmed)
            case RegistrySays(tag=tag, states=states):
                self.knowledge = replace(self.knowledge, images={**self.knowledge.images, tag: states})
                self._follow({f"release/mail/{tag}"})
            case MaintainerSays(action=action, subject=subject, text=text):
                if find(self.snapshot, subject) is not None:
                    word = Word(action=action, subject=subject, by=NOWHERE, at=self.now, text=text)
                    self.words.append(word)
                    self._follow({subject})
            case MaintainerPlans():
                self._schedule(step)
            case TimePasses(by=by):
                self.now += by
                self._follow(set())
            case Restart():
                self._follow(set())

    def settle(self, by: timedelta = 2 * make.SETTLE) -> None:
        """Time passes, and everything is read again unchanged."""
        self.now += by
        releases, advisories = dict(self.knowledge.releases), dict(self.knowledge.advisories)
        for tag, release in releases.items():
            releases[tag] = release if release.missing_since else replace(release, read_at=self.now)
        for name, advisory in advisories.items():
            advisories[name] = advisory if advisory.missing_since else replace(advisory, read_at=self.now)
        self.knowledge = replace(self.knowledge, releases=releases, advisories=advisories)
        self._follow(set())

    @property
    def snapshot(self) -> ProjectSnapshot:
        return build_snapshot(self.project, self.knowledge, controls=fold(self.words))

    def _observe(self, fact: Fact, origin: str) -> bool:
        if isinstance(fact, Release):
            releases = dict(self.knowledge.releases)
            before = releases.get(fact.tag)
            after = _again(before, fact, origin, self.now)
            promoted = before is not None and before.fact.prerelease and not fact.prerelease
            releases[fact.tag] = replace(after, promoted_at=self.now) if promoted else after
            self.knowledge = replace(self.knowledge, releases=releases)
            return before is None or before.fact != fact or before.missing_since is not None
        advisories = dict(self.knowledge.advisories)
        old = advisories.get(fact.id)
        if old is not None and old.fact.updated_at > fact.updated_at:
            return False
        advisories[fact.id] = _again(old, fact, origin, self.now)
        self.knowledge = replace(self.knowledge, advisories=advisories)
        return old is None or old.fact != fact or old.missing_since is not None

    def _schedule(self, step: MaintainerPlans) -> None:
        snapshot, version = self.snapshot, step.version
        entry = snapshot.controls.scheduled.get(version)
        can_be_said = step.at > self.now if step.at is not None else entry is not None and not entry.cancelled
        if can_be_said and snapshot.look_up(version).release is None:
            details = {} if step.at is None else {AT: step.at.isoformat(), SEVERITY: str(step.severity)}
            action: Action = "cancel" if step.at is None else "schedule"
            self.words.append(Word(action=action, subject=version, by=NOWHERE, at=self.now, details=details))
            self._follow({schedule_subject(self.project.id, version)})

    def _lose(self, name: str, *, confirmed: bool) -> None:
        if name in self.knowledge.releases:
            release = self.knowledge.releases[name]
            missing = replace(release, missing_since=release.missing_since or self.now, removal_confirmed=confirmed)
            self.knowledge = replace(self.knowledge, releases={**self.knowledge.releases, name: missing})
            self._follow({f"release/mail/{name}"})
        elif name in self.knowledge.advisories:
            advisory = self.knowledge.advisories[name]
            missed = replace(advisory, missing_since=advisory.missing_since or self.now, removal_confirmed=confirmed)
            self.knowledge = replace(self.knowledge, advisories={**self.knowledge.advisories, name: missed})
            self._follow({f"advisory/mail/{name}"})

    def _follow(self, changed: set[str]) -> None:
        touched = changed | {subject for _, subject in self.holds}
        steps = self._plan(touched)
        self.posted = make.carry_out(steps, self.posted)
        self.messages += steps.messages
        latest = {**self.holds, **{(item.room, item.subject): item for item in steps.decisions}}
        self.holds = {place: item for place, item in latest.items() if item.verdict == "hold"}
        self.sentences.update(
            (item.room, item.subject, item.reason) for item in steps.decisions if item.verdict == "escalate"
        )
        assert self._plan(touched).messages == (), "a plan that was carried out leaves something more to post"
        self._digest()

    def _plan(self, touched: Collection[str]) -> Plan:
        return plan(
            self.snapshot,
            [replace(watch, last_digest=self._last(watch.room.address)) for watch in self.watches],
            self.posted,
            touched,
            now=self.now,
            settle=make.SETTLE,
            in_digest=self.in_digest.keys(),
        )

    def _last(self, room: RoomAddress) -> datetime | None:
        return max((due for at, due in self.digests if at == room), default=None)

    def _digest(self) -> None:
        """Post the digests that are due, and correct those that were posted."""
        snapshot = self.snapshot
        for watch in self.watches:
            room, watch_filter = watch.room.address, watch.room.watch_filter
            last = self._last(room)
            due = last_digest(watch_filter.digest, self.now) if watch_filter.digest else None
            if due is not None and (last is None or last < due):
                waiting = {
                    subject
                    for (at, subject), item in self.holds.items()
                    if at == room and item.reason.startswith(WAITS_FOR_DIGEST)
                }
                items = waiting_releases(snapshot, watch_filter, waiting, last=last, now=self.now, settle=make.SETTLE)
                self.digests.update([(room, due)] if items else [])
                for item in items:
                    self.in_digest[room, item.subject] = item.digest
                    del self.holds[room, item.subject]
        for place in self.in_digest:
            subject = find(snapshot, place[1])
            if subject is not None and subject.settling(make.SETTLE) is None:
                self.in_digest[place] = item_of(subject, announced=False).digest

    def shows(self, address: str) -> dict[str, str]:
        """The digests of what the room shows, by the current name of each subject."""
        snapshot = self.snapshot
        digests: dict[str, str] = {}
        for (room, subject), message in sorted(self.posted.items()):
            name = snapshot.canonical(subject)
            if room == address and (subject == name or (room, name) not in self.posted):
                digests[name] = message.digest
        return digests


def _again(before: "Tracked | None", fact: "Fact", origin: str, now: datetime) -> "Tracked":  # type: ignore[type-arg]  # of whichever fact it is
    if before is None:
        return Tracked(
            fact=fact,
            first_read_at=now,
            read_at=now,
            changed_at=now,
            origins=(origin,),
            authoritative=origin == "GitHub",
        )
    changed = now if before.fact != fact else before.changed_at
    origins = tuple(dict.fromkeys([*before.origins, origin]))
    return replace(
        before,
        fact=fact,
        read_at=now,
        changed_at=changed,
        missing_since=None,
        removal_confirmed=False,
        origins=origins,
        authoritative="GitHub" in origins,
    )
