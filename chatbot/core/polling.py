"""When to poll next: the API's quota is shared among the projects, with jitter, back-off and a reserve."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.model.source_profile import SourceProfile

GETS_A_SECOND = 12  # stays under the secondary limit of 900 points a minute

_HOUR = timedelta(hours=1)
_LONGEST = timedelta(hours=6)
_LONGEST_BACKOFF = timedelta(hours=1)
_PAGE, _OTHERS, _LIFECYCLE = 5, 10, 60  # how many times less often policy pages and sources of others are polled
_ROUND = 1 + 1 + 1 / _PAGE  # polls of one project that cost quota: releases, advisories, its policy page
# With a token a 304 is free; this share of the polls is expected to bring something and to be counted.
_COUNTED_WITH_TOKEN = 0.05
_UNCONDITIONAL = 0.01  # of the polls send no ETag, which can be wrong
_JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many requests the server still grants until `resets_at`, by its own headers."""

    limit: int
    remaining: int
    resets_at: datetime

    @property
    def reserve(self) -> int:
        """What is reserved for confirming what a signal named: a tenth, at least 5."""
        return min(self.limit, max(5, self.limit // 10))

    @property
    def spendable(self) -> int:
        """What ordinary polls may use."""
        return max(0, self.remaining - self.reserve)


def unconditional(chance: float) -> bool:
    """Whether this poll sends no ETag; `chance` is uniform in [0, 1)."""
    return chance < _UNCONDITIONAL


def interval(
    source: SourceProfile, *, projects: int, poll_seconds: int, has_token: bool, quota: Quota | None, now: datetime
) -> timedelta:
    """How long to wait between two polls of one source of one project, so that all projects get their share."""
    others = _LIFECYCLE if source.kind == "lifecycle" else _OTHERS
    slower = _PAGE if source.kind == "policy" else 1 if source.authoritative else others
    usual = timedelta(seconds=poll_seconds) * slower
    if source.kind == "signal" or not source.authoritative:  # costs no quota
        return max(usual, timedelta(seconds=projects / GETS_A_SECOND) * slower)
    polls = projects * _ROUND
    pace = timedelta(seconds=polls / GETS_A_SECOND) * slower
    if quota is None:
        return max(usual, pace)
    return max(usual, pace, _round(polls, has_token=has_token, quota=quota, now=now) * slower)


def _round(polls: float, *, has_token: bool, quota: Quota, now: datetime) -> timedelta:
    """How long a round of so many polls must take for the quota to last until it resets."""
    renewed_in = max(
        min(quota.resets_at - now, _HOUR), timedelta()
    )  # a quota lasts an hour: if it seems longer, our clock is wrong
    if not renewed_in:  # the window is over: the next response will show a full quota
        full = quota.limit - quota.reserve
        return min(_LONGEST, _HOUR * (_cost(polls, has_token=has_token) / max(1, full)))
    if not quota.spendable:
        return min(_LONGEST, renewed_in)
    return min(_LONGEST, renewed_in * (_cost(polls, has_token=has_token) / quota.spendable))


def _cost(polls: float, *, has_token: bool) -> float:
    """How much of the quota so many polls use."""
    return polls * _COUNTED_WITH_TOKEN if has_token else polls


def next_poll(
    now: datetime,
    every: timedelta,
    *,
    chance: float,
    failures: int = 0,
    retry_after: timedelta | None = None,
) -> datetime:
    """When to poll next: `every` with jitter; later after each of `failures` in a row, and never before `retry_after`.

    `chance` is uniform in [0, 1).
    """
    wait = every * (1 + _JITTER * (2 * chance - 1))
    if failures:
        wait = max(wait, min(_LONGEST_BACKOFF, every * (1 << min(failures, 20))) * (1 - chance / 2))
    if retry_after is not None:
        wait = max(wait, retry_after + every * (_JITTER * chance))
    return now + wait


def slot(previous: float, now: float, per_second: float) -> float:
    """When the next GET may start (monotonic seconds), after the one that started at `previous`."""
    return max(now, previous + 1 / per_second)
