"""What a new subscriber would have been alerted of before: the last twelve months, and what holds now."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from chatbot.core.model.facts import Advisory
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.matching import concern, is_severe
from chatbot.core.subscriptions.subscription import Subscription

YEAR = timedelta(days=365)


def in_the_last_year(snapshot: ProjectSnapshot, subscription: Subscription, now: datetime) -> Sequence[Advisory]:
    """The standing advisories of the last twelve months that a subscription would have alerted of, the newest first."""
    recent = [each for each in snapshot.advisories.values() if now - YEAR <= each.published_at <= now]
    return sorted(
        _matching(snapshot, subscription, recent), key=lambda each: (each.published_at, each.id), reverse=True
    )


def now(snapshot: ProjectSnapshot, subscription: Subscription) -> Sequence[Advisory]:
    """The advisories, however old, that concern what is subscribed to as it is today, the worst first. Of a project, those that
    affect a release which is the newest of its package."""
    if subscription.scope.kind != "project":
        return _worst_first(_matching(snapshot, subscription, snapshot.advisories.values()))
    newest = [item.version for item in snapshot.releases.values() if item.newest and item.version is not None]
    verdicts = [verdict for version in newest for verdict in snapshot.exposure.of(version)[0]]
    affecting = {verdict.advisory.id: verdict.advisory for verdict in verdicts}
    return _worst_first(_matching(snapshot, subscription, affecting.values()))


def _matching(
    snapshot: ProjectSnapshot, subscription: Subscription, advisories: Iterable[Advisory]
) -> Iterable[Advisory]:
    return (
        advisory
        for advisory in advisories
        if is_severe(advisory, subscription.min_severity) and concern(snapshot, advisory, subscription.scope) != "no"
    )


def _worst_first(advisories: Iterable[Advisory]) -> list[Advisory]:
    return sorted(advisories, key=lambda each: (-each.severity.rank, each.id))
