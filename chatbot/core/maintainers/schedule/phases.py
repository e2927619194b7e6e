"""Where a planned release stands: how far off its time is, and what became of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from chatbot.core.maintainers.controls import Scheduled

REMIND_BEFORE = timedelta(hours=1)
LATE_AFTER = timedelta(hours=24)  # after its time

Phase = Literal["ahead", "soon", "due", "late"]
State = Literal["planned", "cancelled", "late", "released"]


def phase(at: datetime, now: datetime) -> Phase:
    """How far off a time is: more than an hour, less, past, or past by more than a day."""
    if now < at - REMIND_BEFORE:
        return "ahead"
    if now < at:
        return "soon"
    return "due" if now < at + LATE_AFTER else "late"


def state(entry: Scheduled, now: datetime, *, is_released: bool) -> State:
    """What became of it. That the release is there outweighs whatever was said about when it comes."""
    if is_released:
        return "released"
    if entry.cancelled:
        return "cancelled"
    return "late" if phase(entry.at, now) == "late" else "planned"


def by_the_clock(scheduled: Mapping[str, Scheduled], now: datetime) -> frozenset[tuple[str, datetime, Phase]]:
    """What the clock alone changes: whoever has planned it once need not do so again until it differs."""
    return frozenset((version, entry.at, phase(entry.at, now)) for version, entry in scheduled.items())
