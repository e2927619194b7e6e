"""Maintainers plan a release, move and cancel it, over the days until it comes."""

from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.images.reference import parse_image
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import BulletList, plain
from chatbot.runtime.supervisor import Supervisor
from tests.runtime.maintainers.test_announce import HALL, HOUR, QUAY, Stage, say
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, announce="auto")


def after(clock: ManualClock, hours: float) -> str:
    return (clock.now + timedelta(hours=hours)).isoformat(timespec="minutes")


async def test_a_release_is_planned_moved_recalled_to_mind_and_comes(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        what = {"version": "1.2.0", "severity": "high"}
        answer = await say(harness, "announce schedule", **what, time=after(stage.clock, 24))
        assert answer.title == "Announce Ferry 1.2.0 beforehand?"
        assert stage.shows() == []
        (button,) = answer.actions
        assert (await say(harness, button.name, id=button.subject)).title == "Ferry 1.2.0 is planned"
        await harness.deliver()
        assert stage.shows() == stage.shows(QUAY) == [("Ferry 1.2.0 is planned", False)]
        assert stage.chat.pings == []
    async with stage.open() as harness:  # a restart says nothing again
        await harness.run_for()
        moved = await say(harness, "announce schedule", **what, time=after(stage.clock, 40), anyway="yes")
        assert moved.title == "The plan for Ferry 1.2.0 is changed"
        await harness.deliver()
        expected = [("Ferry 1.2.0 is planned", False), ("Ferry 1.2.0 is planned for another time", False)]
        assert stage.shows() == expected
        await harness.run_for(10 * HOUR)
        assert stage.shows() == expected
        await harness.run_for(9 * HOUR + HOUR * 3 / 4)
    async with stage.open() as harness:
        await harness.run_for(timedelta(minutes=2))
        assert stage.shows() == [*expected, ("Ferry 1.2.0 is due within the hour", False)]
        stage.clock.advance(HOUR)
        stage.publish("v1.2.0")
        await harness.run_for()
        assert stage.shows()[0] == ("Ferry 1.2.0 is released", False)
        assert stage.shows()[-1] == ("Ferry 1.2.0", False)
        assert len(stage.shows()) == 4
        late = await say(harness, "announce cancel", version="1.2.0")
        assert late.title == "Ferry 1.2.0 is published already"


async def test_a_cancelled_release_is_crossed_out_and_a_late_one_is_told(stage: Stage) -> None:
    stage.images = (parse_image("localhost:1/harbour/ferry", ("linux/amd64",)),)  # they wait: nobody is answer again
    async with stage.open() as harness:
        await harness.run_for()
        for version in ("1.2.0", "1.3.0"):
            what = {"version": version, "time": after(stage.clock, 2), "severity": "medium"}
            assert (await say(harness, "announce schedule", **what)).title == f"Ferry {version} is planned"
        await harness.deliver()
        cancelled = await say(harness, "announce cancel", version="v1.3.0")
        assert [plain(block.spans) for block in cancelled.body if hasattr(block, "spans")] == [
            "2 rooms had read of it: the post is crossed out, and a reply says so."
        ]
        await harness.deliver()
        assert ("Ferry 1.3.0 is planned", True) in stage.shows()
        assert ("Ferry 1.3.0 is not planned any more", False) in stage.shows()
        assert (await say(harness, "announce cancel", version="1.3.0")).title == "Ferry 1.3.0 is not planned"
        stage.clock.advance(27 * HOUR)
        await harness.run_for()
        assert ("Ferry 1.2.0 is late", False) in stage.shows()
        assert [title for title in stage.cards() if "has not come" in title] == ["Ferry 1.2.0 has not come"]
        log = await say(harness, "announce log")
        entries = [plain(each.spans) for block in log.body if isinstance(block, BulletList) for each in block.items]
        assert "scheduled 1.2.0" in "".join(entries)


async def test_nobody_else_plans_and_nothing_but_a_version_is_taken(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        what = {"time": after(stage.clock, 9), "severity": "high"}
        stranger = await say(harness, "announce schedule", asker="console:user:ola", version="1.2.0", **what)
        assert stranger.title == "Only maintainers of the project can use this"
        pressed = await say(harness, "schedule-anyway", asker="console:user:ola", id=f"1.2.0 {what['time']} high")
        assert pressed.title == "Only maintainers of the project can use this"
        refused = await say(harness, "announce schedule", version="1.2.0-heap-overflow", **what)
        assert refused.title == "I can't plan this"
        assert (await say(harness, "announce schedule", version="1.1.0", **what)).title.endswith("published already")
        await harness.run_for()
        assert stage.shows() == []


class Followed(FaultyChat):
    """A chat whose hall others follow."""

    def is_followed(self, place: RoomAddress) -> bool:
        return place == HALL


async def test_where_others_follow_a_room_a_reply_says_that_an_announcement_was_taken_back(stage: Stage) -> None:
    stage.chat = Followed()
    async with stage.open() as harness:
        Supervisor(harness.services, [stage.chat], pause=0.0)  # which tells the planner of its chats
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        await say(harness, "announce retract", id="v1.2.0", reason="It was tagged by mistake")
        await harness.deliver()
        assert stage.shows() == [("Ferry 1.2.0", True), ("Taken back: Ferry 1.2.0", False)]
        assert stage.shows(QUAY) == [("Ferry 1.2.0", True)]
