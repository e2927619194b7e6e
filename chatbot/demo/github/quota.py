"""The loopback GitHub's rate limit: so many requests an hour for each token, fewer for everyone without one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one caller stands after a request."""

    limit: int
    used: int
    reset: datetime

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def headers(self) -> dict[str, str]:
        """The X-RateLimit-* headers that say it."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Used": str(min(self.used, self.limit)),
            "X-RateLimit-Reset": str(int(self.reset.timestamp())),
            "X-RateLimit-Resource": "core",
        }


@dataclass(kw_only=True)
class Quota:
    """Counts requests per caller; a caller's hour begins with its first request."""

    _used: dict[str, int] = field(default_factory=dict)
    _reset: dict[str, datetime] = field(default_factory=dict)

    def standing(self, caller: str, limit: int, now: datetime) -> Standing:
        """How the caller stands, without counting."""
        if caller not in self._reset or now >= self._reset[caller]:
            self._used[caller], self._reset[caller] = 0, now + _WINDOW
        return Standing(limit=limit, used=self._used[caller], reset=self._reset[caller])

    def count(self, caller: str, limit: int, now: datetime) -> Standing:
        """Count one request and say how the caller stands after it."""
        self.standing(caller, limit, now)
        self._used[caller] += 1
        return self.standing(caller, limit, now)
