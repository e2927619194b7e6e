"""From a release appearing on GitHub to its message in each room: the real process, a Discord stand-in and a real Synapse."""

import asyncio
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.runtime.bot_process import BotHarness, open_bot
from tests.standins.synapse import synapse

POLL, SETTLE = 1, 1  # seconds, as the staged configuration says


async def measured(folder: Path) -> dict[str, float]:
    """Seconds until each room shows the release."""
    with synapse() as homeserver:
        async with open_bot(folder, homeserver) as there:
            await there.start()
            await there.baseline()
            began = time.monotonic()
            there.publish("v1.0.1")
            rooms: dict[str, Callable[[], list[str]]] = {"Discord": there.in_discord, "Matrix": there.in_matrix}
            arrived = await asyncio.gather(*(_arrival(there, titles, began) for titles in rooms.values()))
            await there.end(signal.SIGTERM)
    return dict(zip(rooms, arrived, strict=True))


async def _arrival(there: BotHarness, titles: Callable[[], list[str]], began: float) -> float:
    await there.until(lambda: bool(titles()), "the release is shown")
    return time.monotonic() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measured(Path(folder)))
    words = ", ".join(f"{room} after {seconds:.1f} s" for room, seconds in figures.items())
    least = POLL + SETTLE
    print(f"a release appears: {words} (looks every {POLL} s, settles {SETTLE} s: at least about {least} s at worst)")
