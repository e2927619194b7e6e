"""Weekly lists in people's DMs, over the whole pipeline: one on a Monday with news, by the clocks of the room, and nothing twice."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatbot.core.maintainers.word import Word
from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.subscriptions.subscription import Releases, Scope
from chatbot.demo.github.data import Repository
from chatbot.runtime.timed.loop import Timed, timed
from chatbot.store.maintainers import words
from chatbot.store.privacy import forgetting, personal
from chatbot.store.subscriptions import lists as kept_lists
from chatbot.store.subscriptions import people, rounds, subscriptions
from tests.core.make import lines_of
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.runtime.subscriptions.people import FERRY_ID, dm, person, subscribe
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

CHANNEL = RoomAddress("discord:9")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
LINE, EVERYTHING = Scope("line", "1.0"), Scope("project")


@dataclass(slots=True)
class Weeks:
    """A repository with releases now and then, and DMs that outlive the bot."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(MONDAY - DAY))
    chat: FaultyChat = field(default_factory=lambda: FaultyChat(name="discord"))
    ferry: Repository = field(default_factory=lambda: Repository(owner="harbour", name="ferry"))
    public: bool = True
    size: int = 250  # people in a slice of lists
    loops: dict[int, Timed] = field(default_factory=dict)  # that of the bot which runs

    def start(self) -> AbstractAsyncContextManager[Harness]:
        project, there = replace(FERRY, public=self.public), replace(room(CHANNEL), zone=BERLIN)
        return open_harness(self.ferry, self.clock, self.folder / "bot.db", [there], chat=self.chat, project=project)

    def publish(self, tag: str) -> None:
        self.ferry.releases.append(release(tag, 0, created_at=self.clock.now, published_at=self.clock.now))

    async def news(self, harness: Harness, *tags: str) -> None:
        """Something comes out now, and is read and gone through."""
        for tag in tags:
            self.publish(tag)
        await harness.run_for()
        await harness.services.fan_outs.drain()

    async def at(self, harness: Harness, now: datetime) -> None:
        """The bot looks at the clock, and sends what is due."""
        self.clock.now = now
        await self.look(harness)
        await harness.deliver()

    async def look(self, harness: Harness) -> None:
        if id(harness) not in self.loops:
            planner, members = harness.services.ingestor.planner, harness.services.fan_outs.members
            loop = timed(planner, lambda: harness.services.config.projects, members, self.clock)
            loop.lists.size = loop.corrections.size = self.size
            self.loops = {id(harness): loop}
        await self.loops[id(harness)].step()
        await harness.services.fan_outs.drain()

    def messages(self, number: int = 1) -> list[Message]:
        return [post.message for post in self.chat.rooms.get(dm(number), [])]

    def titles(self, number: int = 1) -> list[str]:
        return [message.title for message in self.messages(number)]

    async def subscribe(
        self, harness: Harness, number: int, scope: Scope, releases: Releases = "weekly", home: RoomAddress = NOWHERE
    ) -> None:
        await subscribe(harness.services.store, number, scope, self.clock.now, releases=releases, home=home)

    async def ask(self, harness: Harness, command: str, number: int = 1, **arguments: str) -> Message:
        ask = CommandRequest(
            command=command,
            arguments=arguments,
            asker=person(number),
            dm=dm(number),
            asked_at=self.clock.now,
            key=f"{command} {self.clock.now} {arguments}",
        )
        return await harness.services.answers.answer(ask)


@pytest.fixture
def weeks(tmp_path: Path) -> Weeks:
    weeks = Weeks(tmp_path)
    weeks.ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    return weeks


@pytest.fixture
async def harness(weeks: Weeks) -> AsyncIterator[Harness]:
    async with weeks.start() as opened:
        await opened.run_for()
        yield opened


async def test_one_message_on_monday_with_what_is_news(weeks: Weeks, harness: Harness) -> None:
    for number, scope in enumerate((LINE, EVERYTHING, Scope("version", "1.1.0"), Scope("line", "1.2"))):
        await weeks.subscribe(harness, number, scope)
    await weeks.subscribe(harness, 4, LINE, "now")
    await weeks.news(harness, "v1.0.1", "v1.1.1")
    await weeks.at(harness, MONDAY - HOUR)
    assert [weeks.titles(number) for number in range(4)] == [[], [], [], []]
    for hour in (0, 1, 48):
        await weeks.at(harness, MONDAY + hour * HOUR)
    one = ["Ferry – 1 new release"]
    assert [weeks.titles(number) for number in range(5)] == [one, ["Ferry – 2 new releases"], one, [], ["Ferry 1.0.1"]]
    assert lines_of(weeks.messages(0)[0])[0] == "Weekly digest · 3 March 2031"
    assert "1.0.1" in "\n".join(lines_of(weeks.messages(0)[0]))


async def test_a_year_of_one_person(weeks: Weeks) -> None:
    """Every tenth week has a release; the bot is started again after half a year; twice it is down on a Monday, once on two of them. The
    list comes at nine in Berlin, in summer and in winter, and lists each release once."""
    tags, moments = [f"v1.0.{number}" for number in range(1, 8)], list[datetime]()
    to_come, down = list(tags), {10, 25, 26}
    monday = MONDAY.replace(tzinfo=BERLIN) + WEEK
    for week in range(52):
        if week % 26 == 0:
            bot = weeks.start()
            harness = await bot.__aenter__()
            if week == 0:
                await harness.run_for()
                await weeks.subscribe(harness, 1, LINE, home=CHANNEL)
        if week % 10 == 0 or week == 26:
            weeks.clock.now = (monday - 3 * DAY).astimezone(UTC)
            await weeks.news(harness, to_come.pop(0))
        before = len(weeks.messages())
        hours_of_week = (30,) if week in down else (-1, 0, 24) if week < 4 else (0,)
        for hours in hours_of_week:
            await weeks.at(harness, (monday + hours * HOUR).astimezone(UTC))
            if len(weeks.messages()) > before:
                moments.append(weeks.clock.now)
                before = len(weeks.messages())
        if week % 26 == 25:
            await bot.__aexit__(None, None, None)
        monday += WEEK
    there = "\n".join(line for message in weeks.messages() for line in lines_of(message))
    assert [there.count(f"{tag[1:]} – ") for tag in tags] == [1] * 7
    assert {at.astimezone(BERLIN).strftime("%A %H:%M") for at in moments} == {"Monday 09:00", "Tuesday 15:00"}
    assert {at.hour for at in moments} >= {7, 8}


async def test_the_bot_was_down_and_one_list_comes(weeks: Weeks) -> None:
    async with weeks.start() as harness:
        await harness.run_for()
        await weeks.subscribe(harness, 1, LINE)
        await weeks.news(harness, "v1.0.1")
    weeks.clock.now = MONDAY + WEEK + DAY
    async with weeks.start() as harness:
        await weeks.news(harness, "v1.0.2")
        await weeks.at(harness, weeks.clock.now + HOUR)
        assert weeks.titles() == ["Ferry – 1 new release"]
        await weeks.at(harness, MONDAY + 2 * WEEK)
    assert weeks.titles() == ["Ferry – 1 new release"] * 2


async def test_what_is_cut_off_is_done_again_and_nobody_gets_two(weeks: Weeks, harness: Harness) -> None:
    """As a kill would: between a slice and its commit, and just after it. The slices are of two people."""
    weeks.size = 2
    for number in range(5):
        await weeks.subscribe(harness, number, LINE)
    await weeks.news(harness, "v1.0.1")
    ends = ["lists committed", "lists written", "lists committed"]

    def cut(point: str) -> None:
        if ends and point == ends[0]:
            raise RuntimeError(ends.pop(0))

    planner = harness.services.ingestor.planner
    planner.failpoint, go_on = cut, planner.failpoint
    for minute in range(5):
        await weeks.at(harness, MONDAY + timedelta(minutes=minute))
    planner.failpoint = go_on
    assert not ends
    assert [len(weeks.titles(number)) for number in range(5)] == [1] * 5


async def test_security_comes_first_unless_it_was_an_alert(weeks: Weeks, harness: Harness) -> None:
    for number, scope in ((1, LINE), (2, Scope("line", "1.1"))):
        await weeks.subscribe(harness, number, scope)
    now = weeks.clock.now
    weeks.ferry.advisories.append(advisory("GHSA-2222-2222-2222", 0, created_at=now, published_at=now))
    weeks.publish("v1.1.1")
    weeks.publish("v1.2.0")
    await weeks.news(harness)
    await harness.deliver()
    await weeks.at(harness, MONDAY)
    assert len(weeks.titles(1)) == 1, "the alert alone: nothing moments out of its line"
    alert, week = weeks.messages(2)
    assert alert.title != week.title == "Ferry – 1 new release"
    assert "Security" not in lines_of(week), "it was an alert"


async def test_the_last_list_is_corrected_without_a_sound(weeks: Weeks, harness: Harness) -> None:
    """In slices of one person, through a cut, for equal lists and others; who gets a warning is another matter."""
    weeks.size = 1
    for number, scope in enumerate((LINE, LINE, EVERYTHING, Scope("line", "1.1"))):
        await weeks.subscribe(harness, number, scope)
    await weeks.news(harness, "v1.0.1", "v1.1.1")
    await weeks.at(harness, MONDAY)
    bad = Word(action="bad", subject="release/ferry/v1.0.1", by=person(9), at=MONDAY, text="It loses mail.")
    async with harness.services.store.writing(FERRY_ID) as tx:
        await words.say(tx, FERRY_ID, bad)
    ends = ["lists corrected", "lists corrected"]

    def cut(point: str) -> None:
        if ends and point == ends[0]:
            raise RuntimeError(ends.pop(0))

    harness.services.ingestor.planner.failpoint = cut
    for minute in range(1, 5):
        await weeks.at(harness, MONDAY + timedelta(minutes=minute))
    assert not ends
    lists = [[post.edits for post in weeks.chat.rooms[dm(number)]] for number in range(4)]
    assert lists == [[1], [1], [1], [0]]
    for number in (0, 1, 2):
        assert "1.0.1 – do not use it, the maintainers say" in "\n".join(lines_of(weeks.messages(number)[0]))
    async with harness.services.store.writing() as tx:
        assert await kept_lists.forget_old(tx, MONDAY + DAY) == 0
        assert await kept_lists.forget_old(tx, MONDAY + timedelta(days=92)) > 0


async def test_another_choice_loses_nothing_and_leaves_nothing_queued(weeks: Weeks, harness: Harness) -> None:
    for number in range(1, 5):
        await weeks.subscribe(harness, number, LINE)
    await weeks.news(harness, "v1.0.1")
    ids = {}
    async with harness.services.store.reading() as tx:
        for number in range(1, 5):
            ids[number] = (await subscriptions.of(tx, person(number)))[0].id
    await weeks.ask(harness, "choose-releases", 1, id=str(ids[1]), value="now")
    await weeks.look(harness)
    await harness.deliver()
    assert weeks.titles(1) == ["Ferry 1.0.1"]
    weeks.clock.now = MONDAY
    await weeks.look(harness)  # lists are queued
    await weeks.ask(harness, "choose-releases", 2, id=str(ids[2]), value="never")
    await weeks.ask(harness, "unsubscribe", 3, version="1.0")
    await harness.deliver()
    await weeks.at(harness, MONDAY + HOUR)
    assert [weeks.titles(number) for number in (1, 2, 3, 4)] == [["Ferry 1.0.1"], [], [], ["Ferry – 1 new release"]]


async def test_whoever_cannot_be_reached_or_may_not_know_gets_none(weeks: Weeks) -> None:
    weeks.public = False
    async with weeks.start() as harness:
        await harness.run_for()
        for number in (1, 2, 3):
            await weeks.subscribe(harness, number, LINE, home=CHANNEL)
        store = harness.services.store

        class Guests:
            async def shares(self, who: RoomAddress, _room: RoomAddress, *, fresh: bool = False) -> bool:  # noqa: ARG002 - as the port has it
                return who != person(3)

        harness.services.fan_outs.members.chats = {"discord": Guests()}
        await weeks.news(harness, "v1.0.1")
        async with store.writing() as tx:
            await people.trouble(tx, person(2), "Allow DMs.")
        await weeks.at(harness, MONDAY)
        assert [weeks.titles(number) for number in (1, 2, 3)] == [["Ferry – 1 new release"], [], []]
        async with store.writing() as tx:
            assert await subscriptions.of(tx, person(3), FERRY_ID) == []
            await people.settle_dm(tx, person(2), dm(2))
        await weeks.news(harness, "v1.0.2")
        await weeks.at(harness, MONDAY + WEEK)
        assert weeks.titles(2) == ["Ferry – 1 new release"]


@dataclass(slots=True)
class Doorman:
    """Who is in the room, by what the chat says: it can't tell of everybody."""

    unsure: set[RoomAddress] = field(default_factory=set)

    async def shares(self, who: RoomAddress, _room: RoomAddress, *, fresh: bool = False) -> bool | None:  # noqa: ARG002 - as the port has it
        return None if who in self.unsure else True


async def test_whoever_nobody_can_tell_of_gets_the_list_later(weeks: Weeks) -> None:
    """That day; the bot is started again meanwhile, and goes through people one by one. Nobody gets two."""
    weeks.public, weeks.size = False, 1
    doorman = Doorman({person(1), person(2)})

    async with weeks.start() as harness:
        harness.services.fan_outs.members.chats = {"discord": doorman}
        await harness.run_for()
        for number in (1, 2, 3):
            await weeks.subscribe(harness, number, LINE, home=CHANNEL)
        await weeks.news(harness, "v1.0.1")
        await weeks.at(harness, MONDAY)
        assert [len(weeks.titles(number)) for number in (1, 2, 3)] == [0, 0, 1]
    doorman.unsure = {person(2)}
    async with weeks.start() as harness:
        harness.services.fan_outs.members.chats = {"discord": doorman}
        await weeks.at(harness, MONDAY + HOUR)
        assert [len(weeks.titles(number)) for number in (1, 2, 3)] == [1, 0, 1]
        doorman.unsure = set()
        await weeks.at(harness, MONDAY + HOUR + timedelta(minutes=1))
        assert [len(weeks.titles(number)) for number in (1, 2, 3)] == [1, 0, 1], "it is not tried at every look"
        for hours in (2, 3):
            await weeks.at(harness, MONDAY + hours * HOUR)
            assert [len(weeks.titles(number)) for number in (1, 2, 3)] == [1, 1, 1]


async def test_a_list_does_not_wait_for_more_than_a_day(weeks: Weeks) -> None:
    weeks.public = False
    async with weeks.start() as harness:
        doorman = Doorman({person(1)})
        harness.services.fan_outs.members.chats = {"discord": doorman}
        await harness.run_for()
        await weeks.subscribe(harness, 1, LINE, home=CHANNEL)
        await weeks.news(harness, "v1.0.1")
        for hours in (0, 23, 25):
            await weeks.at(harness, MONDAY + hours * HOUR)
        async with harness.services.store.reading() as tx:
            last = await rounds.get(tx, "Europe/Berlin")
        assert last is not None
        assert (last.is_over, weeks.titles()) == (True, [])


async def test_what_is_stored_is_shown_and_forgotten(weeks: Weeks, harness: Harness) -> None:
    await weeks.subscribe(harness, 1, LINE)
    await weeks.news(harness, "v1.0.1")
    await weeks.at(harness, MONDAY)
    words = "\n".join(lines_of(await weeks.ask(harness, "my-data")))
    assert "releases listed once a week, in one message" in words
    assert "a weekly list, " in words
    assert await forgetting.forget(harness.services.store, person(1), weeks.clock.now, "salt") > 0
    async with harness.services.store.reading() as tx:
        assert (await personal.read(tx, person(1))).is_empty
    await weeks.news(harness, "v1.0.2")
    await weeks.at(harness, MONDAY + WEEK)
    assert len(weeks.titles()) == 1
