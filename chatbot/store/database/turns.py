"""Long rows of work on the event loop, in turns: between two of them everybody else is served."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

Item = TypeVar("Item")

EVERY = 8  # items; a release with the longest notes takes some milliseconds


async def in_turns(items: Iterable[Item]) -> AsyncIterator[Item]:
    """The items one after the other, with room for other tasks after every few."""
    for number, item in enumerate(items, 1):
        yield item
        if number % EVERY == 0:
            await asyncio.sleep(0)
