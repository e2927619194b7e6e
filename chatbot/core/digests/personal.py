"""One person's weekly list: when it is due, and what is news for it: releases of what they subscribed to, and security news that
was no alert for them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

from chatbot.core.announce import decide
from chatbot.core.maintainers.approval import LONGEST_WAIT, needs_approval
from chatbot.core.maintainers.controls import Control
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.watches import DigestSchedule, Room
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.matching import concern, is_severe
from chatbot.core.subscriptions.releases import is_of, is_read_since
from chatbot.core.subscriptions.subscription import Scope, Subscription

AT = time(9)  # on Mondays
FIRST = timedelta(days=7)  # that a first list is about
LONGEST = timedelta(days=31)  # after a long time without one the whole story is not told


def weekly(zone: tzinfo) -> DigestSchedule:
    """When a person's list is due: each Monday, by the clocks of a time zone."""
    return DigestSchedule(every="weekly", at=AT, zone=zone)


def zone_of(subscriptions: Sequence[Subscription], rooms: Sequence[Room]) -> tzinfo:
    """By whose clocks a person's list comes. No chat tells where somebody lives. The room where they subscribed has a time
    zone, if somebody set one, and people near to it: that of the oldest subscription counts; else it is UTC."""
    zones = {room.address: room.zone for room in rooms if room.zone != UTC}
    theirs = [each for each in sorted(subscriptions, key=lambda each: each.id) if each.releases == "weekly"]
    return next((zones[each.home] for each in theirs if each.home in zones), UTC)


def when_words(zone: tzinfo) -> str:
    """`Mondays at 09:00 (Europe/Berlin)`."""
    return f"Mondays at {AT:%H:%M} ({zone})"


@dataclass(frozen=True, slots=True)
class Period:
    """What a list is about: what came after the one, and until the other."""

    after: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        return self.after < at <= self.until


def period(due: datetime, last: datetime | None, before: datetime | None) -> Period:
    """The time since a person's last list; weeks in which there was nothing to list are part of it.

    last: when their last list was due; None where they had none
    before: when lists were last due before this, of all people with these clocks; None where they never were
    """
    after = last if last is not None else min(due - FIRST, before or due)
    return Period(max(after, due - LONGEST), due)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What a list may show.

    name: the tag, or the advisory's id
    alerts: of the advisory, or of each one that a release fixes: the subjects of alerts about it
    is_security: it belongs first, unless its reader was alerted already
    """

    project: ProjectId
    kind: Literal["advisory", "release"]
    name: str
    alerts: tuple[tuple[str, ...], ...] = ()
    is_security: bool = False

    @property
    def subject(self) -> str:
        """Under which it is announced by itself."""
        return str(SubjectId(self.kind, self.project, self.name))


@dataclass(slots=True)
class ProjectNews:
    """The news of one project that lists may show. `at`: by tag, when a release became news for subscribers."""

    snapshot: ProjectSnapshot
    at: Mapping[str, datetime]
    _releases: dict[str, Entry] = field(default_factory=dict)
    _matches: dict[tuple[str, Scope], bool] = field(default_factory=dict)

    def entries(self, subscription: Subscription, of: Period) -> list[Entry]:
        """What a subscription with a weekly list may be shown."""
        tags = [tag for tag, at in self.at.items() if of.holds(at) and self._may_be_listed(tag)]
        new = [tag for tag in tags if is_read_since(self.snapshot, tag, subscription)]
        releases = [self._release(tag) for tag in new if self._is_of(tag, subscription.scope)]
        quiet = [each for each in self.snapshot.advisories.values() if self._is_quiet(each, subscription, of)]
        return [*releases, *(self._advisory(each) for each in quiet)]

    def _may_be_listed(self, tag: str) -> bool:
        return tag in self.snapshot.releases and not _is_kept_back(self.snapshot.control_of_release(tag))

    def _is_of(self, tag: str, scope: Scope) -> bool:
        """The same for everybody with this scope, of whom there may be many."""
        if (tag, scope) not in self._matches:
            self._matches[tag, scope] = is_of(self.snapshot, tag, scope)
        return self._matches[tag, scope]

    def _release(self, tag: str) -> Entry:
        if tag not in self._releases:
            project, advisories = self.snapshot.project.id, self.snapshot.fixed_by(tag)
            alerts = tuple(_alerts(project, each) for each in advisories)
            is_security = bool(advisories) or self.snapshot.releases[tag].security
            self._releases[tag] = Entry(project, "release", tag, alerts, is_security)
        return self._releases[tag]

    def _advisory(self, advisory: Advisory) -> Entry:
        project = self.snapshot.project.id
        return Entry(project, "advisory", advisory.id, (_alerts(project, advisory),), is_security=True)

    def _is_quiet(self, advisory: Advisory, subscription: Subscription, of: Period) -> bool:
        """Whether an advisory is news that is no alert, since it is below what the subscription alerts of."""
        if is_severe(advisory, subscription.min_severity) or _is_kept_back(self.snapshot.control_of_advisory(advisory)):
            return False
        tracked = decide.standing(self.snapshot, advisory)
        if not tracked or any(each.known_before for each in tracked):
            return False
        read_at = min(each.first_read_at for each in tracked)
        # Rooms may have waited for the maintainers' approval: nobody is told before them.
        let_out_at = read_at + LONGEST_WAIT if needs_approval(self.snapshot.project) else read_at
        is_new = of.holds(let_out_at) and read_at >= subscription.since
        return is_new and concern(self.snapshot, advisory, subscription.scope) != "no"


def _is_kept_back(control: Control) -> bool:
    """Whether its maintainers want nobody to be told of it, or nobody any more."""
    return bool(control.retracted) or control.skipped or control.held_at is not None


def _alerts(project: ProjectId, advisory: Advisory) -> tuple[str, ...]:
    return tuple(str(SubjectId("alert", project, name)) for name in sorted(advisory.ids))


@dataclass(frozen=True, slots=True, order=True)
class Listed:
    """An entry that a list shows; `first`: among the security news."""

    entry: Entry
    first: bool


def candidates(
    news: Mapping[ProjectId, ProjectNews], subscriptions: Sequence[Subscription], of: Period
) -> tuple[Entry, ...]:
    """What a person's list may show, each once, however many of their subscriptions it is of."""
    theirs = [each for each in subscriptions if each.releases == "weekly" and each.project in news]
    return tuple(sorted({entry for each in theirs for entry in news[each.project].entries(each, of)}))


def listed(entries: Sequence[Entry], there: AbstractSet[str]) -> tuple[Listed, ...]:
    """What the list shows: what they were not sent alone before. `there` are the subjects of what they were sent, and of alerts
    that they muted."""
    items: list[Listed] = []
    for entry in entries:
        is_known = [not there.isdisjoint(subjects) for subjects in entry.alerts]
        if entry.kind == "release" and entry.subject not in there:
            items.append(Listed(entry, first=entry.is_security and not (is_known and all(is_known))))
        elif entry.kind == "advisory" and not any(is_known):
            items.append(Listed(entry, first=True))
    return tuple(items)
