"""People's own DMs against a real Synapse: who may open one, what is said there first, and who has left."""

from pathlib import Path

import pytest

from chatbot.chats.matrix.membership import OPENED_AT_ONCE
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import ChatRefused, PersonLost
from tests.chats.matrix.bot import Bot, away, running
from tests.standins.synapse import Synapse, User, in_room

HELLO = Message(title="You get alerts for 2.1", tone=Tone.GOOD)
KEY = "a" * 24


async def dm_of(somebody: User, bot: Bot) -> str:
    room = str(
        await away(lambda: somebody.create_room(invite=[bot.user.id], is_direct=True, preset="trusted_private_chat"))
    )
    await bot.knows(room, direct=somebody.id)
    return room


async def in_our_room(homeserver: Synapse, bot_id: str, *members: User) -> tuple[User, str]:
    owner = homeserver.register("owner")
    room = str(await away(lambda: owner.create_room(invite=[bot_id, *(each.id for each in members)])))
    for each in members:
        await away(each.join, room)
    return owner, room


async def test_members_of_our_rooms_may_open_a_dm_and_nobody_else(homeserver: Synapse, tmp_path: Path) -> None:
    alice, mallory, user = homeserver.register("alice"), homeserver.register("mallory"), homeserver.register("bot")
    owner, room = await in_our_room(homeserver, user.id, alice)
    settings = {"allow_invites_from": (owner.id,), "direct_chats": "members", "rooms": [f"matrix:{room}"]}
    async with running(homeserver, tmp_path, user=user, **settings) as bot:  # type: ignore[arg-type]
        await bot.knows(room, joined=3)
        dm = await dm_of(alice, bot)
        await bot.knows(dm, joined=2, other="join")
        declined_room = str(await away(lambda: mallory.create_room(invite=[user.id], is_direct=True)))
        await bot.knows(declined_room, left=True)
        group = str(await away(lambda: alice.create_room(invite=[user.id])))
        await bot.knows(group, left=True)  # a room for others is for those on the list


async def test_with_listed_a_member_is_declined_like_everybody(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    owner, room = await in_our_room(homeserver, user.id, alice)
    settings = {"allow_invites_from": (owner.id,), "rooms": [f"matrix:{room}"]}
    async with running(homeserver, tmp_path, user=user, **settings) as bot:  # type: ignore[arg-type]
        await bot.knows(room, joined=3)
        declined_room = str(await away(lambda: alice.create_room(invite=[user.id], is_direct=True)))
        await bot.knows(declined_room, left=True)


async def test_a_flood_of_dms_waits_for_its_turn(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    owner, room = await in_our_room(homeserver, user.id, alice)
    settings = {"allow_invites_from": (owner.id,), "direct_chats": "members", "rooms": [f"matrix:{room}"]}
    async with running(homeserver, tmp_path, user=user, **settings) as bot:  # type: ignore[arg-type]
        await bot.knows(room, joined=3)
        for _ in range(OPENED_AT_ONCE + 3):
            await away(lambda: alice.create_room(invite=[user.id], is_direct=True))
        await bot.memory.until(
            lambda: sum(facts.get("direct") == alice.id for facts in bot.memory.places.values()) >= OPENED_AT_ONCE
        )
        assert len(await away(user.joined_rooms)) == OPENED_AT_ONCE + 1  # and the room that they share


async def test_the_first_word_goes_to_the_dm_that_the_person_opened(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, allow_invites_from=(alice.id,)) as bot:
        person = RoomAddress(f"matrix:{alice.id}")
        with pytest.raises(ChatRefused, match=rf"matrix\.to/#/{bot.user.id}"):
            await bot.chat.greet(person, HELLO, KEY)
        room = await dm_of(alice, bot)
        await bot.knows(room, joined=2)
        dm = await bot.chat.greet(person, HELLO, KEY)
        assert dm == f"matrix:dm:{room}"
        await away(alice.wait_for, room, lambda e: "alerts for 2.1" in str(e.get("content", {}).get("body", "")))
        assert await bot.chat.greet(person, HELLO, KEY) == dm  # once: the key is the same
        await bot.post(dm, Message(title="Your 2.1.0 is affected", tone=Tone.CRITICAL))
        await away(alice.wait_for, room, lambda e: "2.1.0" in str(e.get("content", {}).get("body", "")))


async def test_a_person_who_has_left_the_dm_is_lost(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, allow_invites_from=(alice.id,)) as bot:
        room = await dm_of(alice, bot)
        await bot.knows(room, joined=2)
        await away(lambda: alice.call("POST", f"{in_room(room)}/leave", {}))
        await bot.knows(room, other="leave")
        with pytest.raises(PersonLost):
            await bot.post(f"matrix:dm:{room}", HELLO)


async def test_whether_somebody_is_in_a_room_is_asked_each_time(homeserver: Synapse, tmp_path: Path) -> None:
    alice, mallory, user = homeserver.register("alice"), homeserver.register("mallory"), homeserver.register("bot")
    owner, room = await in_our_room(homeserver, user.id, alice)
    async with running(homeserver, tmp_path, user=user, allow_invites_from=(owner.id,)) as bot:
        await bot.knows(room, joined=3)
        address = RoomAddress(f"matrix:{room}")
        assert await bot.chat.shares(RoomAddress(f"matrix:{alice.id}"), address) is True
        assert await bot.chat.shares(RoomAddress(f"matrix:{mallory.id}"), address) is False
        assert (
            await bot.chat.shares(RoomAddress(f"matrix:{alice.id}"), RoomAddress("matrix:!nowhere:example.org")) is None
        )
        await away(lambda: alice.call("POST", f"{in_room(room)}/leave", {}))
        assert await bot.chat.shares(RoomAddress(f"matrix:{alice.id}"), address) is False


async def test_a_number_and_a_reaction_come_in_with_the_message_they_answer(
    homeserver: Synapse, tmp_path: Path
) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path, answers=False, allow_invites_from=(alice.id,)) as bot:
        room = await dm_of(alice, bot)
        await bot.knows(room, joined=2)
        reference = await bot.post(f"matrix:dm:{room}", HELLO)
        event = reference.split(" ")[1]
        await away(alice.send_text, room, "2")
        relation = {"rel_type": "m.annotation", "event_id": event, "key": "1️⃣"}
        await away(lambda: alice.call("PUT", f"{in_room(room)}/send/m.reaction/t1", {"m.relates_to": relation}))
        await bot.memory.until(lambda: len(bot.memory.questions) == 2)
        requests = [question.ask for question in bot.memory.questions.values()]
        assert [(each.command, dict(each.arguments)) for each in requests] == [
            ("pick", {"number": "2"}),
            ("pick", {"number": "1", "message": reference}),
        ]
        assert {each.dm for each in requests} == {f"matrix:dm:{room}"}
