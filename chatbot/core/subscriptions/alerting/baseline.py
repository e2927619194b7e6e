"""What was known of an advisory when somebody subscribed: their subscription showed it to them, so it counts as told."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from chatbot.core.announce import decide
from chatbot.core.announce.subject import FIX, NO_FIX
from chatbot.core.model.facts import Advisory
from chatbot.core.subscriptions import ageing, reasons
from chatbot.core.subscriptions.alerting.occasion import Occasion
from chatbot.core.subscriptions.matching import Concern, Match, concern, is_severe
from chatbot.core.subscriptions.subscription import Scope, Subscription

# What an aged subscription covers besides is news only if it was read lately: nobody gets all that was published before.
RECENT = timedelta(days=7)


@dataclass
class Baseline:
    """The wordings of one advisory, and what each showed to those who subscribed then.

    revisions: every wording with the time it was read, the oldest first
    """

    occasion: Occasion
    revisions: Sequence[tuple[datetime, Advisory]]
    _states: dict[tuple[int, Scope], Concern] = field(default_factory=dict)
    _bounds: dict[tuple[Scope, bool], Sequence[datetime]] = field(default_factory=dict)
    _keys: dict[tuple[object, ...], int] = field(default_factory=dict)
    _numbers: dict[tuple[object, ...], int] = field(default_factory=dict)

    def key(self, subscription: Subscription) -> int:
        """Equal for subscriptions on which an alert depends in the same way, whoever's they are and whenever they were made."""
        is_old, by_alerts = self.occasion.age(subscription)
        bounds = self._bounds_of(subscription, is_old=is_old)
        looks = (
            subscription.scope,
            subscription.via,
            subscription.min_severity,
            is_old,
            by_alerts,
            self.occasion.is_behind(subscription),
            bisect_left(bounds, subscription.since),
        )
        key = self._keys.get(looks)
        if key is None:
            depends_on = (*looks[:-1], self._shown_at(subscription))
            key = self._keys[looks] = self._numbers.setdefault(depends_on, len(self._numbers))
        return key

    def moments(self, subscription: Subscription) -> Sequence[datetime]:
        """The times between which it makes no difference when a subscription like this was made; sorted."""
        return self._bounds_of(subscription, is_old=self.occasion.age(subscription)[0])

    def _bounds_of(self, subscription: Subscription, *, is_old: bool) -> Sequence[datetime]:
        """The times between which it makes no difference when somebody subscribed."""
        bounds = self._bounds.get((subscription.scope, is_old))
        if bounds is None:
            matches = [Match(scope, self.occasion.state(scope)) for scope in self.occasion.scopes(subscription)]
            fixes = [at for match in matches for at in self.occasion.fix_times(match).both]
            bounds = sorted([*self._times, self.occasion.now - RECENT, *fixes])
            self._bounds[subscription.scope, is_old] = bounds
        return bounds

    @cached_property
    def _history(self) -> Sequence[tuple[datetime, Advisory]]:
        if self.revisions:
            return self.revisions
        times = [each.first_read_at for each in decide.standing(self.occasion.snapshot, self.occasion.current)]
        return [(min(times, default=self.occasion.now), self.occasion.advisory)]

    @cached_property
    def _times(self) -> Sequence[datetime]:
        return [at for at, _ in self._history]

    @cached_property
    def _was_there_first(self) -> bool:
        """Whether it was published before the bot began to watch: then nobody is alerted of it as such."""
        return any(each.known_before for each in decide.standing(self.occasion.snapshot, self.occasion.current))

    def shown_to(self, subscriptions: Iterable[Subscription]) -> frozenset[str]:
        """The reasons that these subscriptions showed at once: they count as told."""
        return frozenset[str]().union(*(self._shown_at(each) for each in subscriptions))

    def _shown_at(self, subscription: Subscription) -> frozenset[str]:
        shown_then = frozenset[str]()
        for scope in self.occasion.scopes(subscription):
            is_own = scope == subscription.scope
            since = subscription.since if is_own else max(subscription.since, self.occasion.now - RECENT)
            wording = bisect_left(self._times, since) - 1
            if wording < 0 and self._was_there_first:
                wording = 0
            if wording < 0 or (state := self._state(scope, wording)) == "no":
                continue
            advisory = self._history[wording][1]
            if is_severe(advisory, ageing.threshold(subscription, scope)):
                match = Match(scope, state)
                shown_then |= reasons.facts_of(advisory) | {reasons.of_match(match)} | self._fixes_at(scope, since)
        return shown_then

    def _fixes_at(self, scope: Scope, since: datetime) -> frozenset[str]:
        """What there was to upgrade to at that time, of what there is now."""
        match = Match(scope, self.occasion.state(scope))
        times = self.occasion.fix_times(match)
        line = advice.line if (advice := self.occasion.concerned(match).advice) is not None else ""
        pairs = [(times.any_line, FIX, NO_FIX)]
        pairs += [(times.own_line, f"{reasons.FIX_IN}{line}", f"{reasons.NO_FIX_IN}{line}")] if line else []
        can_tell = self.occasion.can_tell(match)
        return frozenset(
            there if at is not None and at < since else missing
            for at, there, missing in pairs
            if can_tell or (at is not None and at < since)
        )

    def _state(self, scope: Scope, wording: int) -> Concern:
        """Whether the advisory concerned a scope by an earlier wording."""
        if (wording, scope) not in self._states:
            self._states[wording, scope] = concern(self.occasion.snapshot, self._history[wording][1], scope)
        return self._states[wording, scope]
