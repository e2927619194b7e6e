"""Killed at random moments of fan-outs to 200 Discord channels: each channel shows each announcement once, in order."""

import random
import signal
import time
from pathlib import Path

import pytest

from tests.runtime.many_channels import ManyChannels, open_many_channels

CHANNELS = 200
ANNOUNCEMENTS = 3  # announcements of one fan-out: an advisory, the release that fixes it, a routine release


async def fan_out(there: ManyChannels, chance: random.Random, kills: int) -> None:
    """Publish, and kill whenever so many requests to the channels were seen that all kills fall into the fan-out."""
    there.release(advisory=f"Flaw number {101 + len(there.expected.flaws)}")
    there.release()
    for _ in range(kills):
        before, life = there.message_requests(), chance.randint(1, 2 * ANNOUNCEMENTS * CHANNELS * 3 // 4 // kills)

        def is_due(until: int = before + life) -> bool:
            return there.message_requests() >= until or there.all_posted()

        await there.until(is_due, f"{life} requests were made")
        await there.end(signal.SIGKILL)
        there.discord.world.forget_nonces()  # only who looks before repeating says nothing twice
        await there.start()
    await there.until_shown()


async def kill(folder: Path, seed: int, fan_outs: int, kills: int) -> None:
    print(f"the seed of the kills is {seed}")  # noqa: T201 - with it they come again
    chance, began = random.Random(seed), time.monotonic()
    async with open_many_channels(folder, CHANNELS, latency=0.1) as there:
        await there.begin()
        for _ in range(fan_outs):
            await fan_out(there, chance, kills)
        assert await there.end(signal.SIGTERM) == 0
        polls = there.message_requests("GET")
        print(  # noqa: T201 - what the soak is run for
            f"seed {seed}: {kills * fan_outs} kills, {there.message_count()} messages in {CHANNELS} channels by "
            f"{there.message_requests('POST')} requests, looked for {polls} times: none lost, none twice, "
            f"in {time.monotonic() - began:.0f} s"
        )
        assert polls, "some kills came while messages were under way"


@pytest.mark.timeout(300)
async def test_three_kills_in_a_fan_out_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    await kill(tmp_path, random.SystemRandom().randrange(10**6), fan_outs=1, kills=3)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_hundred_kills_lose_nothing_and_repeat_nothing(seed: int, tmp_path: Path) -> None:
    await kill(tmp_path, seed, fan_outs=5, kills=20)
