"""How fast we may ask: our own pace below Discord's global limit, and windows that count what must stay rare."""

from collections import deque
from dataclasses import dataclass, field

# Discord allows 50 requests a second for each bot (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit)
# and the library has no limiter of its own for it.
REQUESTS_PER_SECOND = 45.0


@dataclass(slots=True)
class Pacer:
    """Spreads requests evenly. Time is an argument, in seconds of any steady clock. What comes late by up to one step is made
    up for, so that no second sees more than `per_second` + 2, however unevenly the callers wake up."""

    per_second: float = REQUESTS_PER_SECOND
    _next: float = 0.0

    def wait(self, now: float) -> float:
        """How long until the next may go; 0 where it may go now."""
        return max(self._next - now, 0.0)

    def count(self, now: float) -> None:
        """One goes now."""
        step = 1 / self.per_second
        self._next = max(self._next, now - step) + step


@dataclass(slots=True)
class Window:
    """At most `most` within `seconds`."""

    most: int
    seconds: float
    _seen: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """How long until there is room for one more; 0 where there is."""
        while self._seen and self._seen[0] <= now - self.seconds:
            self._seen.popleft()
        if len(self._seen) < self.most:
            return 0.0
        return self._seen[len(self._seen) - self.most] + self.seconds - now

    def left(self, now: float) -> int:
        """How many more there is room for."""
        self.wait(now)
        return max(self.most - len(self._seen), 0)

    def count(self, now: float) -> None:
        self._seen.append(now)
        if len(self._seen) > 2 * self.most:
            self._seen.popleft()
