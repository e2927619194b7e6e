"""A test message: each step is told, and whatever fails, the room is as it was before."""

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Ability, ChatRefused, ChatStopped, ChatUnavailable, MessageRejected
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
