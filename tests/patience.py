"""How long a test waits for what must happen: on a busy machine everything takes longer, and only a hang takes this long.

A passing test waits for the event and not for the clock, so a long patience costs nothing. What a test says about time is said by a
clock that it holds itself, or by the order of events.
"""

PATIENCE = 300.0  # seconds
"""The timeout of a single test in pyproject.toml is longer: the sentence of the one who waited in vain says more."""
