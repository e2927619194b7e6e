"""Whether a whole chat is away: nothing gets through until something does, and then all that waited need wait no longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST = timedelta(seconds=10)  # what is shorter is waited out by each delivery for itself
JUMP = timedelta(minutes=1)  # a clock that is set back by less delays nothing that matters


@dataclass(slots=True)
class Outage:
    """What one sender has seen since it last got a message through."""

    since: datetime | None = None
    worked_at: datetime | None = None  # when a message last got through

    def failed(self, now: datetime) -> None:
        """An attempt failed that is nobody's fault but the chat's."""
        self.since = self.since or now

    def ended(self, now: datetime) -> bool:
        """A message got through; whether an outage is over with it."""
        began, self.since, self.worked_at = self.since, None, now
        return began is not None and now - began >= SHORTEST


@dataclass(slots=True)
class Clockwork:
    """Compares the time of day with a clock that only goes forward, in seconds."""

    _seen: tuple[datetime, float] | None = None

    def went_back(self, now: datetime, steady: float) -> bool:
        """Whether the time of day was set back since the last look."""
        before, self._seen = self._seen, (now, steady)
        if before is None:
            return False
        return now - before[0] < timedelta(seconds=steady - before[1]) - JUMP
