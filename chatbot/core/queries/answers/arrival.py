"""How soon news arrives: a room at once, and the last of a project's subscribers at their chat's pace."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

_SLOW = 90  # seconds, from which on minutes are said
_LONG = 120  # minutes, from which on hours are said


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What was measured lately.

    delay: how long urgent news takes into the room; None where none was sent there lately
    subscribers: by chat, how many people get alerts
    paces: by chat, how many messages a second its people get
    """

    delay: timedelta | None = None
    subscribers: Mapping[str, int] = field(default_factory=dict)
    paces: Mapping[str, float] = field(default_factory=dict)


def words(arrival: Arrival, room_word: str) -> str:
    """`reaches this channel in about 2 s, 214 subscribers within 5 min`; "" where nothing is known."""
    parts = []
    if arrival.delay is not None:
        parts.append(f"this {room_word} in about {_span(arrival.delay.total_seconds())}")
    people = sum(arrival.subscribers.values())
    if people:
        first = arrival.delay.total_seconds() if arrival.delay is not None else 0
        slowest = max(many / arrival.paces.get(chat, 1.0) for chat, many in arrival.subscribers.items())
        parts.append(f"{people} {'subscriber' if people == 1 else 'subscribers'} within {_span(first + slowest)}")
    return f"reaches {', '.join(parts)}" if parts else ""


def _span(seconds: float) -> str:
    """Rounded up: a promise that is kept."""
    if seconds <= _SLOW:
        return f"{max(math.ceil(seconds), 1)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes <= _LONG else f"{math.ceil(minutes / 60)} h"
