"""The pace that the stand-in allows: buckets by route and channel, and the global limit, as Discord's headers tell them."""

import re
from collections import deque
from dataclasses import dataclass, field

_MESSAGES = re.compile(r"^/channels/(\d+)/messages$")
_CHANNEL = re.compile(r"^/channels/(\d+)$")


@dataclass
class Verdict:
    """What the limits say to a request: headers for its answer, and for how long it is refused (0: it passes)."""

    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float = 0.0
    everywhere: bool = False


@dataclass
class Limits:
    """Windows are sliding. `global_per_second` 0 is no global limit; interaction endpoints are exempt, as at Discord."""

    per_channel: int = 1000
    window: float = 5.0
    global_per_second: int = 0
    names_window: float = 600.0
    """In which a channel's name may be changed twice (https://github.com/discord/discord-api-docs/issues/1900)."""
    buckets: dict[str, deque[float]] = field(default_factory=dict)
    names: dict[str, deque[float]] = field(default_factory=dict)
    passed: deque[float] = field(default_factory=deque)

    def judge(self, method: str, path: str, now: float, body: object = None) -> Verdict:
        if path.startswith(("/interactions/", "/webhooks/")):
            return Verdict()
        if self.global_per_second and (wait := _full(self.passed, self.global_per_second, 1.0, now)):
            return Verdict({"X-RateLimit-Global": "true"}, wait, everywhere=True)
        verdict = Verdict()
        if method == "POST" and (match := _MESSAGES.match(path)):
            verdict = self._bucket(match[1], now)
        if method == "PATCH" and (match := _CHANNEL.match(path)) and isinstance(body, dict) and "name" in body:
            times = self.names.setdefault(match[1], deque())
            verdict = Verdict(retry_after=_full(times, 2, self.names_window, now))
            if not verdict.retry_after:
                times.append(now)
        if not verdict.retry_after:
            self.passed.append(now)
        return verdict

    def _bucket(self, channel: str, now: float) -> Verdict:
        times = self.buckets.setdefault(channel, deque())
        wait = _full(times, self.per_channel, self.window, now)
        if not wait:
            times.append(now)
        reset = times[0] + self.window - now
        return Verdict(
            {
                "X-RateLimit-Limit": str(self.per_channel),
                "X-RateLimit-Remaining": str(max(self.per_channel - len(times), 0)),
                "X-RateLimit-Reset-After": f"{reset:.3f}",
                "X-RateLimit-Reset": f"{1_700_000_000 + now + reset:.3f}",
                "X-RateLimit-Bucket": "post-messages",
            },
            wait,
        )


def _full(times: deque[float], most: int, window: float, now: float) -> float:
    """How long until there is room again; 0 where there is."""
    while times and times[0] <= now - window:
        times.popleft()
    return times[0] + window - now if len(times) >= most else 0.0
