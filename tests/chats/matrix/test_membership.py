"""Coming and going: who may invite, what a kick does, and rooms that are upgraded under us."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from chatbot.chats.matrix.membership import is_allowed
from chatbot.core.model.message import Message, Tone
from chatbot.ports import ChatRefused
from tests.chats.matrix.bot import Bot, Memory, away, outgoing, running
from tests.standins.synapse import Synapse, User, in_room

NEWS = Message(title="Mail 0.13.4", tone=Tone.ROUTINE)
WORSE = Message(title="Mail 0.13.4 – security", tone=Tone.SECURITY)


@pytest.mark.parametrize(
    ("inviter", "is_permitted"),
    [("@a:one.org", True), ("@b:two.org", True), ("@c:two.org", False), ("@d:three.org", False), ("one.org", False), ("", False)],
)  # fmt: skip
def test_the_list_names_servers_and_people(inviter: str, is_permitted: bool) -> None:
    assert is_allowed(inviter, ("one.org", "@b:two.org")) is is_permitted


async def test_only_those_on_the_list_may_invite(homeserver: Synapse, tmp_path: Path) -> None:
    friend, stranger = homeserver.register("friend"), homeserver.register("stranger")
    async with running(homeserver, tmp_path, allow_invites_from=(friend.id,)) as bot:
        good = await away(lambda: friend.create_room(invite=[bot.user.id]))
        bad = await away(lambda: stranger.create_room(invite=[bot.user.id]))
        await bot.knows(good, joined=2)
        left_room = await away(
            stranger.wait_for,
            bad,
            lambda e: e.get("state_key") == bot.user.id and e["content"]["membership"] == "leave",
        )
        assert left_room["sender"] == bot.user.id
        await bot.knows(bad, left=True)
        assert await away(bot.user.joined_rooms) == [good]
        with pytest.raises(ChatRefused, match="invite"):
            await bot.post(bad, NEWS)


async def test_a_withdrawn_invitation_is_forgotten(homeserver: Synapse, tmp_path: Path) -> None:
    friend, user = homeserver.register("friend"), homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user) as bot:
        memory = bot.memory
    room = await away(lambda: friend.create_room(invite=[user.id]))
    await away(lambda: friend.call("POST", f"{in_room(room)}/kick", {"user_id": user.id}))
    async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
        await bot.knows(room, left=True)


@pytest.mark.parametrize("how", ["kick", "ban"])
async def test_a_kick_is_seen_and_not_answered_by_coming_back(homeserver: Synapse, tmp_path: Path, how: str) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await away(lambda: alice.create_room(invite=[bot.user.id]))
        await bot.knows(room, joined=2)
        await away(lambda: alice.call("POST", f"{in_room(room)}/{how}", {"user_id": bot.user.id}))
        await bot.knows(room, left=True)
        with pytest.raises(ChatRefused, match="invite"):
            await bot.post(room, NEWS)


async def test_a_room_of_the_configuration_is_entered_by_its_alias(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    name = alice.id[1:].partition(":")[0]
    room = await away(lambda: alice.create_room(preset="public_chat", room_alias_name=name))
    address = f"matrix:#{name}:{homeserver.name}"
    async with running(homeserver, tmp_path, rooms=[address]) as bot:
        assert (await bot.post(address, NEWS)).startswith(room)
        await bot.knows(room, joined=2)
        await away(alice.send_text, room, "!latest")
        await bot.memory.until(lambda: bot.memory.questions)
        assert [question.ask.room for question in bot.memory.questions.values()] == [address]
        with pytest.raises(ChatRefused, match="no room"):
            await bot.post(f"matrix:#nowhere-{name}:{homeserver.name}", NEWS)
        closed = await away(alice.create_room)
        with pytest.raises(ChatRefused, match="invite"):
            await bot.post(closed, NEWS)


@pytest.mark.parametrize(
    ("preset", "versions"), [("public_chat", ("11", "12")), ("public_chat", ("10", "11")), ("private_chat", ("10", "12"))]
)  # fmt: skip
async def test_an_upgraded_room_is_followed(
    homeserver: Synapse, tmp_path: Path, preset: str, versions: tuple[str, str]
) -> None:
    alice, carol = homeserver.register("alice"), homeserver.register("carol")
    async with running(homeserver, tmp_path, allow_invites_from=(carol.id,)) as bot:
        levels = {"invite": 0}
        room = await away(
            lambda: alice.create_room(
                preset=preset, version=versions[0], invite=[carol.id], power_level_content_override=levels
            )
        )
        await away(carol.join, room)
        await away(lambda: carol.call("POST", f"{in_room(room)}/invite", {"user_id": bot.user.id}))
        await bot.knows(room, joined=3)
        first = await bot.post(room, NEWS)
        new = await upgraded(bot, alice, room, versions[1])
        await bot.memory.until(lambda: bot.memory.moves == [(room, new)])
        await bot.knows(new, version=versions[1], predecessor=room)
        await bot.knows(room, moved=True)
        correction = outgoing(room, replace(NEWS, title="Mail 0.13.4 – corrected"), key="correction", replaces=first)
        assert await bot.chat.edit(correction) == first, "a mere correction is not worth a message"
        # what concerns security becomes a short new message, wherever the delivery says the room is
        edit = outgoing(room, WORSE, replaces=first)
        second = await bot.chat.edit(edit)
        assert second.split()[0] == new
        event = await away(alice.wait_for, new, lambda e: "– security" in str(e["content"].get("body")))
        assert "m.relates_to" not in event["content"]
        assert await bot.chat.find(edit) == second
        assert await bot.chat.find(outgoing(room, NEWS)) == first, "what was said before is found where it was said"


async def upgraded(bot: Bot, alice: User, room: str, version: str) -> str:
    """Upgrade the room; into a private successor the bot must be invited, by somebody who is not on its list."""
    answer = await away(lambda: alice.call("POST", f"{in_room(room)}/upgrade", {"new_version": version}))
    new = str(answer["replacement_room"])
    if (await away(alice.state, new, "m.room.join_rules"))["join_rule"] == "invite":
        await away(lambda: alice.call("POST", f"{in_room(new)}/invite", {"user_id": bot.user.id}))
    return new


async def test_what_is_asked_in_an_upgraded_room_comes_from_the_address_that_is_configured(
    homeserver: Synapse, tmp_path: Path
) -> None:
    """Also after a second upgrade; a thread that stayed behind is asked about anywhere in the new room."""
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    room, other = [await away(lambda: alice.create_room(preset="public_chat", version="10")) for _ in range(2)]
    root = await away(alice.send_text, other, "releases below")
    names = [f"matrix:{other}/{root}", f"matrix:{room}"]
    async with running(homeserver, tmp_path, user=user, rooms=names) as bot:
        for place in (room, other):
            await bot.post(place, NEWS)
            await bot.knows(place, joined=2)
        last = room
        for version in ("11", "12"):
            before, last = last, await upgraded(bot, alice, last, version)
            await bot.knows(before, moved=True)
        beside = await upgraded(bot, alice, other, "11")
        await bot.knows(other, moved=True)
        for place in (last, beside, before):
            await bot.knows(place, joined=2)
        assert (await bot.post(room, WORSE)).startswith(last)
        await away(alice.send_text, last, "!latest 1")
        await away(alice.send_text, beside, "!latest 2")
        await bot.memory.until(lambda: len(bot.memory.questions) == 2)
        rooms = {question.ask.arguments["line"]: question.ask.room for question in bot.memory.questions.values()}
        assert rooms == {"1": f"matrix:{room}", "2": f"matrix:{other}/{root}"}
    itself = f"matrix:{last}"
    async with running(homeserver, tmp_path, user=user, memory=bot.memory, rooms=[*names, itself]) as bot:
        await away(alice.send_text, last, "!latest 3")
        await bot.memory.until(lambda: len(bot.memory.questions) == 3)
        assert list(bot.memory.questions.values())[-1].ask.room == itself


@dataclass
class Forgetful(Memory):
    """It is out of reach when it is first told of a move. `known` says whether the room counted as moved by then."""

    known: list[object] = field(default_factory=list)

    async def moved(self, old: str, new: str) -> None:
        self.known.append(self.places[old].get("moved"))
        if len(self.known) > 1:
            await super().moved(old, new)
        else:
            raise StoreAwayError


class StoreAwayError(Exception):
    """The store is away."""


async def test_a_move_is_reported_until_it_is_stored_and_once_in_every_run(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user, memory = homeserver.register("alice"), homeserver.register("bot"), Forgetful()
    async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
        room = await away(lambda: alice.create_room(preset="public_chat", invite=[user.id]))
        await bot.knows(room, joined=2)
        new = await upgraded(bot, alice, room, "11")
        await memory.until(lambda: memory.moves == [(room, new)])
        assert memory.known == [True, True], "what the memory lets go must find the way to the new room"
    async with running(homeserver, tmp_path, user=user, memory=memory):
        await memory.until(lambda: memory.moves == [(room, new)] * 2)


async def test_a_successor_that_does_not_name_the_room_is_not_followed(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await away(lambda: alice.create_room(invite=[bot.user.id]))
        await bot.knows(room, joined=2)
        trap = await away(lambda: alice.create_room(preset="public_chat"))
        await away(alice.put_state, room, "m.room.tombstone", {"body": "moved", "replacement_room": trap})
        await away(
            alice.wait_for,
            trap,
            lambda e: e.get("state_key") == bot.user.id and e["content"].get("membership") == "leave",
        )
        assert bot.memory.moves == []
        assert (await bot.post(room, NEWS)).startswith(room)


def public_room(owner: User, name: str) -> tuple[str, str]:
    """A room that anybody may join, with its alias."""
    local = f"{name}{owner.id[1:].partition(':')[0]}"
    return owner.create_room(preset="public_chat", room_alias_name=local), f"#{local}:{owner.id.partition(':')[2]}"


async def test_public_rooms_of_the_configuration_are_joined(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    (one, _), (two, alias), (later, later_alias) = [await away(public_room, alice, name) for name in ("a", "b", "c")]
    closed = await away(alice.create_room)
    await away(alice.send_text, two, "!latest 1")  # nobody was there
    rooms = [f"matrix:{one}/$thread", f"matrix:{alias}", f"matrix:{closed}", "matrix:#no:hs.test", f"matrix:{alice.id}"]
    async with running(homeserver, tmp_path, user=user, rooms=rooms) as bot:
        await bot.knows(one, joined=2)
        await bot.knows(two, joined=2)
        await away(alice.send_text, two, "!latest 2")
        await bot.memory.until(lambda: bot.memory.questions)
        assert [question.ask.room for question in bot.memory.questions.values()] == [f"matrix:{alias}"]
        rooms.append(f"matrix:{later_alias}")  # as a reload does
        await away(lambda: alice.create_room(invite=[user.id]))  # and something to wake up for
        await bot.knows(later, joined=2)
        await away(lambda: alice.call("POST", f"{in_room(one)}/kick", {"user_id": user.id}))
        await bot.knows(one, left=True)
        memory = bot.memory
    new, _ = await away(public_room, alice, "d")
    rooms.append(f"matrix:{new}")
    async with running(homeserver, tmp_path, user=user, rooms=rooms, memory=memory) as bot:
        await bot.knows(new, joined=2)
    assert one not in await away(user.joined_rooms)  # who removed it does not see it come back
    assert [question.ask.arguments for question in memory.questions.values()] == [{"line": "2"}]


async def test_nothing_is_kept_of_declined_invitations(homeserver: Synapse, tmp_path: Path) -> None:
    friend, stranger = homeserver.register("friend"), homeserver.register("stranger")
    async with running(homeserver, tmp_path, allow_invites_from=(friend.id,)) as bot:
        rooms = [await away(lambda: stranger.create_room(invite=[bot.user.id])) for _ in range(3)]
        for room in rooms:
            await bot.knows(room, left=True)
        joined_room = await away(lambda: friend.create_room(invite=[bot.user.id]))
        await bot.knows(joined_room, joined=2)
        assert bot.chat._sender is not None
        assert set(bot.chat._sender.session.tracked.rooms) == {joined_room}
