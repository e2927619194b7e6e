"""Reminders in people's DMs: of their line, each stage once, by the page of that day, and nothing of what has ended."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.subscriptions.subscription import Scope
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatRefused
from chatbot.store.privacy import forgetting
from chatbot.store.subscriptions import people, subscriptions
from tests.demo.make import release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.runtime.subscriptions.people import dm, person, subscribe
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

CHANNEL = RoomAddress("discord:9")
MORNING = datetime(2031, 3, 3, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
END = date(2031, 8, 31)
LINE, OLD, OTHER = Scope("line", "1.0"), Scope("version", "1.0.0"), Scope("line", "1.1")
STAGES = (90, 30, 0)
THREE = [
    "Support of Ferry 1.0.x ends in 90 days",
    "Support of Ferry 1.0.x ends in 30 days",
    "Support of Ferry 1.0.x ends today",
]


@dataclass(slots=True)
class Year:
    """A page with an end of support, and DMs that outlive the bot."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(MORNING))
    chat: FaultyChat = field(default_factory=lambda: FaultyChat(name="discord"))
    ferry: Repository = field(default_factory=lambda: Repository(owner="harbour", name="ferry"))
    public: bool = True

    def start(self) -> AbstractAsyncContextManager[Harness]:
        project = replace(FERRY, public=self.public)
        return open_harness(
            self.ferry, self.clock, self.folder / "bot.db", [room(CHANNEL)], chat=self.chat, project=project
        )

    def page(self, until: date | None, *, text: str = "") -> None:
        row = f"| 1.0.x | yes | {until or ''} |\n| 1.1.x | yes | |\n"
        head = "# Security\n\n| Version | Supported | Until |\n|---|---|---|\n"
        self.ferry.commit("SECURITY.md", text or head + row, self.clock.now)

    def titles(self, number: int) -> list[str]:
        return [post.message.title for post in self.chat.rooms.get(dm(number), [])]

    async def day(self, harness: Harness, day: date, hour: int = 10) -> None:
        """The bot runs at this hour (UTC)."""
        self.clock.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        await harness.poll()
        await harness.services.fan_outs.drain()
        await harness.deliver()

    async def subscribe(self, harness: Harness, number: int, *scopes: Scope, home: RoomAddress = NOWHERE) -> None:
        for scope in scopes:
            await subscribe(harness.services.store, number, scope, self.clock.now, home=home)


@pytest.fixture
def year(tmp_path: Path) -> Year:
    year = Year(tmp_path)
    year.ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    year.page(END)
    return year


@pytest.fixture
async def harness(year: Year) -> AsyncIterator[Harness]:
    async with year.start() as opened:
        await opened.run_for()
        yield opened


async def test_each_stage_comes_once_to_those_who_follow_the_line(year: Year, harness: Harness) -> None:
    for number, scopes in enumerate([(LINE,), (OLD, LINE), (OTHER,), (Scope("project"),)]):
        await year.subscribe(harness, number, *scopes)
    for stage in STAGES:
        await year.day(harness, END - (stage + 1) * DAY)
        await year.day(harness, END - stage * DAY, hour=3)
        assert len(year.titles(0)) == STAGES.index(stage), "at night nobody is written to"
        await year.day(harness, END - stage * DAY)
        await year.day(harness, END - stage * DAY, hour=12)
    await year.day(harness, END + 40 * DAY)
    assert [year.titles(number) for number in range(4)] == [THREE, THREE, [], []]


async def test_a_moved_day_is_announced_once_and_reminds_again(year: Year, harness: Harness) -> None:
    await year.subscribe(harness, 1, LINE)
    await year.day(harness, END - 30 * DAY)
    await year.subscribe(harness, 2, LINE)
    later = date(2031, 11, 30)
    year.page(later)
    for number in (-29, -28, 0):
        await year.day(harness, END + number * DAY)
    for stage in (*STAGES, -1):
        await year.day(harness, later - stage * DAY)
    moved = "Support of Ferry 1.0.x now ends on 30 November 2031, not 31 August 2031"
    assert year.titles(1) == [THREE[1], moved, *THREE]
    assert year.titles(2) == THREE


async def test_the_bot_was_down_and_the_newest_stage_comes_alone(year: Year) -> None:
    async with year.start() as harness:
        await harness.run_for()
        await year.subscribe(harness, 1, LINE)
    async with year.start() as harness:
        await year.day(harness, END - 29 * DAY)
    async with year.start() as harness:
        await year.day(harness, END - 29 * DAY, hour=11)
    assert year.titles(1) == ["Support of Ferry 1.0.x ends in 29 days"]


async def test_whoever_cannot_be_reached_gets_what_counts_when_they_are_back(year: Year, harness: Harness) -> None:
    store = harness.services.store
    for number in (1, 2):
        await year.subscribe(harness, number, LINE)
    async with store.writing() as tx:
        await people.trouble(tx, person(1), "Allow DMs.")
    year.chat.refusing[dm(2)] = ChatRefused("Allow DMs.")
    await year.day(harness, END - 90 * DAY)
    async with store.reading() as tx:
        assert (stored := await people.get(tx, person(2))) is not None
        assert stored.trouble
    del year.chat.refusing[dm(2)]
    async with store.writing() as tx:
        for number in (1, 2):
            await people.settle_dm(tx, person(number), dm(number))
    await year.day(harness, END - 80 * DAY)
    await year.day(harness, END - 30 * DAY)
    for number in (1, 2):
        assert year.titles(number) == ["Support of Ferry 1.0.x ends in 80 days", THREE[1]]


async def test_nothing_is_on_its_way_after_the_subscription_has_ended(year: Year, harness: Harness) -> None:
    for number in (1, 2):
        await year.subscribe(harness, number, LINE, OTHER)
    store = harness.services.store
    year.clock.now = datetime(2031, 6, 2, 10, tzinfo=UTC)
    await harness.poll()
    await harness.services.fan_outs.drain()
    for number, line in ((1, "1.0"), (2, "1.1")):
        ask = CommandRequest(
            command="unsubscribe",
            arguments={"version": line},
            asker=person(number),
            dm=dm(number),
            asked_at=year.clock.now,
            key=line,
        )
        await harness.services.answers.answer(ask)
    await harness.services.fan_outs.drain()
    await harness.deliver()
    assert [year.titles(number) for number in (1, 2)] == [[], ["Support of Ferry 1.0.x ends in 90 days"]]
    assert await forgetting.forget(store, person(2), year.clock.now, "salt") > 0
    await year.day(harness, END)
    assert len(year.titles(2)) == 1


async def test_who_may_not_know_of_the_project_any_more_gets_none(year: Year) -> None:
    year.public = False
    async with year.start() as harness:
        await harness.run_for()
        for number in (1, 2):
            await year.subscribe(harness, number, LINE, home=CHANNEL)

        class Guests:
            async def shares(self, who: RoomAddress, _room: RoomAddress, *, fresh: bool = False) -> bool:  # noqa: ARG002 - as the port has it
                return who == person(1)

        harness.services.fan_outs.members.chats = {"discord": Guests()}
        await year.day(harness, END - 90 * DAY)
        assert [year.titles(number) for number in (1, 2)] == [THREE[:1], []]
        async with harness.services.store.reading() as tx:
            assert await subscriptions.of(tx, person(2)) == []


async def test_what_is_cut_off_in_the_middle_is_done_again(year: Year, harness: Harness) -> None:
    """As a kill would: between the reminder with its record and their commit, and just after it."""
    await year.subscribe(harness, 1, LINE)
    ends = {"before slice commit", "slice committed"}

    def cut(point: str) -> None:
        if point in ends:
            ends.remove(point)
            raise RuntimeError(point)

    harness.services.fan_outs.failpoint = cut
    for hour in (10, 11, 12, 13):
        await year.day(harness, END - 90 * DAY, hour)
    assert not ends
    assert year.titles(1) == THREE[:1]


async def test_a_new_dm_goes_on_where_the_old_one_ended(year: Year, harness: Harness) -> None:
    await year.subscribe(harness, 1, LINE)
    await year.day(harness, END - 90 * DAY)
    async with harness.services.store.writing() as tx:
        await people.settle_dm(tx, person(1), dm(7))
    await year.day(harness, END - 89 * DAY)
    await year.day(harness, END - 30 * DAY)
    assert (year.titles(1), year.titles(7)) == (THREE[:1], THREE[1:2])
