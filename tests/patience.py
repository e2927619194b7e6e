"""How long a test waits for what must happen: on a busy machine everything takes longer, and only a hang takes this long.

A passing test waits for the event and not for the clock, so a long patience costs nothing. What a test says about time is said by a
clock that it holds itself, or by the order of events.
"""

import asyncio
from collections.abc import Callable

PATIENCE = 300.0  # seconds
"""The timeout of a single test in pyproject.toml is longer: the sentence of the one who waited in vain says more."""


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait until it is so, looking now and then."""
    waiter = asyncio.Event()
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                try:
                    async with asyncio.timeout(0.02):
                        await waiter.wait()
                except TimeoutError:
                    continue
    except TimeoutError:
        raise AssertionError(f"waited in vain until {what}") from None
