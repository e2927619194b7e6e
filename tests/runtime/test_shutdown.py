"""SIGTERM in the middle of a fan-out: a clean end within some seconds, and each message once after the next start."""

import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatbot.runtime.delivery.in_flight import AT_ONCE
from tests.runtime.many_channels import ManyChannels, open_many_channels
from tests.standins.discord import Fault

CHANNELS = 100
ENDS_WITHIN = 50.0  # seconds, ten times what the bot promises: on a busy machine all takes longer
NEVER = 600.0  # seconds until an answer: nobody waits for it


@asynccontextmanager
async def in_flight(folder: Path, latency: float, hanging: int = 0) -> AsyncIterator[ManyChannels]:
    """A bot in the middle of a fan-out; in as many channels the first request is never answered, nor carried out."""
    async with open_many_channels(folder, CHANNELS, latency=latency) as there:
        await there.begin()
        for channel in there.channels[:hanging]:
            there.discord.plant(Fault(kind="hang", where=rf"^POST /channels/{channel}/messages$"))
        there.release(advisory="Flaw number 101")
        await there.until(
            lambda: there.message_requests("POST") >= CHANNELS // 4 and not there.discord.faults.left, "it is said"
        )
        yield there


async def ended(there: ManyChannels) -> None:
    """Tell it to end; it does so in time, with the fan-out not over."""
    began = time.monotonic()
    assert await there.end(signal.SIGTERM) == 0
    took = time.monotonic() - began
    assert took < ENDS_WITHIN, f"it took {took:.1f} s to end"
    assert not there.all_posted()
    assert "Traceback" not in there.log.read_text()


async def goes_on(there: ManyChannels) -> None:
    """Begun again, it says what is missing."""
    there.discord.world.forget_nonces()
    await there.start()
    await there.until_shown()


async def test_it_ends_in_the_middle_of_a_fan_out(tmp_path: Path) -> None:
    async with in_flight(tmp_path, 0.05) as there:
        await ended(there)
        await goes_on(there)
        assert there.message_requests("GET") <= AT_ONCE, "only what a busy machine left without an answer is looked for"


@pytest.mark.parametrize("hanging", [1, 20])
async def test_it_ends_while_channels_do_not_answer(hanging: int, tmp_path: Path) -> None:
    async with in_flight(tmp_path, 0.05, hanging) as there:
        await ended(there)
        await goes_on(there)


async def test_what_was_carried_out_and_never_answered_is_found(tmp_path: Path) -> None:
    async with in_flight(tmp_path, 0.05) as there:
        there.discord.latency = NEVER
        before = there.message_count()
        await there.until(lambda: there.message_count() >= before + 5, "messages are in their channels")
        await ended(there)
        there.discord.latency = 0.05
        await goes_on(there)
        assert there.message_requests("GET") >= 5
