"""How fast we may ask: our own pace below Discord's global limit, and windows that count what must stay rare."""

from collections import deque
from dataclasses import dataclass, field

# Discord allows 50 requests a second for each bot (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit)
# and the library has no limiter of its own for it.
REQUESTS_PER_SECOND = 48.0


@dataclass(slots=True)
class Pacer:
    """Spreads requests evenly. Time is an argument, in seconds of any steady clock."""

    per_second: float = REQUESTS_PER_SECOND
    _next: float = 0.0

    def reserve(self, now: float) -> float:
        """Take the next free place and return how long to wait for it."""
        start = max(self._next, now)
        self._next = start + 1 / self.per_second
        return start - now


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
