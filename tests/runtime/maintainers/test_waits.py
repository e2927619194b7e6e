"""What waits for maintainers goes on by the clock, though no source answers any more."""

from datetime import timedelta

import pytest

from chatbot.ports import ChatRefused
from chatbot.runtime.timed.waits import WaitsForWord
from tests.runtime.harness import Harness
from tests.runtime.maintainers.test_announce import HOUR, OPS, QUAY, Stage, say

GHSA = "GHSA-aaaa-bbbb-cccc"


async def pass_time(harness: Harness, waits: WaitsForWord, by: timedelta) -> None:
    """Time passes without a poll."""
    end = harness.clock.now + by
    while harness.clock.now < end:
        harness.clock.advance(timedelta(minutes=10))
        await waits.step(harness.clock.now)
        await harness.deliver()


def waits_of(harness: Harness) -> WaitsForWord:
    services = harness.services
    return WaitsForWord(services.ingestor.planner, lambda: services.config.projects)


async def test_security_news_goes_out_after_its_hour_without_a_poll(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.warn(GHSA)
        await harness.run_for()
        waits = waits_of(harness)
        await pass_time(harness, waits, HOUR / 2)
        assert stage.shows() == []
        await pass_time(harness, waits, HOUR)
        assert len(stage.shows()) == len(stage.shows(QUAY)) == 1


async def test_what_is_held_is_recalled_each_hour_without_a_poll_and_through_restarts(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.warn(GHSA)
        await harness.run_for()
        await say(harness, "announce hold", id=GHSA)
        await pass_time(harness, waits_of(harness), 2 * HOUR)
    async with stage.open() as harness:
        waits = waits_of(harness)
        await pass_time(harness, waits, HOUR)
        reminders = [title for title in stage.cards() if title.endswith("is still held")]
        assert len(reminders) == 3
        assert stage.shows() == []
        await say(harness, "announce now", id=GHSA)
        await pass_time(harness, waits, 2 * HOUR)
        assert len([title for title in stage.cards() if title.endswith("is still held")]) == 3


async def test_routine_news_is_asked_about_once_more_after_a_day_without_a_poll(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        waits = waits_of(harness)
        await pass_time(harness, waits, 40 * HOUR)
        assert stage.cards() == ["Announce Ferry 1.2.0?", "Ferry 1.2.0 still waits for your word"]


async def test_where_the_card_is_refused_news_goes_out_without_a_poll(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        stage.chat.refusing[OPS] = ChatRefused("the channel is closed")
        await harness.run_for()
        await pass_time(harness, waits_of(harness), HOUR / 2)
        assert stage.shows() == [("Ferry 1.2.0", False)]


@pytest.mark.parametrize("what", ["release", "policy"])
async def test_what_waits_goes_out_once_nobody_needs_to_be_asked_any_more(stage: Stage, what: str) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        if what == "release":
            stage.publish("v1.2.0")
        else:
            stage.ferry.commit(
                "SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | no |\n", stage.clock.now
            )
        await harness.run_for(timedelta(minutes=10))
        waits = waits_of(harness)
        await pass_time(harness, waits, HOUR)
        assert stage.shows() == []
    stage.announce = "auto"
    async with stage.open() as harness:
        await pass_time(harness, waits_of(harness), HOUR / 2)
        assert len(stage.shows()) == 1
    async with stage.open() as harness:
        await pass_time(harness, waits_of(harness), HOUR / 2)
        assert len(stage.shows()) == 1
