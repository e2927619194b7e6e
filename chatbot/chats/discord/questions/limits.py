"""How much people may ask on Discord: an allowance for each person, and a cap on what is answered at the same time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chatbot.core.rate_allowance import RateAllowance

AT_THE_SAME_TIME = 16  # questions of all people together; most take milliseconds
WAITING = 200
COMPLETIONS_AT_THE_SAME_TIME = 16
COMPLETIONS_AT_ONCE = 40  # one for each key that is pressed
COMPLETIONS_EVERY = 0.25  # seconds for one more


@dataclass(slots=True)
class Counter:
    """At most `most` at the same time."""

    most: int
    now: int = 0

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Whether there is a place, which is held for as long as the block."""
        if self.now >= self.most:
            yield False
            return
        self.now += 1
        try:
            yield True
        finally:
            self.now -= 1


@dataclass(slots=True, kw_only=True)
class QuestionLimits:
    """What one account lets through.

    allowance: questions of one person
    completions: completions of one person while they type
    questions: those that are looked into at the same time; the others wait for their turn
    waiting: how many may wait or be looked into, whoever asks; more are refused
    completing: completions at the same time; more get nothing
    """

    allowance: RateAllowance = field(default_factory=RateAllowance)
    completions: RateAllowance = field(default_factory=lambda: RateAllowance(COMPLETIONS_AT_ONCE, COMPLETIONS_EVERY))
    questions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_THE_SAME_TIME))
    waiting: Counter = field(default_factory=lambda: Counter(WAITING))
    completing: Counter = field(default_factory=lambda: Counter(COMPLETIONS_AT_THE_SAME_TIME))
