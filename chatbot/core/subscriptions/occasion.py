"""One advisory and what all alerts about it have in common: whom it concerns, what to upgrade to, what was known before."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from chatbot.core.announce import decide
from chatbot.core.announce.render.fixes import releases_read, to_take
from chatbot.core.announce.subject import FIX, NO_FIX
from chatbot.core.model.facts import Advisory
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions import ageing, reasons
from chatbot.core.subscriptions.advice import FixTimes, advise, fix_times
from chatbot.core.subscriptions.lines import has_ended, of_package, version_of
from chatbot.core.subscriptions.matching import Concern, Match, affected_members, concern, is_severe
from chatbot.core.subscriptions.showing import Concerned, Showing
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.subscriptions.text_ranges import TextRange, left_out, named_in_text
from chatbot.core.support.by_releases import ProjectSupport
from chatbot.core.support.policy import Policy
from chatbot.core.versions.version import Version

# What an aged subscription covers besides is news only if it was read lately: nobody gets all that was published before.
RECENT = timedelta(days=7)
_NOW = -1  # among the wordings of the advisory: as it stands


@dataclass
class Occasion:
    """One advisory at one time. What was computed is kept, by what it depends on.

    current: the advisory as it stands, withdrawn or not
    revisions: every wording with the time it was read, the oldest first
    """

    snapshot: ProjectSnapshot
    policy: Policy | None
    current: Advisory
    revisions: Sequence[tuple[datetime, Advisory]]
    now: datetime
    settle: timedelta
    _concerns: dict[tuple[int, Scope], Concern] = field(default_factory=dict)
    _scopes: dict[tuple[Scope, bool], tuple[Scope, ...]] = field(default_factory=dict)
    _steps: dict[tuple[Scope, bool, bool], str] = field(default_factory=dict)
    _concerned: dict[tuple[Match, frozenset[str]], Concerned] = field(default_factory=dict)
    _fix_times: dict[Match, FixTimes] = field(default_factory=dict)
    _support: dict[str, ProjectSupport] = field(default_factory=dict)

    @cached_property
    def advisory(self) -> Advisory:
        """The advisory as if it stood: whom it was about does not change when it is withdrawn."""
        return replace(self.current, withdrawn_at=None)

    @cached_property
    def settling(self) -> datetime | None:
        """Until when the advisory is read once more, or None."""
        reports = decide.standing(self.snapshot, self.current)
        waits = [until for each in reports if (until := decide.settling(each, self.settle)) is not None]
        return max(waits, default=None)

    def key(self, subscription: Subscription) -> tuple[Scope, tuple[Scope, ...], str, str, str, tuple[str, ...]]:
        """What an alert depends on of a subscription, without the person, ids and times; can be sorted."""
        return (
            subscription.scope,
            self.scopes(subscription),
            subscription.via,
            subscription.min_severity,
            self.step(subscription),
            tuple(sorted(self._shown_at(subscription))),
        )

    # ---- whom it concerns -------------------------------------------------------------------------------------------------

    def scopes(self, subscription: Subscription) -> tuple[Scope, ...]:
        """What the subscription covers by now."""
        key = subscription.scope, ageing.is_old(subscription, self.now)
        if key not in self._scopes:
            self._scopes[key] = ageing.scopes(self.snapshot, self.policy, subscription, self.now)
        return self._scopes[key]

    def step(self, subscription: Subscription) -> str:
        """What to say about the ageing of the subscription."""
        is_old, by_alerts = ageing.is_old(subscription, self.now), subscription.unconfirmed >= ageing.UNCONFIRMED
        key = subscription.scope, is_old, by_alerts
        if key not in self._steps:
            self._steps[key] = ageing.step(self.snapshot, self.policy, subscription, self.now)
        return self._steps[key]

    def state(self, scope: Scope, wording: int = _NOW) -> Concern:
        """Whether the advisory concerns a scope, as it stands or as it was worded before."""
        if (wording, scope) not in self._concerns:
            advisory = self.advisory if wording == _NOW else self._history[wording][1]
            self._concerns[wording, scope] = concern(self.snapshot, advisory, scope)
        return self._concerns[wording, scope]

    def audible(self, subscriptions: Iterable[Subscription], *, after_alert: bool = False) -> list[Match]:
        """What may alert: the matches that are severe enough, the best first. `after_alert`: known exploitation is news to those
        who were alerted, whatever the severity is by now."""
        exploited = after_alert and self.advisory.known_exploited
        return self._matches(
            (scope, match)
            for each in subscriptions
            for scope, match in self._of(each)
            if exploited or is_severe(self.advisory, ageing.threshold(each, scope))
        )

    def _of(self, subscription: Subscription) -> Iterable[tuple[Scope, Match]]:
        """The scopes of a subscription that the advisory concerns, without what the ping of a role says."""
        for scope in self.scopes(subscription):
            state = self.state(scope)
            by_role = subscription.via == "role" and scope == subscription.scope and state == "yes"
            if state != "no" and not by_role:
                yield scope, Match(scope, state)

    def _matches(self, pairs: Iterable[tuple[Scope, Match]]) -> list[Match]:
        return sorted(dict(pairs).values(), key=lambda match: match.rank)

    # ---- what was known when somebody subscribed -------------------------------------------------------------------------

    @cached_property
    def _history(self) -> Sequence[tuple[datetime, Advisory]]:
        if self.revisions:
            return self.revisions
        times = [each.first_read_at for each in decide.standing(self.snapshot, self.current)]
        return [(min(times, default=self.now), self.advisory)]

    @cached_property
    def _times(self) -> Sequence[datetime]:
        return [at for at, _ in self._history]

    @cached_property
    def _was_there_first(self) -> bool:
        """Whether it was published before the bot began to watch: then nobody is alerted of it as such."""
        return any(each.known_before for each in decide.standing(self.snapshot, self.current))

    def baseline(self, subscriptions: Iterable[Subscription]) -> frozenset[str]:
        """The reasons that these subscriptions showed at once: they count as told."""
        return frozenset[str]().union(*(self._shown_at(each) for each in subscriptions))

    def _shown_at(self, subscription: Subscription) -> frozenset[str]:
        shown_then = frozenset[str]()
        for scope in self.scopes(subscription):
            is_own = scope == subscription.scope
            since = subscription.since if is_own else max(subscription.since, self.now - RECENT)
            wording = bisect_left(self._times, since) - 1
            if wording < 0 and self._was_there_first:
                wording = 0
            if wording < 0 or (state := self.state(scope, wording)) == "no":
                continue
            advisory = self._history[wording][1]
            if is_severe(advisory, ageing.threshold(subscription, scope)):
                match = Match(scope, state)
                shown_then |= reasons.facts_of(advisory) | {reasons.of_match(match)} | self._fixes_at(scope, since)
        return shown_then

    def _fixes_at(self, scope: Scope, since: datetime) -> frozenset[str]:
        """What there was to upgrade to at that time, of what there is now."""
        match = Match(scope, self.state(scope))
        times = self._times_of_fixes(match)
        line = advice.line if (advice := self._concern(match, frozenset()).advice) is not None else ""
        pairs = [(times.any_line, FIX, NO_FIX)]
        pairs += [(times.own_line, f"{reasons.FIX_IN}{line}", f"{reasons.NO_FIX_IN}{line}")] if line else []
        can_tell = self._can_tell(match)
        return frozenset(
            there if at is not None and at < since else missing
            for at, there, missing in pairs
            if can_tell or (at is not None and at < since)
        )

    def _times_of_fixes(self, match: Match) -> FixTimes:
        if match not in self._fix_times:
            if match.scope.kind == "project":
                times = [self.snapshot.knowledge.releases[item.release.tag].first_read_at for item in self._to_take]
                self._fix_times[match] = FixTimes(min(times, default=None), None)
            else:
                self._fix_times[match] = fix_times(self.snapshot, self.advisory, match)
        return self._fix_times[match]

    # ---- what to do, and what is shown -----------------------------------------------------------------------------------

    @cached_property
    def _to_take(self) -> Sequence[Classified]:
        """The releases that rooms are told to upgrade to."""
        return [item for item in to_take(self.snapshot, self.advisory).values() if item is not None]

    def _can_tell(self, match: Match) -> bool:
        """Whether it is known that there is nothing to upgrade to where nothing is found."""
        is_own = self.advisory.id in self.snapshot.own and not self.advisory.unread
        return is_own and match.state == "yes" and releases_read(self.snapshot)

    def fixes(self, showing: Showing) -> frozenset[str]:
        """What there is to upgrade to, as reasons."""
        can_tell = bool(showing.main) and all(self._can_tell(each.match) for each in showing.main)
        if showing.by_version:
            return reasons.of_advice(showing.advices, can_tell=can_tell)
        return frozenset({FIX}) if self._to_take else frozenset({NO_FIX}) if can_tell else frozenset()

    def worse(
        self, showing: Showing, matches: Iterable[Match], before: Collection[str]
    ) -> tuple[frozenset[str], datetime | None]:
        """What to alert for after `before`; and when to look again, where a fix is still read once more: it may be pulled
        back."""
        about = reasons.worse(self.snapshot, self.advisory, before, matches, self.fixes(showing))
        waits: list[datetime] = []
        for reason in sorted(about):
            times = [
                decide.settling(self.snapshot.knowledge.releases[tag], self.settle)
                for tag in self._tags(showing, reason)
            ]
            until = [each for each in times if each is not None]
            if times and len(until) == len(times):
                about -= {reason}
                waits.append(min(until))
        return about, min(waits, default=None)

    def _tags(self, showing: Showing, reason: str) -> list[str]:
        """The releases that a reason is about."""
        if reason == FIX and not showing.by_version:
            return [item.release.tag for item in self._to_take]
        releases = [
            release
            for advice in showing.advices
            for release in (advice.releases if reason == FIX else (advice.own,))
            if reason in (FIX, f"{reasons.FIX_IN}{advice.line}")
        ]
        return [each.release.release.tag for each in releases if each is not None]

    def showing(self, subscriptions: Sequence[Subscription], before: frozenset[str]) -> Showing:
        """What somebody with these subscriptions is shown, after they were told `before`."""
        there = set(reasons.scopes_affected(before))
        own = {each.scope for each in subscriptions}
        pairs = [
            (each, scope, match)
            for each in subscriptions
            for scope, match in self._of(each)
            if is_severe(self.advisory, ageing.threshold(each, scope)) or scope in there & own
        ]
        matches = self._matches((scope, match) for _, scope, match in pairs)
        main = [match for match in matches if match.rank[:3] == matches[0].rank[:3]]
        others = [match for match in matches if match.scope.kind != "project" and not self._includes(match, main)]
        former = [scope for scope in sorted(there & own) if scope.kind != "project" and self.state(scope) == "no"]
        because = [each for each in subscriptions if each.scope in former or any(each is one for one, _, _ in pairs)]
        because.sort(key=lambda each: Match(each.scope, self.state(each.scope)).rank)
        is_removed = decide.removed(self.snapshot, self.current)
        kinds = {scope.kind for scope in former}
        return Showing(
            snapshot=self.snapshot,
            advisory=self.advisory,
            withdrawn=self.current.withdrawn_at is not None and not is_removed,
            removed=is_removed,
            main=tuple(self._concern(match, reasons.tags_advised(before)) for match in main),
            others=tuple(self._concern(match, frozenset()) for match in others),
            former=tuple(scope for scope in former if scope.kind == ("version" if "version" in kinds else "line")),
            subscribed=tuple(dict.fromkeys((each.scope, each.min_severity) for each in because)),
            steps=tuple(dict.fromkeys(filter(None, map(self.step, because)))),
        )

    def _includes(self, match: Match, main: Sequence[Match]) -> bool:
        return any(reasons.within(self.snapshot, each.scope, match.scope) for each in main)

    def _concern(self, match: Match, advised: frozenset[str]) -> Concerned:
        if (match, advised) not in self._concerned:
            releases = (
                affected_members(self.snapshot, self.advisory, match.scope, match.state)
                if match.scope.kind == "line"
                else ()
            )
            can_advise = match.scope.kind != "project" and match.state != "no"
            self._concerned[match, advised] = Concerned(
                match=match,
                releases=releases,
                advice=advise(self.snapshot, self.advisory, match, self._has_ended, advised) if can_advise else None,
                left_out=self._left_out(match, releases) if match.state == "yes" else "",
            )
        return self._concerned[match, advised]

    @cached_property
    def _texts(self) -> tuple[TextRange, ...]:
        return named_in_text(self.advisory, self.snapshot.exposure.habits)

    def _left_out(self, match: Match, releases: Sequence[Classified]) -> str:
        if match.scope.kind == "version":
            return left_out(self._texts, [version_of(self.snapshot, match.scope) or match.scope.name])
        return left_out(self._texts, [item.version for item in releases if item.version is not None])

    def _has_ended(self, version: Version) -> bool:
        releases = of_package(self.snapshot, version.package)
        if version.package not in self._support:
            support = ProjectSupport(self.snapshot, self.policy, self.now.date(), releases)
            self._support[version.package] = support
        return has_ended(self._support[version.package], version, releases)
