"""A rate limit per person: a few questions at once, then one every so often, so that nobody uses up the account's rate."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

AT_ONCE = 6
EVERY = 10.0  # seconds for one more
PEOPLE = 5000  # at most; the one who asked longest ago is dropped, and has the full allowance anyway


@dataclass(slots=True)
class RateAllowance:
    """`at_once` questions, and one more every `every` seconds."""

    at_once: int = AT_ONCE
    every: float = EVERY
    _tokens: OrderedDict[str, tuple[float, datetime]] = field(default_factory=OrderedDict)

    def take(self, person: str, now: datetime) -> bool:
        """Whether this question may be answered; takes it off the person's allowance."""
        tokens, at = self._tokens.pop(person, (float(self.at_once), now))
        tokens = min(self.at_once, tokens + max((now - at).total_seconds(), 0.0) / self.every)
        granted = tokens >= 1
        self._tokens[person] = (tokens - 1 if granted else tokens, now)
        while len(self._tokens) > PEOPLE:
            self._tokens.popitem(last=False)
        return granted
