"""When maintainers are told of what has drifted apart: at once, again each week while it lasts, and once when it is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.drift.finding import Drift, DriftFinding

EVERY = 7  # days


@dataclass(frozen=True, slots=True)
class LastTold:
    """What was last said of a finding, and when."""

    problem: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DriftNews:
    """What is to be said now.

    new: found for the first time
    again: said a week ago, and still so
    put_right: by key, what was said and is so no longer
    """

    new: tuple[DriftFinding, ...] = ()
    again: tuple[DriftFinding, ...] = ()
    put_right: tuple[tuple[str, LastTold], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.again or self.put_right)


def news_of(drift: Drift, told_before: Mapping[str, LastTold], now: datetime) -> DriftNews:
    """`told_before` is by key of the finding. Days count, not hours: what was said at ten is said again at any time of that day a
    week later."""
    keys = {finding.key for finding in drift.findings}
    return DriftNews(
        new=tuple(each for each in drift.findings if each.key not in told_before),
        again=tuple(each for each in drift.findings if each.key in told_before and _is_due(told_before[each.key], now)),
        put_right=tuple(
            (key, last)
            for key, last in sorted(told_before.items())
            if key not in keys and key.partition("/")[0] not in drift.undecided
        ),
    )


def _is_due(last: LastTold, now: datetime) -> bool:
    return (now.date() - last.at.date()).days >= EVERY
