"""A test message: each step is told, and whatever fails, the room is as it was before."""

import asyncio
from dataclasses import dataclass, field

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Ability, ChatRefused, ChatStopped, ChatUnavailable, MessageRejected, Outgoing
from chatbot.runtime.checks.trial_message import Trial, UnusableRoomError, room_address
from tests.standins.chat import FaultyChat
from tests.standins.clock import START

ROOM = RoomAddress("console:quay")
STEPS = ["post", "read back", "edit", "remove"]


async def tried(chat: FaultyChat) -> list[tuple[str, str, str]]:
    return [(each.subject, each.verdict, each.words) for each in await Trial(chat, ROOM, START).run()]


async def test_what_works_is_said_and_nothing_stays() -> None:
    chat = FaultyChat()
    results = await tried(chat)
    assert [(step, verdict) for step, verdict, _ in results] == [(step, "fine") for step in STEPS]
    assert chat.rooms == {ROOM: []}
    assert chat.pings == []


async def test_what_a_chat_is_not_able_to_do_is_no_fault() -> None:
    chat = FaultyChat(abilities=frozenset({Ability.EDIT}))
    assert [verdict for _, verdict, _ in await tried(chat)] == ["fine", "note", "fine", "note"]


@pytest.mark.parametrize(
    ("failure", "verdict"),
    [
        (ChatRefused("missing permissions"), "wrong"),
        (MessageRejected("too long"), "wrong"),
        (ChatUnavailable("it answered 502"), "away"),
    ],
)
async def test_a_message_that_is_not_taken_ends_it(failure: Exception, verdict: str) -> None:
    chat = FaultyChat(refusing={ROOM: failure})
    assert await tried(chat) == [("post", verdict, str(failure))]


@pytest.mark.parametrize(
    ("failure", "verdict"), [(ChatStopped("the token is refused"), "wrong"), (ChatUnavailable("no network"), "away")]
)
async def test_an_account_that_is_refused_or_away_is_one_line(failure: Exception, verdict: str) -> None:
    assert await tried(FaultyChat(failures=[failure])) == [("log in", verdict, str(failure))]


async def test_a_message_that_may_have_arrived_is_looked_for_and_removed() -> None:
    chat = FaultyChat(late_failures=[ChatUnavailable("cut off", doubtful=True)])
    assert [(step, verdict) for step, verdict, _ in await tried(chat)] == [
        ("post", "away"), ("read back", "fine"), ("edit", "fine"), ("remove", "fine"),
    ]  # fmt: skip
    assert chat.rooms == {ROOM: []}


async def test_a_step_that_fails_does_not_keep_the_message_there() -> None:
    chat = FaultyChat(unreadable={ROOM: ChatRefused("let the bot read the history")})
    results = await tried(chat)
    assert [(step, verdict) for step, verdict, _ in results] == [
        ("post", "fine"), ("read back", "wrong"), ("edit", "fine"), ("remove", "fine"),
    ]  # fmt: skip
    assert chat.rooms == {ROOM: []}


async def test_a_message_that_stays_is_said() -> None:
    chat = FaultyChat(irremovable={ROOM: ChatRefused("delete it by hand")})
    assert (await tried(chat))[-1] == ("remove", "wrong", "delete it by hand")
    assert len(chat.rooms[ROOM]) == 1


@dataclass
class SlowChat(FaultyChat):
    """A chat that lets a test go on when it has reached a step; the step ends when the test says so."""

    slow: str = "send"
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, outgoing: Outgoing) -> str:
        reference = await super().send(outgoing)
        await self._at("send")
        return reference

    async def edit(self, outgoing: Outgoing) -> str:
        await self._at("edit")
        return await super().edit(outgoing)

    async def _at(self, step: str) -> None:
        if step == self.slow:
            self.reached.set()
            await self.go_on.wait()


@pytest.mark.parametrize("slow", ["send", "edit"])
async def test_whoever_interrupts_it_leaves_nothing_behind(slow: str) -> None:
    chat = SlowChat(slow=slow)
    trial = Trial(chat, ROOM, START)
    running = asyncio.create_task(trial.run())
    await chat.reached.wait()
    assert len(chat.rooms[ROOM]) == 1
    running.cancel()
    chat.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert chat.rooms == {ROOM: []}
    assert trial.rest == "interrupted; the test message was removed"


async def test_what_an_interruption_could_not_remove_is_said() -> None:
    chat = SlowChat(irremovable={ROOM: ChatRefused("delete it by hand")})
    trial = Trial(chat, ROOM, START)
    running = asyncio.create_task(trial.run())
    await chat.reached.wait()
    running.cancel()
    chat.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert trial.rest == "interrupted; if the test message is in console:quay, delete it there"


@pytest.mark.parametrize(
    ("text", "is_room"),
    [
        ("discord:123", True),
        ("matrix:!id:example.org", True),
        ("matrix:#news:example.org", True),
        ("console", True),
        ("discord:user:1", False),
        ("matrix:@alice:example.org", False),
        ("discord:dm:1", False),
        ("discord", False),
        ("slack:1", False),
        ("", False),
        ("discord:1\x1b[2J", False),
    ],
)
def test_only_rooms_are_tried(text: str, is_room: bool) -> None:
    if is_room:
        assert room_address(text) == text
    else:
        with pytest.raises(UnusableRoomError, match="is not the address of a room; write one of discord:CHANNEL_ID"):
            room_address(text)
