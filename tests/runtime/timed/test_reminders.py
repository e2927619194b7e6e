"""Reminders over the whole pipeline: read from the page each day, given once, whatever happens in between."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.core.reminders.due import NO_STAGE, LastReminder
from chatbot.demo.github.data import Repository
from chatbot.store import reminders
from tests.core.make import lines_of
from tests.demo.make import release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

HERE, RELEASES = "console:policy", "console:releases"
ROOMS = (room(HERE, WatchFilter()), room(RELEASES, WatchFilter(events=frozenset({"releases"}))))
MORNING = datetime(2031, 3, 3, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
END = date(2031, 6, 30)
ENDS = "Support of Ferry 1.0.x ends in 30 days"
LAST = "Support of Ferry 1.0.x ends today"


@dataclass(slots=True)
class Story:
    """A repository with a policy page, a clock and a chat that outlive the bot."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(MORNING))
    chat: FaultyChat = field(default_factory=FaultyChat)
    ferry: Repository = field(default_factory=lambda: Repository(owner="harbour", name="ferry"))

    def start(self, *rooms: Room) -> AbstractAsyncContextManager[Harness]:
        return open_harness(self.ferry, self.clock, self.folder / "bot.db", rooms or ROOMS, chat=self.chat)

    def page(self, until: date | None, *, text: str = "") -> None:
        row = f"| 1.0.x | yes | {until or ''} |\n| 1.1.x | yes | |\n"
        head = "# Security\n\n| Version | Supported | Until |\n|---|---|---|\n"
        self.ferry.commit("SECURITY.md", text or head + row, self.clock.now)

    def reminders(self, at: str = HERE) -> list[str]:
        return [title for title in self.chat.titles(at) if title.startswith("Support")]

    def page_news(self, at: str = HERE) -> list[str]:
        posts = [post.message for post in self.chat.rooms.get(at, []) if "policy changed" in post.message.title]
        return [line.removeprefix("• ") for message in posts for line in lines_of(message) if "1.0.x" in line]

    async def day(self, harness: Harness, day: date) -> None:
        """The bot runs on this day."""
        self.clock.now = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        await harness.run_for()


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path)
    story.ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    story.page(END)
    return story


async def test_rooms_that_watch_the_policy_are_reminded_twice(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        for number in (-31, -30, -29, -1, 0, 1, 40):
            await story.day(harness, END + number * DAY)
    assert story.reminders() == [ENDS, LAST]
    assert story.reminders(RELEASES) == []
    assert lines_of(story.chat.rooms[HERE][0].message)[2:4] == ["Last day: 30 June 2031", "Newest release: 1.1.0"]


async def test_a_restart_every_day_posts_nothing_twice(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
    for number in (-30, -29, 0, 1):
        async with story.start() as harness:
            await story.day(harness, END + number * DAY)
    assert story.reminders() == [ENDS, LAST]


async def test_a_bot_that_was_down_gives_the_current_stage_alone(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
    async with story.start() as harness:
        await story.day(harness, END + 2 * DAY)
    assert story.reminders() == ["Support of Ferry 1.0.x ended on 30 June 2031"]


async def test_a_moved_date_is_announced_once_as_moved_and_reminds_again(story: Story) -> None:
    later = date(2031, 9, 30)
    async with story.start() as harness:
        await harness.run_for()
        await story.day(harness, END - 30 * DAY)
        story.page(later)
        await story.day(harness, END - 20 * DAY)
        await story.day(harness, END)
        await story.day(harness, later - 30 * DAY)
        await story.day(harness, later)
    assert story.page_news() == ["Support for 1.0.x now ends later: 30 September 2031 instead of 30 June 2031."]
    assert story.reminders() == [ENDS, ENDS, LAST]


async def test_a_page_that_cannot_be_read_says_nothing_and_forgets_nothing(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        await story.day(harness, END - 30 * DAY)
        story.page(None, text=" ")
        await story.day(harness, END - 20 * DAY)
        await story.day(harness, END)
        story.page(END)
        await story.day(harness, END + DAY)
    assert story.reminders() == [ENDS, "Support of Ferry 1.0.x ended on 30 June 2031"]


async def test_a_line_that_loses_its_date_is_announced_once(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        await story.day(harness, END - 30 * DAY)
        story.page(None)
        for number in (-20, -19, 0):
            await story.day(harness, END + number * DAY)
    assert story.page_news() == ["1.0.x no longer has an end of support; it was 30 June 2031."]
    assert story.reminders() == [ENDS]


async def test_a_day_that_moves_without_news_of_the_page_is_reminded_of(story: Story) -> None:
    """Such as a better reader of the same page."""
    moved = date(2031, 9, 30)
    async with story.start() as harness:
        await harness.run_for()
        await story.day(harness, END - 30 * DAY)
        async with harness.services.store.writing(FERRY.id) as tx:  # as if the reader had read another day there before
            await reminders.keep(tx, FERRY.id, RoomAddress(HERE), {"1.0.x": LastReminder(moved, NO_STAGE)})
        await story.day(harness, END - 29 * DAY)
    assert story.page_news() == []
    assert story.reminders() == [ENDS, "Support of Ferry 1.0.x now ends on 30 June 2031, not 30 September 2031"]


async def test_a_new_room_gets_nothing_that_had_passed(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
    story.clock.now = datetime(2031, 6, 10, 10, tzinfo=UTC)
    new = room("console:new", WatchFilter())
    async with story.start(*ROOMS, new) as harness:
        await harness.services.listen()
        await harness.run_for()
        assert story.reminders(new.address) == []
        await story.day(harness, END)
    assert story.reminders(new.address) == [LAST]


async def test_rooms_that_a_bridge_joins_are_reminded_once(story: Story) -> None:
    other = Room(
        address=RoomAddress("console:other"),
        projects=(FERRY.id,),
        watch_filter=WatchFilter(),
        bridged_with=(RoomAddress(HERE),),
    )
    async with story.start(ROOMS[0], other) as harness:
        await harness.run_for()
        await story.day(harness, END)
    assert story.reminders() == [LAST]
    assert story.reminders("console:other") == []


async def test_a_year_passes(story: Story) -> None:
    """The date moves twice, the bot is down for a month and restarted now and then."""
    dates = {date(2031, 5, 1): date(2031, 7, 31), date(2031, 7, 10): date(2031, 10, 31)}
    day, begin = MORNING.date(), MORNING.date()
    while day < begin + 365 * DAY:
        async with story.start() as harness:
            for _ in range(20):
                if day in dates:
                    story.clock.now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
                    story.page(dates[day])
                await story.day(harness, day)
                day += 3 * DAY if day not in dates and day + DAY not in dates and day + 2 * DAY not in dates else DAY
        if day.month == 8:
            day += 30 * DAY
    first, second, last = story.reminders()
    assert first.startswith("Support of Ferry 1.0.x ends in ")
    assert [news.rpartition(": ")[2] for news in story.page_news()] == [
        "31 July 2031 instead of 30 June 2031.",
        "31 October 2031 instead of 31 July 2031.",
    ]
    assert second.startswith("Support of Ferry 1.0.x ends in ")
    assert last in (LAST, "Support of Ferry 1.0.x ended on 31 October 2031")
