"""A Matrix room that is upgraded under the bot: whatever the configuration calls it, its news are said once and stay true."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.announce.render.correction import in_short
from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatRefused, Outgoing
from chatbot.store.inbox import StoredSyncMemory
from chatbot.store.subscriptions import subscriptions
from tests.demo.make import advisory, release
from tests.runtime.harness import EVERYTHING, FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

OLD, NEW, LAST = "matrix:!old:hs", "matrix:!new:hs", "matrix:!last:hs"
FLAW = "Ferry – A mailbox name is not escaped"


@dataclass(slots=True)
class Homeserver(FaultyChat):
    """Matrix as the bot uses it: an address leads on to where its room was upgraded to, the old room takes nothing more, and
    what was said there is not edited but said briefly again."""

    name: str = "matrix"
    closed: set[str] = field(default_factory=set)
    upgrades: dict[str, str] = field(default_factory=dict)  # that the bot has followed

    def leads(self, address: str) -> str:
        while address in self.upgrades:
            address = self.upgrades[address]
        return address

    async def send(self, outgoing: Outgoing) -> str:
        return await FaultyChat.send(self, replace(outgoing, room=RoomAddress(self._open(outgoing.room))))

    async def edit(self, outgoing: Outgoing) -> str:
        place = self._open(outgoing.room)
        if outgoing.replaces.startswith(f"{place}/"):
            return await FaultyChat.edit(self, replace(outgoing, room=RoomAddress(place)))
        brief = replace(outgoing, room=RoomAddress(place), replaces="", message=in_short(outgoing.message))
        return await FaultyChat.send(self, brief)

    def _open(self, address: str) -> str:
        place = self.leads(address)
        if place in self.closed:
            raise ChatRefused(f"nobody may write in {place}")
        return place


@dataclass
class Story:
    """A bot with one room, and what befalls it."""

    harness: Harness
    chat: Homeserver
    ferry: Repository

    async def follow(self, old: str, new: str) -> None:
        self.chat.upgrades[old] = new
        memory = StoredSyncMemory(self.harness.services.store, "matrix", "matrix")
        await memory.moved(old.removeprefix("matrix:"), new.removeprefix("matrix:"))

    def name(self, *addresses: str) -> None:
        """The operator names these rooms from now on."""
        services = self.harness.services
        services.change(replace(services.config, rooms=tuple(room(address, EVERYTHING) for address in addresses)))

    async def publish(self, tag: str, *, posted: bool = True) -> None:
        """A release comes out, and is said or only seen."""
        clock = self.harness.clock
        self.ferry.releases.append(release(tag, 0, created_at=clock(), published_at=clock()))
        if posted:
            await self.pass_by()
        else:
            clock.advance(MINUTE)
            await self.harness.poll()

    async def find_out(self) -> None:
        """After some days 1.2.0 proves to be a security release."""
        clock = self.harness.clock
        clock.advance(timedelta(days=2))
        fixed = advisory("GHSA-2222-2222-2222", 0, created_at=clock(), published_at=clock())
        self.ferry.advisories.append(fixed)
        await self.pass_by()

    async def pass_by(self) -> None:
        for _ in range(2):
            await self.harness.run_for()


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    chat = Homeserver()
    async with open_harness(ferry, ManualClock(), tmp_path / "bot.db", [room(OLD, EVERYTHING)], chat=chat) as harness:
        await harness.run_for()
        yield Story(harness, chat, ferry)


def title_of(version: str) -> str:
    return f"Ferry {version}"


async def test_what_settles_while_the_room_is_upgraded_is_posted_once(story: Story) -> None:
    await story.publish("v1.2.0", posted=False)
    await story.follow(OLD, NEW)
    await story.pass_by()
    assert story.chat.rooms.keys() == {NEW}
    assert story.chat.titles(NEW) == [title_of("1.2.0")]
    await story.find_out()
    first, flaw = story.chat.rooms[NEW]
    assert (first.edits, first.message.label) == (1, "Security release · High")
    assert flaw.message.title == FLAW


async def test_what_was_posted_before_the_upgrade_is_amended_in_the_new_room(story: Story) -> None:
    await story.publish("v1.2.0")
    await story.follow(OLD, NEW)
    await story.find_out()
    assert story.chat.titles(OLD) == [title_of("1.2.0")]
    assert sorted(story.chat.titles(NEW)) == [FLAW, f"Update: {title_of('1.2.0')}"]


@pytest.mark.parametrize("new", [NEW, LAST])
async def test_the_operator_names_the_new_room_and_nothing_is_lost_or_posted_twice(story: Story, new: str) -> None:
    """One release is said before, one waits because the old room is closed, and one settles."""
    await story.publish("v1.2.0")
    story.chat.closed.add(OLD)
    await story.publish("v1.3.0")
    await story.publish("v1.4.0", posted=False)
    assert story.chat.rooms.keys() == {OLD}
    await story.follow(OLD, NEW)
    if new == LAST:
        story.chat.closed.add(NEW)
        await story.follow(NEW, LAST)
    story.name(new)
    await story.pass_by()
    assert story.chat.titles(new) == [title_of("1.3.0"), title_of("1.4.0")]
    await story.find_out()
    story.ferry.releases[-1].body = "Fixes more."
    await story.pass_by()
    assert story.chat.titles(new)[:2] == [title_of("1.3.0"), title_of("1.4.0")]
    assert sorted(story.chat.titles(new)[2:]) == [FLAW, f"Update: {title_of('1.2.0')}"]
    assert [each.edits for each in story.chat.rooms[new][:2]] == [0, 1]
    story.name(OLD)  # from a backup of the configuration
    await story.publish("v1.5.0")
    assert story.chat.titles(new)[4:] == [title_of("1.5.0")]
    assert story.chat.titles(OLD) == [title_of("1.2.0")]


async def test_whoever_subscribed_in_the_old_room_did_so_in_the_new_one(story: Story) -> None:
    store, now = story.harness.services.store, story.harness.clock.now
    mine = Subscription(
        person=RoomAddress("matrix:@ada:example.org"),
        project=FERRY.id,
        scope=Scope("project"),
        since=now,
        confirmed_at=now,
        home=RoomAddress(OLD),
    )
    async with store.writing() as tx:
        await subscriptions.add(tx, mine)
    await story.follow(OLD, NEW)
    story.name(NEW)
    await story.pass_by()
    async with store.reading() as tx:
        assert [each.home for each in await subscriptions.of(tx, mine.person)] == [NEW]


async def test_the_operator_names_the_new_room_before_the_bot_has_followed(story: Story) -> None:
    """It is a new room then, and begins silent; what the old one heard is its own as soon as the bot knows better."""
    await story.publish("v1.2.0")
    story.chat.closed.add(OLD)
    await story.publish("v1.3.0")
    story.name(NEW)
    await story.pass_by()
    assert story.chat.titles(NEW) == []
    await story.follow(OLD, NEW)
    await story.publish("v1.4.0")
    assert story.chat.titles(NEW) == [title_of("1.3.0"), title_of("1.4.0")]
    await story.find_out()
    assert sorted(story.chat.titles(NEW)[2:]) == [FLAW, f"Update: {title_of('1.2.0')}"]


async def test_a_room_beside_it_that_is_new_begins_silent_all_the_same(story: Story) -> None:
    await story.publish("v1.2.0", posted=False)
    await story.follow(OLD, NEW)
    story.name(OLD, "matrix:!stranger:hs")
    await story.pass_by()
    assert story.chat.rooms.keys() == {NEW}
    assert story.chat.titles(NEW) == [title_of("1.2.0")]


async def test_a_room_that_watches_by_command_is_followed_like_one_of_the_file(tmp_path: Path) -> None:
    """Its news waits while the room refuses, is said in the room that it was upgraded to, and stays true there."""
    ferry = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    chat, clock = Homeserver(), ManualClock()
    async with open_harness(ferry, clock, tmp_path / "bot.db", [], chat=chat) as harness:
        await harness.run_for()
        story = Story(harness, chat, ferry)
        request = CommandRequest(
            command="watch",
            arguments={"project": "ferry"},
            asker=RoomAddress("matrix:@ann:hs"),
            room=RoomAddress(OLD),
            rights=frozenset({Right.EVERYONE, Right.ROOM_ADMIN}),
            asked_at=clock(),
        )
        await harness.services.answers.answer(request)
        await story.publish("v1.2.0")
        chat.closed.add(OLD)
        await story.publish("v1.3.0")
        assert chat.titles(OLD) == [title_of("1.2.0")]
        await story.follow(OLD, NEW)
        await story.pass_by()
        assert chat.titles(NEW) == [title_of("1.3.0")]
        await story.find_out()
        assert sorted(chat.titles(NEW)[1:]) == [FLAW, f"Update: {title_of('1.2.0')}"]
        await harness.services.answers.answer(replace(request, command="unwatch"))
        await story.publish("v1.4.0")
    assert title_of("1.4.0") not in chat.titles(NEW)
