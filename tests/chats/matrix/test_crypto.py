"""Encrypted rooms, with somebody else's client at the other end: both ways, over restarts, with used-up keys."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import nio
import pytest

from chatbot.chats.matrix.device.identity import SigningKey, padded
from chatbot.chats.matrix.device.store import DeviceStore
from chatbot.chats.matrix.format import MARK
from chatbot.core.model.message import Message, Tone
from tests.chats.matrix.bot import Bot, away, now, outgoing, running
from tests.chats.matrix.peer import ENCRYPTED, Peer, peer
from tests.standins.faults import Fault
from tests.standins.proxy import FaultyProxy
from tests.standins.synapse import Synapse, User

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:nio", "ignore::DeprecationWarning:aiohttp")


def news(title: str) -> Message:
    return Message(title=title, tone=Tone.ROUTINE)


async def room_with(alice: User, bot: Bot) -> str:
    room = str(await away(lambda: alice.create_room(invite=[bot.user.id], initial_state=[ENCRYPTED])))
    await bot.knows(room, joined=2, encrypted=True)
    return room


async def test_a_pair_talks_over_a_restart(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    async with peer(alice, tmp_path / "alice") as other:
        async with running(homeserver, tmp_path, user=user) as bot:
            room = await room_with(alice, bot)
            await other.sync()
            await other.send_text(room, "!supported 0.11")
            await other.receives(room, lambda body: "supported version=0.11" in body)
            first = await bot.post(room, news("one"))
            assert await bot.post(room, news("one")) == first
            memory = bot.memory
        await other.send_text(room, "!supported 0.12")
        async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
            await other.receives(room, lambda body: "supported version=0.12" in body)
            await bot.post(room, news("two"))
            await other.receives(room, lambda body: body.endswith("two"))
            assert await bot.chat.find(outgoing(room, news("two"))) is not None
            edit = outgoing(room, news("two, corrected"), replaces=first)
            await bot.chat.edit(edit)
            assert await bot.chat.find(edit) == first
            edited = await other.receives(room, lambda body: "two, corrected" in body)
            assert edited["content"]["m.relates_to"]["rel_type"] == "m.replace"
        assert other.sealed == []
    events = await away(alice.history, room)
    assert not [event for event in events if event["type"] == "m.room.message"]
    assert all(set(event["content"].get(MARK, {})) <= {"key"} for event in events)


async def test_newcomers_and_new_devices_can_read(homeserver: Synapse, tmp_path: Path) -> None:
    alice, carol = homeserver.register("alice"), homeserver.register("carol")
    async with running(homeserver, tmp_path) as bot, peer(alice, tmp_path / "alice") as first:
        room = await room_with(alice, bot)
        await bot.post(room, news("one"))
        await first.receives(room, lambda body: body.endswith("one"))
        second = await away(on_another_device, alice)
        async with peer(second, tmp_path / "second") as phone, peer(carol, tmp_path / "carol") as late:
            await away(lambda: alice.call("POST", f"/v3/rooms/{room}/invite", {"user_id": carol.id}))
            await away(carol.join, room)
            await bot.knows(room, joined=3)
            await bot.post(room, news("two"))
            for somebody in (first, phone, late):
                await somebody.receives(room, lambda body: body.endswith("two"))


def on_another_device(user: User) -> User:
    who = {"type": "m.id.user", "user": user.id}
    login = {"type": "m.login.password", "identifier": who, "password": user.password}
    answer = user.server.call("POST", "/v3/login", login)
    return User(user.server, user.id, user.password, answer["access_token"], answer["device_id"])


async def test_a_device_that_came_while_the_token_was_lost_can_read(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with (
        FaultyProxy(homeserver.url) as way,
        running(homeserver, tmp_path, homeserver=way.url) as bot,
        peer(alice, tmp_path / "alice") as first,
    ):
        room = await room_with(alice, bot)
        await bot.post(room, news("one"))
        await first.receives(room, lambda body: body.endswith("one"))
        way.faults.plant(Fault(kind="status", where="GET .*/sync", status=503))
        while way.faults.left:
            await away(alice.send_text, room, "talk")  # ends the sync that is under way
        assert bot.chat._sender is not None
        bot.chat._sender.session.token = "nonsense"
        before = bot.memory.at
        async with peer(await away(on_another_device, alice), tmp_path / "second") as phone:
            await bot.memory.until(lambda: bot.memory.at != before)
            await bot.post(room, news("two"))
            await phone.receives(room, lambda body: body.endswith("two"))


async def claim_all(alice: User, bot: Bot, device: str) -> int:
    claim, claimed = {"one_time_keys": {bot.user.id: {device: "signed_curve25519"}}}, 0
    while True:
        keys = (await away(alice.call, "POST", "/v3/keys/claim", claim))["one_time_keys"].get(bot.user.id)
        if not keys or "fallback" in str(keys):
            return claimed
        claimed += 1


async def test_used_up_keys_are_made_again(homeserver: Synapse, tmp_path: Path) -> None:
    alice, mallory, user = homeserver.register("alice"), homeserver.register("mallory"), homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user) as bot:
        room = await room_with(alice, bot)
        memory, device = bot.memory, DeviceStore(bot.account.store_path).load()
        assert device is not None
    # the bot is away: nobody makes new keys, and the fallback key must do
    assert await claim_all(mallory, bot, device.device_id) >= 40
    async with peer(alice, tmp_path / "alice") as other:
        await other.send_text(room, "!latest 0.1")
        async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
            await other.receives(room, lambda body: "latest line=0.1" in body)
            # and what was at none is full again
            await bot.post(room, news("one"))
            assert await claim_all(mallory, bot, device.device_id) >= 40


async def test_the_device_is_signed_by_its_owner(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")

    async def signatures() -> tuple[str, dict[str, Any]]:
        answer = await away(user.call, "POST", "/v3/keys/query", {"device_keys": {user.id: []}})
        device = DeviceStore(tmp_path / "matrix").load()
        assert device is not None
        key = SigningKey(padded(device.seeds["self_signing"]))
        assert key.public in answer["self_signing_keys"][user.id]["keys"].values()
        device_keys = answer["device_keys"][user.id][device.device_id]
        assert device_keys["signatures"][user.id][f"ed25519:{key.public}"] == key.sign(device_keys)
        return device.device_id, answer["master_keys"][user.id]["keys"]

    async with running(homeserver, tmp_path, user=user):
        device, master = await signatures()
    (tmp_path / "matrix" / f"{device}.db").unlink()
    async with running(homeserver, tmp_path, user=user):  # lost keys: a new device of the same identity
        newer, same = await signatures()
    assert newer != device
    assert same == master


async def test_an_identity_that_is_not_ours_is_left_alone(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")
    async with running(homeserver, tmp_path / "first", user=user):
        before = await away(user.call, "POST", "/v3/keys/query", {"device_keys": {user.id: []}})
    async with running(homeserver, tmp_path / "second", user=user) as bot:
        after = await away(user.call, "POST", "/v3/keys/query", {"device_keys": {user.id: []}})
        room = await room_with(homeserver.register("alice"), bot)
        await bot.post(room, news("still works"))
    assert before["master_keys"] == after["master_keys"]


async def test_a_dm_can_be_read_by_somebody_who_joins_it_later(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot, peer(alice, tmp_path / "alice") as other:
        first = await bot.post(f"matrix:{alice.id}", news("for you alone"))
        room = first.split()[0]
        await away(alice.join, room)
        await other.receives(room, lambda body: "for you alone" in body)
        assert (await bot.post(f"matrix:{alice.id}", news("again"))).split()[0] == room
        assert await away(reads_only, bot.user, room) == ["m.room.encrypted"] * 2
        await receives_bare_words(other, room)


async def receives_bare_words(other: Peer, room: str) -> None:
    await other.send_text(room, "supported 0.11")
    await other.receives(room, lambda body: "supported version=0.11" in body)


def reads_only(user: User, room: str) -> list[str]:
    return [event["type"] for event in user.history(room) if "state_key" not in event]


def publish_keys(user: User, folder: Path, spoil: dict[str, Any]) -> None:
    """Give the user a device whose one-time keys are spoilt, though rightly signed."""
    folder.mkdir()
    config = nio.ClientConfig(store=nio.store.SqliteStore, store_name="keys.db", pickle_key="k")
    client = nio.Client(user.id, user.device, str(folder), config)
    client.restore_login(user.id, user.device, user.token)
    assert client.olm is not None
    assert client.store is not None
    keys = client.olm.share_keys()
    spoilt = {**spoil, "signatures": {user.id: {f"ed25519:{user.device}": client.olm.sign_json(spoil)}}}
    keys["one_time_keys"] = dict.fromkeys(keys["one_time_keys"], spoilt)
    user.call("POST", "/v3/keys/upload", keys)
    client.store.database.close()


@pytest.mark.parametrize("spoil", [{"key": "!!!"}, {"key": "AAAA"}], ids=["no base64", "short"])
async def test_bad_keys_of_one_member_silence_nobody(
    homeserver: Synapse, tmp_path: Path, spoil: dict[str, Any]
) -> None:
    alice, mallory = homeserver.register("alice"), homeserver.register("mallory")
    await away(publish_keys, mallory, tmp_path / "mallory", spoil)
    async with running(homeserver, tmp_path) as bot, peer(alice, tmp_path / "alice") as other:
        room = await room_with(alice, bot)
        await away(lambda: alice.call("POST", f"/v3/rooms/{room}/invite", {"user_id": mallory.id}))
        await away(mallory.join, room)
        await bot.knows(room, joined=3)
        await bot.post(room, news("one"))
        await other.receives(room, lambda body: body.endswith("one"))


async def test_a_key_that_went_astray_is_asked_for(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot, peer(alice, tmp_path / "alice") as other:
        room = await room_with(alice, bot)
        await other.sync()
        olm = other.client.olm
        assert olm is not None
        requests: list[nio.RoomKeyRequest] = []
        handed_out = olm.handle_to_device_event

        def noticing(event: Any) -> Any:
            requests.extend([event] if isinstance(event, nio.RoomKeyRequest) else [])
            return handed_out(event)

        olm.handle_to_device_event = noticing
        olm.create_outbound_group_session(room)
        olm.outbound_group_sessions[room].shared = True  # with nobody: as if the key had been lost on its way
        await other.send_text(room, "!supported 0.11")
        while not requests:
            await other.sync(2000)
        [device] = olm.device_store.active_user_devices(bot.user.id)
        other.client.verify_device(device)
        claimed = await other.client.keys_claim({bot.user.id: [device.id]})
        assert isinstance(claimed, nio.KeysClaimResponse)
        olm.share_with_ourselves(requests[0])  # the library's word for it; it sends the key to whom it is told
        await other.receives(room, lambda body: "supported version=0.11" in body)


async def test_a_room_key_is_changed_as_often_as_the_room_says(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    content = {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 2}
    often = {**ENCRYPTED, "content": content}
    async with running(homeserver, tmp_path) as bot, peer(alice, tmp_path / "alice") as other:
        room = str(await away(lambda: alice.create_room(invite=[bot.user.id], initial_state=[often])))
        await bot.knows(room, joined=2, encrypted=True, rotate_messages=2)
        for number in range(6):
            await bot.post(room, news(f"news {number}"))
            await other.receives(room, partial(str.__contains__, f"📦 news {number}"))
        events = [event for event in await away(alice.history, room) if event["type"] == "m.room.encrypted"]
    assert len({event["content"]["session_id"] for event in events}) == 3
    assert other.sealed == []


async def test_a_person_whose_message_cannot_be_decrypted_is_notified_in_a_dm(
    homeserver: Synapse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alice, shift = homeserver.register("alice"), [timedelta()]
    async with (
        running(homeserver, tmp_path, clock=lambda: now() + shift[0]) as bot,
        peer(alice, tmp_path / "alice") as other,
    ):
        direct = str(
            await away(lambda: alice.create_room(invite=[bot.user.id], initial_state=[ENCRYPTED], is_direct=True))
        )
        shared = await room_with(alice, bot)
        await bot.knows(direct, joined=2, encrypted=True)
        await other.sync()
        olm = other.client.olm
        assert olm is not None
        for room in (direct, shared):
            olm.create_outbound_group_session(room)
            olm.outbound_group_sessions[room].shared = True  # with nobody: the key is withheld
            before = bot.memory.at
            await other.send_text(room, "!help")
            await bot.memory.until(lambda seen=before: bot.memory.at != seen)
        shift[0] = timedelta(seconds=20)
        await away(alice.send, shared, {"body": "x"}, "m.dummy")  # ends the sync that is under way
        note = await other.receives(direct, lambda body: "can't read that message" in body)
        assert note["content"]["msgtype"] == "m.notice"
        assert not [event for room, event in other.events if room == shared and event["sender"] == bot.user.id]
        assert bot.memory.questions == {}
    assert "their keys did not arrive" in capsys.readouterr().out
