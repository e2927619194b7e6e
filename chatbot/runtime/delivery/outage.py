"""Whether a whole chat is away: nothing gets through until something does, and then all that waited need wait no longer."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SHORTEST = timedelta(seconds=10)  # what is shorter is waited out by each delivery for itself
MOST = 10_000  # failing deliveries that are remembered
JUMP = timedelta(minutes=1)  # a clock that is set back by less delays nothing that matters


@dataclass(slots=True)
class Outage:
    """What one sender has seen since it last got a message through, and which deliveries fail while others get through."""

    since: datetime | None = None
    worked_at: datetime | None = None  # when a message last got through
    _failures: OrderedDict[int, tuple[datetime, int]] = field(default_factory=OrderedDict)  # when last; its own faults

    def record_failure(self, delivery: int, now: datetime) -> int:
        """An attempt failed; return how often this delivery has failed though another got through since it last did: that is
        not the chat's fault any more."""
        last, faults = self._failures.pop(delivery, (now, 0))
        faults += self.worked_at is not None and self.worked_at > last
        if not faults:
            self.since = self.since or now
        self._failures[delivery] = (now, faults)
        if len(self._failures) > MOST:
            self._failures.popitem(last=False)
        return faults

    def forget(self, delivery: int) -> None:
        """It was sent, or will not be."""
        self._failures.pop(delivery, None)

    def has_ended(self, now: datetime) -> bool:
        """A message got through; whether an outage is over with it."""
        began, self.since, self.worked_at = self.since, None, now
        return began is not None and now - began >= SHORTEST


@dataclass(slots=True)
class Clockwork:
    """Compares the time of day with a clock that only goes forward, in seconds."""

    _last: tuple[datetime, float] | None = None

    def set_back(self, now: datetime, steady: float) -> timedelta:
        """By how much the time of day was set back since the last look; nothing where it was not."""
        before, self._last = self._last, (now, steady)
        if before is None:
            return timedelta()
        missing = timedelta(seconds=steady - before[1]) - (now - before[0])
        return missing if missing > JUMP else timedelta()
