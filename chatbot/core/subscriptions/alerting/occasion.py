"""One advisory and what all alerts about it have in common: whom it concerns, what to upgrade to, what was known before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from chatbot.core.announce import decide
from chatbot.core.announce.render.fixes import releases_read, to_take
from chatbot.core.announce.subject import FIX, NO_FIX
from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions import ageing, reasons
from chatbot.core.subscriptions.alerting import advice
from chatbot.core.subscriptions.alerting.advice import FixTimes
from chatbot.core.subscriptions.alerting.showing import Concerned, Showing
from chatbot.core.subscriptions.alerting.text_ranges import TextRange, left_out, named_in_text
from chatbot.core.subscriptions.lines import has_ended, of_package, version_of
from chatbot.core.subscriptions.matching import Concern, Match, affected_members, concern, is_severe
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.support.by_releases import ProjectSupport
from chatbot.core.support.policy import Policy
from chatbot.core.versions.version import Version


@dataclass
class Occasion:
    """One advisory at one time. What was computed is kept, by what it depends on.

    current: the advisory as it stands, withdrawn or not
    """

    snapshot: ProjectSnapshot
    policy: Policy | None
    current: Advisory
    now: datetime
    settle: timedelta
    _concerns: dict[Scope, Concern] = field(default_factory=dict)
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

    # ---- whom it concerns -------------------------------------------------------------------------------------------------

    def scopes(self, subscription: Subscription) -> tuple[Scope, ...]:
        """What the subscription covers by now."""
        key = subscription.scope, ageing.is_old(subscription, self.now)
        if key not in self._scopes:
            self._scopes[key] = ageing.scopes(self.snapshot, self.policy, subscription, self.now)
        return self._scopes[key]

    def step(self, subscription: Subscription) -> str:
        """What to say about the ageing of the subscription."""
        key = (subscription.scope, *self.age(subscription))
        if key not in self._steps:
            self._steps[key] = ageing.step(self.snapshot, self.policy, subscription, self.now)
        return self._steps[key]

    def age(self, subscription: Subscription) -> tuple[bool, bool]:
        """Whether the subscription is old, and whether that is because of its alerts."""
        return ageing.is_old(subscription, self.now), subscription.unconfirmed >= ageing.UNCONFIRMED

    def state(self, scope: Scope) -> Concern:
        """Whether the advisory concerns a scope."""
        if scope not in self._concerns:
            self._concerns[scope] = concern(self.snapshot, self.advisory, scope)
        return self._concerns[scope]

    def audible(self, subscriptions: Iterable[Subscription], alerted: frozenset[str] | None = None) -> list[Match]:
        """What may alert: the matches that are severe enough, the best first. `alerted`: what they were alerted for, where they
        were: to them known exploitation is news whatever the severity is by now."""
        exploited = alerted is not None and self.advisory.known_exploited
        return self._matches(
            (scope, match)
            for each in subscriptions
            for scope, match in self._of(each, alerted)
            if exploited or is_severe(self.advisory, ageing.threshold(each, scope))
        )

    def _of(self, subscription: Subscription, alerted: frozenset[str] | None) -> Iterable[tuple[Scope, Match]]:
        """The scopes of a subscription that the advisory concerns, without what the ping of a role says. What it covers besides
        since it has aged brings up no alert again that was about something else, which they ran before."""
        there = None if alerted is None else frozenset(reasons.scopes_affected(alerted))
        if self.is_behind(subscription):
            return
        for scope in self.scopes(subscription):
            state, is_own = self.state(scope), scope == subscription.scope
            is_stated = self.advisory.severity is not Severity.UNKNOWN  # else no role is pinged
            by_role = subscription.via == "role" and is_own and state == "yes" and is_stated
            belongs = is_own or there is None or bool(there & {scope, subscription.scope})
            if state != "no" and belongs and not by_role:
                yield scope, Match(scope, state)

    def is_behind(self, subscription: Subscription) -> bool:
        """Whether somebody who subscribed to a line has upgraded since the advisory was first read, to a version that it does
        not hold: it is about what they ran before. What comes later is about the line again."""
        if not subscription.runs or subscription.runs_since is None or self._first_read_at >= subscription.runs_since:
            return False
        return self.state(Scope("version", subscription.runs)) == "no"

    @cached_property
    def _first_read_at(self) -> datetime:
        times = [each.first_read_at for each in decide.standing(self.snapshot, self.current)]
        return min(times, default=self.now)

    def _matches(self, pairs: Iterable[tuple[Scope, Match]]) -> list[Match]:
        return sorted(dict(pairs).values(), key=lambda match: match.rank)

    # ---- what to do, and what is shown -----------------------------------------------------------------------------------

    def fix_times(self, match: Match) -> FixTimes:
        if match not in self._fix_times:
            if match.scope.kind == "project":
                times = [self.snapshot.knowledge.releases[item.release.tag].first_read_at for item in self._to_take]
                self._fix_times[match] = FixTimes(min(times, default=None), None)
            else:
                self._fix_times[match] = advice.fix_times(self.snapshot, self.advisory, match)
        return self._fix_times[match]

    @cached_property
    def _to_take(self) -> Sequence[Classified]:
        """The releases that rooms are told to upgrade to."""
        return [item for item in to_take(self.snapshot, self.advisory).values() if item is not None]

    def can_tell(self, match: Match) -> bool:
        """Whether it is known that there is nothing to upgrade to where nothing is found."""
        is_own = self.advisory.id in self.snapshot.own and not self.advisory.unread
        return is_own and match.state == "yes" and releases_read(self.snapshot)

    def fixes(self, showing: Showing) -> frozenset[str]:
        """What there is to upgrade to, as reasons."""
        can_tell = bool(showing.main) and all(self.can_tell(each.match) for each in showing.main)
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

    def showing(self, subscriptions: Sequence[Subscription], alerted: frozenset[str] | None) -> Showing:
        """What somebody with these subscriptions is shown. `alerted`: what they were alerted for; None before the first alert."""
        before = alerted or frozenset()
        there = set(reasons.scopes_affected(before))
        own = {each.scope for each in subscriptions}
        pairs = [
            (each, scope, match)
            for each in subscriptions
            for scope, match in self._of(each, alerted)
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
            control=self.snapshot.control_of_advisory(self.current),
            removed=is_removed,
            main=tuple(self.concerned(match, reasons.tags_advised(before)) for match in main),
            others=tuple(self.concerned(match) for match in others),
            former=tuple(scope for scope in former if scope.kind == ("version" if "version" in kinds else "line")),
            subscribed=tuple(dict.fromkeys((each.scope, each.min_severity) for each in because)),
            steps=tuple(dict.fromkeys(filter(None, map(self.step, because)))),
        )

    def _includes(self, match: Match, main: Sequence[Match]) -> bool:
        return any(reasons.within(self.snapshot, each.scope, match.scope) for each in main)

    def concerned(self, match: Match, advised: frozenset[str] = frozenset()) -> Concerned:
        """One match with what to upgrade to; `advised`: what was recommended before."""
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
                advice=advice.advise(self.snapshot, self.advisory, match, self._has_ended, advised)
                if can_advise
                else None,
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
