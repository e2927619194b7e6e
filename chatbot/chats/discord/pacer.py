"""How fast we may ask: our own pace below Discord's global limit, and windows that count what must stay rare."""

from collections import deque
from dataclasses import dataclass, field

# https://discord.com/developers/docs/topics/rate-limits#global-rate-limit: 50 requests a second for each bot, and the library
# has no limiter of its own for it.
MOST_A_SECOND = 50
REQUESTS_PER_SECOND = 48.0


@dataclass(slots=True)
class Pacer:
    """Spreads requests evenly, and never lets a second see more than `most`, wherever Discord begins its seconds.

    Discord counts a request somewhere between its sending and its answer: until a second after the answer it may still count.
    Time is an argument, in seconds of any steady clock.
    """

    per_second: float = REQUESTS_PER_SECOND
    most: int = MOST_A_SECOND
    _next: float = 0.0
    _under_way: int = 0
    _answer_times: deque[float] = field(default_factory=deque)  # within the last second

    def wait(self, now: float) -> float:
        """How long until the next may go, or until it is worth asking again; 0 where it may go now."""
        while self._answer_times and self._answer_times[0] <= now - 1.0:
            self._answer_times.popleft()
        evenly = max(self._next - now, 0.0)
        if self._under_way + len(self._answer_times) < self.most:
            return evenly
        freed = (
            self._answer_times[0] + 1.0 - now if self._answer_times else 1 / self.per_second
        )  # an answer comes some time
        return max(evenly, freed)

    def begin(self, now: float) -> None:
        """One goes now. What comes late by up to one step is made up for."""
        step = 1 / self.per_second
        self._next = max(self._next, now - step) + step
        self._under_way += 1

    def end(self, now: float) -> None:
        """One was answered, or will not be any more."""
        self._under_way -= 1
        self._answer_times.append(now)


@dataclass(slots=True)
class Window:
    """At most `most` within `seconds`."""

    most: int
    seconds: float
    _times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """How long until there is room for one more; 0 where there is."""
        while self._times and self._times[0] <= now - self.seconds:
            self._times.popleft()
        if len(self._times) < self.most:
            return 0.0
        return self._times[len(self._times) - self.most] + self.seconds - now

    def remaining(self, now: float) -> int:
        """How many more there is room for."""
        self.wait(now)
        return max(self.most - len(self._times), 0)

    def count(self, now: float) -> None:
        self._times.append(now)
        if len(self._times) > 2 * self.most:
            self._times.popleft()
