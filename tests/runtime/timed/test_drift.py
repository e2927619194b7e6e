"""What maintainers are told over the whole pipeline: what has drifted apart in a year, and what is wrong in a new advisory."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.demo.github.data import Repository, Vulnerability
from tests.core import make
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

OPS, HERE = "console:ops", "console:here"
WATCHED = replace(FERRY, maintainers_room=RoomAddress(OPS))
MORNING = datetime(2031, 3, 3, 10, 0, tzinfo=UTC)
HEAD = "# Security\n\n| Version | Supported | Until |\n|---|---|---|\n"


@dataclass(slots=True)
class Story:
    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(MORNING))
    chat: FaultyChat = field(default_factory=FaultyChat)
    ferry: Repository = field(default_factory=lambda: Repository(owner="harbour", name="ferry"))

    def page(self, rows: str) -> None:
        self.ferry.commit("SECURITY.md", HEAD + rows, self.clock.now)

    def notices(self) -> list[str]:
        """The titles in the maintainers' room, without how the page is read."""
        return [title for title in self.chat.titles(OPS) if "how I read" not in title]

    def start(self) -> AbstractAsyncContextManager[Harness]:
        return open_harness(
            self.ferry, self.clock, self.folder / "bot.db", [room(HERE)], project=WATCHED, chat=self.chat
        )

    async def days(self, *numbers: int) -> None:
        """The bot is started, and looks once on each of these days."""
        async with self.start() as harness:
            for number in numbers:
                self.clock.now = MORNING + timedelta(days=number)
                await harness.poll()
                await harness.deliver()


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path)
    story.ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    return story


async def test_a_year_of_drift_with_restarts(story: Story) -> None:
    story.page("| 1.1.x | ✅ | |\n| 1.0.x | ✅ | 2031-06-30 |\n")
    await story.days(0, 1, 30, 119)  # up to 30 June
    assert story.notices() == []
    await story.days(120, 121, 126, 127)  # its date has passed
    await story.days(127, 128, 134)
    late = "Ferry – 1 thing to put right"
    again = "Ferry – 1 thing still to put right"
    assert story.notices() == [late, again, again]
    story.page("| 1.1.x | ✅ | |\n| 1.0.x | ❌ | |\n")
    await story.days(135, 136, 142, 365)
    assert story.notices() == [late, again, again, "Ferry – 1 thing put right"]
    (line,) = [line for line in make.lines_of(story.chat.rooms[OPS][-1].message) if "Fixed" in line]
    assert line == "• Fixed: “1.0.x | ✅ | 2031-06-30” says supported, but its own date, 30 June 2031, has passed."
    assert HERE not in story.chat.rooms or not any("put right" in title for title in story.chat.titles(HERE))


async def test_maintainers_hear_of_a_wrong_advisory_before_anybody_is_alerted(story: Story) -> None:
    story.page("| 1.1.x | ✅ | |\n| 1.0.x | ❌ | |\n")
    async with story.start() as harness:
        await harness.run_for()
        wrong = Vulnerability(package="ferry", range="< 1.1.2", patched="1.1.1")
        story.ferry.advisories = [
            advisory("GHSA-2222-2222-2222", 0, vulnerabilities=(wrong,), published_at=story.clock.now)
        ]
        story.clock.advance(timedelta(minutes=1))
        await harness.poll()
        await harness.deliver()
        (notice,) = story.notices()
        assert notice.endswith("things to fix in GHSA-2222-2222-2222")
        assert HERE not in story.chat.rooms
        assert "covers 1.1.1, which it names as patched" in make.words(story.chat.rooms[OPS][-1].message)
        await harness.run_for()
        assert len(story.chat.rooms[HERE]) == 1
        assert len(story.notices()) == 1
    async with story.start() as harness:
        await harness.run_for()
        assert len(story.notices()) == 1
