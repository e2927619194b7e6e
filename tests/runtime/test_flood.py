"""A day in hell: under a flood from all sides honest news and questions pass as usual, nothing freezes, and memory stays flat."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.runtime.flood import BEAT, Flood, memory_of, open_flood
from tests.standins.synapse import Synapse

QUESTIONS = 10
USUAL = 10.0  # times the longest calm answer, and as many seconds where that was short
FROZEN = 1.0  # seconds of CPU that nothing else got through
GROWTH = 80.0  # MB after the flood has begun to repeat itself


async def _through(there: Flood, seconds: float) -> None:
    """Honest life while the flood goes on."""
    calm = {chat: max(times) for chat, times in there.times.items()}
    loop = asyncio.get_running_loop()
    flood = asyncio.create_task(there.flood())
    settled_cpu = 0.0
    for number in range(QUESTIONS):
        pause = loop.create_future()
        loop.call_later(seconds / QUESTIONS, pause.set_result, None)
        await asyncio.wait({pause, flood}, return_when=asyncio.FIRST_COMPLETED)
        assert not flood.done(), flood.exception()
        await there.ask()
        if number == QUESTIONS // 3:
            there.there.publish("v1.0.1")
        if number == QUESTIONS // 2:
            there.flaw("GHSA-2222-3333-4444", "1.0.1")
            settled_cpu = memory_of(there.pid)
    await there.there.until(lambda: _shown(there.there.in_discord()), "Discord shows the honest news")
    await there.there.until(lambda: _shown(there.there.in_matrix()), "Matrix shows the honest news")
    await there.there.until(lambda: flood.done() or there.sent > 5 * seconds, "the flood was one")
    await there.there.until(
        lambda: flood.done() or there.pulse.signs > seconds / BEAT / 10, "the bot gave signs of life"
    )
    assert not flood.done(), flood.exception()
    grown = memory_of(there.pid) - settled_cpu
    flood.cancel()
    await asyncio.wait({flood})
    for chat, times in there.times.items():
        assert max(times) <= max(USUAL * calm[chat], USUAL), f"{chat}: {times}, calm {calm[chat]:.1f} s"
    sys.stdout.write(
        f"frozen for {there.pulse.longest:.2f} s of CPU at most, {there.pulse.signs} signs, grown by {grown:.0f} MB; {there.times}\n"
    )
    assert there.pulse.longest < FROZEN, f"{there.pulse.longest:.1f} s of CPU without a sign of life"
    assert grown < GROWTH, f"{grown:.0f} MB"


def _shown(titles: list[str]) -> bool:
    return any("1.0.1" in title for title in titles) and any("Honest flaw" in title for title in titles)


async def _hell(homeserver: Synapse, folder: Path, seconds: float, seed: int) -> None:
    async with open_flood(folder, homeserver, seed) as there:
        for _ in range(3):
            await there.ask()
        await _through(there, seconds)
        titles = there.there.in_discord()
        assert len([title for title in titles if "1.0.1" in title and "Ferry" in title]) == 1, titles
        assert await there.there.end(signal.SIGTERM) == 0
        text = there.there.log.read_text()
        assert "Traceback" not in text, text[text.index("Traceback") - 3000 :][:6000]


async def test_a_day_in_hell(homeserver: Synapse, tmp_path: Path) -> None:
    await _hell(homeserver, tmp_path, 15, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_long_day_in_hell(homeserver: Synapse, tmp_path: Path, seed: int) -> None:
    await _hell(homeserver, tmp_path, 300, seed=seed)
