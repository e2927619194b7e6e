"""Clocks that stand still until a test moves them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class ManualClock:
    """The time of day."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass(slots=True)
class ManualTimer:
    """Seconds since some moment, as `time.monotonic` tells them."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by.total_seconds()
