"""A room's digest over the whole pipeline: routine news at its hour in one message, security at once, nothing twice or lost."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import DigestSchedule, Project, Room, WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository, Vulnerability
from tests.core.make import lines_of
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

HERE = "console:digest"
BERLIN = ZoneInfo("Europe/Berlin")
DAILY = DigestSchedule(every="daily", at=time(9), zone=BERLIN)
WEEKLY = replace(DAILY, every="weekly")
FILTER = WatchFilter(mention=Mention("role", "7"), digest=DAILY)
SINGLY = replace(FILTER, digest=None)
MORNING = datetime(2031, 3, 3, 10, 0, tzinfo=UTC)  # a Monday, after the digest
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIXED = (Vulnerability(package="ferry", range="< 1.0.1", patched="1.0.1"),)
TUG = Project(id=ProjectId("tug"), name="Tug", repository="harbour/tug")
PAGE = "# Security\n\n| Version | Supported | Until |\n|---|---|---|\n| 1.0.x | yes | {until} |\n"


@dataclass(slots=True)
class Story:
    """A repository or two, a clock and a chat that outlive the bot."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(MORNING - DAY))
    chat: FaultyChat = field(default_factory=FaultyChat)
    ferry: Repository = field(default_factory=lambda: Repository(owner="harbour", name="ferry"))
    tug: Repository = field(default_factory=lambda: Repository(owner="harbour", name="tug"))

    def start(self, *rooms: Room, both: bool = False) -> AbstractAsyncContextManager[Harness]:
        database = self.folder / "bot.db"
        beside = [(TUG, self.tug)] if both else []
        chosen = rooms or (room(HERE, FILTER, [FERRY.id, TUG.id] if both else [FERRY.id]),)
        return open_harness(self.ferry, self.clock, database, chosen, chat=self.chat, beside=beside)

    def publish(self, tag: str, repository: Repository | None = None) -> None:
        at = self.clock.now
        (repository or self.ferry).releases.append(release(tag, 0, created_at=at, published_at=at))

    def warn(self, ghsa: str) -> None:
        at = self.clock.now
        flaw = advisory(ghsa, 0, cve="", vulnerabilities=FIXED, created_at=at, published_at=at)
        self.ferry.advisories.append(flaw)

    def page(self, until: str) -> None:
        self.ferry.commit("SECURITY.md", PAGE.format(until=until), self.clock.now)

    def titles(self, at: str = HERE) -> list[str]:
        return self.chat.titles(at)

    def lines(self, number: int = -1, at: str = HERE) -> list[str]:
        """What the digest says, without what stands behind the names."""
        texts = lines_of(self.chat.rooms[at][number].message)
        return [line.partition(" – ")[0] if line.startswith("•") else line for line in texts]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path)
    for repository in (story.ferry, story.tug):
        repository.releases = [release("v1.0.0", 1)]
    story.page("2033-12-31")
    return story


def why_of(name: str) -> CommandRequest:
    asker, here = RoomAddress("console:user"), RoomAddress(HERE)
    return CommandRequest(command="why", arguments={"id": name}, asker=asker, room=here, asked_at=MORNING)


async def read_first(harness: Harness, story: Story) -> None:
    """Read everything once, then let the clock show the Monday on which each test begins."""
    await harness.run_for()
    story.clock.now = MORNING
    await harness.run_for()


async def test_routine_news_waits_for_its_hour_and_comes_in_one_message(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        for tag in ("v1.0.1", "v1.1.0"):
            story.publish(tag)
            await harness.run_for()
        assert story.titles() == []
        assert not harness.services.ingestor.planner.unsettled(FERRY.id), "an unchanged answer costs no transaction"
        why = why_of("1.1.0")
        answer = await harness.services.answers.answer(why)
        assert answer.title == (
            "Ferry 1.1.0 is not announced here yet: it waits for the digest on Tuesday, 4 March 2031 at 09:00 (Europe/Berlin)"
        )
        story.clock.now = datetime(2031, 3, 4, 7, 59, tzinfo=UTC)
        await harness.poll()
        await harness.deliver()
        assert story.titles() == []
        story.clock.now = datetime(2031, 3, 4, 8, 0, tzinfo=UTC)
        await harness.poll()
        await harness.deliver()
        assert story.titles() == ["Ferry – 2 new releases"]
        assert story.lines()[0] == "Daily digest · 4 March 2031"
        answer = await harness.services.answers.answer(why)
        assert answer.title == "Ferry 1.1.0 was announced here on 4 March 2031"
        for _ in range(3):
            story.clock.advance(DAY)
            await harness.run_for()
        assert story.titles() == ["Ferry – 2 new releases"], "nothing is sent when there is nothing"
    assert story.chat.pings == []


async def test_security_never_waits_and_the_digest_lists_it_first(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        story.publish("v1.1.0")
        story.warn("GHSA-2222-2222-2222")
        await harness.run_for()
        assert story.titles() == ["Ferry – A mailbox name is not escaped"]
        story.clock.advance(DAY)
        await harness.run_for()
        assert story.titles()[1:] == ["Ferry – 1 new release"]
        assert story.lines()[2:] == [
            "Security news, announced already",
            "• A mailbox name is not escaped",
            "Routine news",
            "• 1.1.x: 1.1.0",
        ]
        story.publish("v1.2.0")
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
        assert story.lines()[2:] == ["• 1.2.x: 1.2.0"], "what one digest repeated the next one does not"
    assert len(story.chat.pings) == 1


async def test_security_alone_makes_no_digest(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        story.warn("GHSA-2222-2222-2222")
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
    assert story.titles() == ["Ferry – A mailbox name is not escaped"]


async def test_a_release_that_becomes_a_security_release_while_it_waits_is_announced_at_once(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        await harness.run_for()
        assert story.titles() == []
        story.warn("GHSA-2222-2222-2222")
        await harness.run_for()
        assert sorted(story.titles()) == ["Ferry 1.0.1", "Ferry – A mailbox name is not escaped"]
        story.clock.advance(DAY)
        await harness.run_for()
    assert len(story.titles()) == 2, "nothing is left for the digest"


async def test_what_is_withdrawn_while_it_waits_leaves_the_digest(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        story.publish("v1.1.0")
        await harness.run_for()
        del story.ferry.releases[-1]
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
        assert story.lines()[2:] == ["• 1.0.x: 1.0.1"]
        del story.ferry.releases[-1]
        story.publish("v1.2.0")
        await harness.run_for()
        del story.ferry.releases[-1]
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
    assert len(story.titles()) == 1


async def test_a_digest_is_corrected_where_it_is_and_pings_nobody(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        story.publish("v1.1.0")
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
    async with story.start() as harness:
        story.warn("GHSA-2222-2222-2222")
        await harness.run_for()
        await harness.run_for()
        assert "• 1.0.x: 1.0.1" in story.lines(0)
        text = lines_of(story.chat.rooms[HERE][0].message)[-1]  # the lower line
        assert text.endswith("security release, 3 March 2031; fixes GHSA-2222-2222-2222 (high)")
        assert story.chat.rooms[HERE][0].edits == 1
        assert story.titles() == ["Ferry – 2 new releases", "Ferry – A mailbox name is not escaped"]
        why = why_of("1.0.1")
        answer = await harness.services.answers.answer(why)
        assert answer.title == "Ferry 1.0.1 was announced here on 4 March 2031"
        assert "edited" in repr(answer)
        await harness.run_for()
    assert len(story.chat.pings) == 1
    assert story.chat.rooms[HERE][0].edits == 1


async def test_a_bot_that_was_down_for_days_posts_one_digest_when_it_is_back(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        await harness.run_for()
    story.clock.advance(3 * DAY)
    async with story.start() as harness:
        await harness.run_for()
        assert story.titles() == ["Ferry – 1 new release"]
        assert story.lines()[0] == "Daily digest · 6 March 2031"
    async with story.start() as harness:
        await harness.run_for()
    assert len(story.titles()) == 1


async def test_two_projects_are_one_message(story: Story) -> None:
    async with story.start(both=True) as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        story.publish("v1.1.0", story.tug)
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
        assert story.titles() == ["2 new releases in 2 projects"]
        assert story.lines()[2:] == ["Ferry", "• 1.0.x: 1.0.1", "Tug", "• 1.1.x: 1.1.0"]
        story.tug.release("v1.1.0").body = "Other words."  # which the digest does not show
        story.warn("GHSA-2222-2222-2222")
        await harness.run_for()
        await harness.run_for()
        assert story.chat.rooms[HERE][0].edits == 1
        assert "Tug" in story.lines(0), "an edit for one project keeps what the other one said"


async def test_a_weekly_digest_comes_on_monday(story: Story) -> None:
    weekly = room(HERE, replace(FILTER, digest=WEEKLY))
    async with story.start(weekly) as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        for _ in range(6):
            await harness.run_for()
            story.clock.advance(DAY)
        assert story.titles() == []
        story.clock.advance(DAY)
        await harness.run_for()
        assert story.lines()[0] == "Weekly digest · 10 March 2031"


async def reload(harness: Harness, *rooms: Room) -> None:
    """As SIGHUP does it."""
    harness.services.change(replace(harness.services.config, rooms=rooms))
    await harness.services.listen()


@pytest.mark.parametrize("restart", [True, False])
async def test_a_digest_that_is_switched_off_leaves_nothing_behind(story: Story, restart: bool) -> None:
    singly = room(HERE, SINGLY)
    async with story.start() as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        story.page("2034-06-30")
        await harness.run_for()
        assert story.titles() == []
        if not restart:
            await reload(harness, singly)
            await harness.run_for()
    if restart:
        async with story.start(singly) as harness:
            await harness.run_for()
    assert sorted(story.titles()) == ["Ferry 1.0.1", "Ferry – security policy changed"]


async def test_another_hour_counts_from_the_reload_on(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        await harness.run_for()
        await reload(harness, room(HERE, replace(FILTER, digest=replace(DAILY, at=time(18)))))
        await harness.run_for()
        assert story.titles() == []
        story.clock.now = datetime(2031, 3, 3, 17, 0, tzinfo=UTC)
        await harness.run_for()
        assert story.titles() == ["Ferry – 1 new release"]


async def test_changes_of_the_policy_become_one_and_what_was_taken_back_none(story: Story) -> None:
    async with story.start() as harness:
        await read_first(harness, story)
        for until in ("2034-06-30", "2035-06-30"):
            story.page(until)
            story.clock.advance(HOUR)
            await harness.run_for()
        assert story.titles() == []
        story.clock.advance(DAY)
        await harness.run_for()
        assert story.titles() == ["Ferry – 1 policy change"]
        assert story.lines()[3:] == ["• Support for 1.0.x now ends later: 30 June 2035 instead of 31 December 2033."]
        for until in ("2036-06-30", "2035-06-30"):
            story.page(until)
            story.clock.advance(HOUR)
            await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
    assert len(story.titles()) == 1


async def test_a_bridged_room_waits_with_the_one_that_it_is_bridged_with(story: Story) -> None:
    other = Room(
        address=RoomAddress("console:other"),
        projects=(FERRY.id,),
        watch_filter=SINGLY,
        bridged_with=(RoomAddress(HERE),),
    )
    async with story.start(room(HERE, FILTER), other) as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
    assert story.titles() == ["Ferry – 1 new release"]
    assert story.titles("console:other") == []


async def test_a_room_that_begins_later_gets_nothing_from_before(story: Story) -> None:
    new = room("console:new", FILTER)
    async with story.start(room(HERE, FILTER)) as harness:
        await read_first(harness, story)
        story.publish("v1.0.1")
        await harness.run_for()
        story.clock.advance(HOUR)
        await reload(harness, room(HERE, FILTER), new)
        await harness.run_for()
        story.clock.advance(DAY)
        await harness.run_for()
    assert story.titles() == ["Ferry – 1 new release"]
    assert story.titles("console:new") == []
