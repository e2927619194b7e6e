"""The account over its life: logins, lost stores, ended tokens, one process per store, real rate limits, and who is notified."""

import asyncio
import sqlite3
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.device.store import DeviceStore
from chatbot.core.checks.result import RoomToCheck
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention, Message, Tone
from chatbot.ports import ChatStopped, ChatUnavailable
from tests.chats.matrix.bot import Bot, Memory, away, now, outgoing, running
from tests.patience import PATIENCE
from tests.standins.synapse import Synapse, User, in_room

NEWS = Message(title="Mail 0.13.4", tone=Tone.ROUTINE)


async def together(alice: User, bot: Bot, **more: Any) -> str:
    room = str(await away(lambda: alice.create_room(invite=[bot.user.id], **more)))
    await bot.knows(room, joined=2)
    return room


def to_check(*places: str, mention: Mention | None = None) -> list[RoomToCheck]:
    return [RoomToCheck(address=RoomAddress(f"matrix:{place}"), mention=mention) for place in places]


def devices(user: User) -> set[str]:
    return {device["device_id"] for device in user.call("GET", "/v3/devices")["devices"]}


async def test_a_password_is_used_once_and_the_device_kept(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user) as bot:
        memory = bot.memory
    first = await away(devices, user)
    async with running(homeserver, tmp_path, user=user, memory=memory, password="changed since"):
        pass
    assert await away(devices, user) == first
    assert len(first) == 2  # the one it was registered with, and the bot's
    folder = tmp_path / "matrix"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in folder.iterdir() if file.name != "lock"} == {0}


async def test_a_token_instead_of_a_password(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user, password="", access_token=user.token):
        assert await away(devices, user) == {user.device}
    # the same token without its keys: what was sealed for them is lost, and pretending would break every room
    with pytest.raises(ChatStopped, match="cannot be made again"):
        async with running(homeserver, tmp_path / "elsewhere", user=user, password="", access_token=user.token):
            pass


async def test_a_lost_store_is_a_new_device(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")
    async with running(homeserver, tmp_path / "one", user=user) as bot:
        room = await together(homeserver.register("alice"), bot)
        began = now()
        first, memory = await bot.post(room, NEWS, "thesame"), bot.memory
    async with running(homeserver, tmp_path / "two", user=user, memory=memory) as bot:
        assert len(await away(devices, user)) == 3
        # the server does not know the new device's transaction: the room is looked at first
        assert await bot.post(room, NEWS, "thesame", first_attempt_at=began) == first


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password": "wrong"}, "check matrix.user_id and matrix.password"),
        ({"password": ""}, "neither matrix.password nor matrix.access_token"),
        ({"password": "", "access_token": "syt_wrong"}, "access token"),
    ],
)
async def test_an_account_that_is_refused_says_how_to_fix_it(
    homeserver: Synapse, tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(ChatStopped, match=says):
        async with running(homeserver, tmp_path, **changes):
            pass


async def test_one_process_per_store(homeserver: Synapse, tmp_path: Path) -> None:
    async with running(homeserver, tmp_path) as bot:
        other = MatrixChat(bot.account, Memory(), now)
        with pytest.raises(ChatStopped, match="another chatbot uses"):
            await other.run()


async def test_a_wrong_pickle_key_is_named(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user, pickle_key="one"):
        pass
    device_store = DeviceStore(tmp_path / "matrix")
    device = device_store.load()
    assert device is not None
    assert device.pickle_key == "one"
    (tmp_path / "matrix" / "device.json").write_text(
        (tmp_path / "matrix" / "device.json").read_text().replace('"one"', '"two"')
    )
    with pytest.raises(ChatStopped, match=r"matrix\.pickle_key"):
        async with running(homeserver, tmp_path, user=user):
            pass


async def test_a_device_that_was_deleted_stops_the_chat(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user) as bot:
        memory, account = bot.memory, bot.account
    await away(user.call, "POST", "/v3/logout/all", {})
    chat = MatrixChat(account, memory, now)
    with pytest.raises(ChatStopped, match="no longer knows our access token"):
        async with asyncio.timeout(PATIENCE):
            await chat.run()


async def test_a_soft_logout_is_a_new_token_of_the_same_device(homeserver: Synapse, tmp_path: Path) -> None:
    user = homeserver.register("bot")
    async with running(homeserver, tmp_path, user=user) as bot:
        room, memory = await together(homeserver.register("alice"), bot), bot.memory
    before = DeviceStore(tmp_path / "matrix").load()
    homeserver.stop()
    with sqlite3.connect(homeserver.folder / "homeserver.db") as database:
        database.execute(
            "UPDATE access_tokens SET valid_until_ms = 1 WHERE token = ?", (before.access_token if before else "",)
        )
    database.close()
    homeserver.start()
    async with running(homeserver, tmp_path, user=user, memory=memory) as bot:
        await bot.post(room, NEWS)
        after = DeviceStore(tmp_path / "matrix").load()
        assert before is not None
        assert after is not None
        assert (after.device_id, after.seeds) == (before.device_id, before.seeds)
        assert after.access_token != before.access_token


async def test_real_rate_limits_delay_and_lose_nothing(homeserver: Synapse, tmp_path: Path) -> None:
    admin, alice = homeserver.register("admin", admin=True), homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot)
        path = f"/_synapse/admin/v1/users/{bot.user.id}/override_ratelimit"
        await away(admin.call, "POST", path, {"messages_per_second": 4, "burst_count": 2})
        began = time.monotonic()
        titles = [f"news {number}" for number in range(10)]
        await asyncio.gather(*(bot.post(room, Message(title=title, tone=Tone.ROUTINE)) for title in titles))
        assert time.monotonic() - began > 1  # the limits were real
    bodies = [
        event["content"]["body"].split(" ", 1)[1]
        for event in await away(alice.history, room)
        if event["type"] == "m.room.message"
    ]
    assert sorted(bodies) == sorted(titles)


def counts(user: User, room: str) -> tuple[int, int]:
    unread_counts: dict[str, int] = user.call("GET", "/v3/sync")["rooms"]["join"][room]["unread_notifications"]
    return unread_counts["notification_count"], unread_counts["highlight_count"]


async def test_who_is_notified_by_what(homeserver: Synapse, tmp_path: Path) -> None:
    alice, ben = homeserver.register("alice"), homeserver.register("ben")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot)
        await away(lambda: alice.call("POST", f"{in_room(room)}/invite", {"user_id": ben.id}))
        await away(ben.join, room)

        async def notified(message: Message, **more: Any) -> tuple[int, int]:
            """Notifications and highlights of Ben by this message alone."""
            last = (await away(ben.history, room, 1))[0]["event_id"]
            await away(ben.call, "POST", f"{in_room(room)}/receipt/m.read/{last}", {})
            delivery = outgoing(room, message, **more)
            await (bot.chat.edit(delivery) if delivery.replaces else bot.chat.send(delivery))
            counted: tuple[int, int] = await away(counts, ben, room)
            return counted

        assert await notified(NEWS) == (0, 0)
        urgent = Message(title="Overflow", tone=Tone.CRITICAL)
        assert await notified(urgent) == (1, 0)
        called = Message(
            title="Overflow, worse", tone=Tone.CRITICAL, mentions=(Mention("user", ben.id), Mention("room"))
        )
        assert await notified(called) == (1, 1)
        everybody = Message(title="Overflow, for all", tone=Tone.CRITICAL, mentions=(Mention("room"),))
        assert await notified(everybody) == (1, 0)  # the bot has no right to call the room
        first = await bot.post(room, called)
        assert await notified(called, replaces=first) == (0, 0)  # an edit calls nobody

        levels = await away(alice.state, room, "m.room.power_levels")
        users = {**levels["users"], bot.user.id: 50}
        await away(alice.put_state, room, "m.room.power_levels", {**levels, "users": users})
        await bot.memory.until(lambda: bot.memory.places[room].get("levels", {}).get("users") == users)  # type: ignore[attr-defined]  # JSON
        assert await notified(
            Message(title="Overflow, everybody", tone=Tone.CRITICAL, mentions=(Mention("room"),))
        ) == (1, 1)


async def test_a_check_names_what_is_wrong(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    good = await away(lambda: alice.create_room(invite=[user.id], name="Ferry news\u202e"))
    mute = await away(lambda: alice.create_room(invite=[user.id], power_level_content_override={"events_default": 50}))
    closed = await away(alice.create_room)
    for room in (good, mute):
        await away(user.join, room)
    account = Account(
        homeserver=homeserver.url, user_id=user.id, password=user.password, store_path=tmp_path / "matrix"
    )
    chat = MatrixChat(account, Memory(), now)
    public = await away(
        lambda: alice.create_room(preset="public_chat", room_alias_name=f"open{user.id[1:].partition(':')[0]}")
    )
    alias = f"#open{user.id[1:]}"
    login, *notes = await chat.check(to_check(public, alias))
    assert (login.kind, login.called, login.words) == ("account", f"{user.id} (matrix)", "the login works")
    assert [(note.verdict, note.line) for note in notes] == [
        ("note", f"matrix:{place}: the bot is not in it yet; the room is public, so it will join")
        for place in (public, alias)
    ]
    before = await away(devices, user)
    _, *results = await chat.check(to_check(good, mute, closed, "#no:hs.test", alice.id))
    assert [(each.verdict, each.line) for each in results] == [
        ("fine", f"Ferry news (matrix:{good}): can post, edit and read back"),
        ("wrong", f"matrix:{mute}: the bot cannot write; raise the power level of {user.id} to 50"),
        ("wrong", f"matrix:{closed}: the bot is not in the room; invite {user.id}"),
        ("wrong", "matrix:#no:hs.test: there is no such alias; correct the address"),
        ("note", f"matrix:{alice.id}: a DM cannot be tried without writing there"),
    ]
    root = await away(alice.send_text, good, "A thread")
    _, *threads = await chat.check(to_check(f"{good}/{root}", f"{good}/$nothing"))
    assert [each.words for each in threads] == [
        "can post, edit and read back",
        "the message that begins this thread is not there; correct the address",
    ]
    _, *pinging = await chat.check(
        [
            *to_check(good, mute, mention=Mention("room")),
            *to_check(good, mention=Mention("user", alice.id)),
            *to_check(good, mention=Mention("user", "@nobody:hs.test")),
        ]
    )
    assert [each.words for each in pinging] == [
        f"the bot cannot mention the room; raise the power level of {user.id} to 50",
        f"the bot cannot write and mention the room; raise the power level of {user.id} to 50",
        "can post, edit and read back. Mentions the member that `mention` names",
        "the person that `mention` names is not in the room; invite them, or correct it",
    ]
    assert await away(devices, user) == before
    wrong = Account(homeserver=homeserver.url, user_id=user.id, password="no", store_path=tmp_path / "matrix")
    (refused,) = await MatrixChat(wrong, Memory(), now).check(to_check(good, mute))
    assert refused.verdict == "wrong"
    assert "check matrix.user_id and matrix.password (2 rooms not tried)" in refused.words


async def test_an_outage_is_waited_out(homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await together(alice, bot)
        homeserver.stop()
        with pytest.raises(ChatUnavailable, match="cannot be reached"):
            await bot.post(room, NEWS)
        homeserver.start()  # here, not in a thread: the server ends with the thread that started it
        await bot.post(room, NEWS)
        await away(alice.send_text, room, "!latest")
        await away(alice.wait_for, room, lambda e: "answer: latest" in str(e["content"].get("body")))


async def test_a_thread_is_a_room_of_its_own(homeserver: Synapse, tmp_path: Path) -> None:
    alice, user = homeserver.register("alice"), homeserver.register("bot")
    room = await away(lambda: alice.create_room(invite=[user.id]))
    root = await away(alice.send_text, room, "releases below")
    address = f"matrix:{room}/{root}"
    async with running(homeserver, tmp_path, user=user, rooms=[address]) as bot:
        await bot.knows(room, joined=2)
        first = await bot.post(address, NEWS)
        event = await away(alice.wait_for, room, lambda e: "Mail 0.13.4" in str(e["content"].get("body")))
        assert event["content"]["m.relates_to"]["event_id"] == root
        worse = Message(title="Mail 0.13.4 is worse", tone=Tone.SECURITY)
        await bot.post(address, worse, reply_to=first)
        reply = await away(alice.wait_for, room, lambda e: "is worse" in str(e["content"].get("body")))
        relation = reply["content"]["m.relates_to"]
        assert (relation["event_id"], relation["m.in_reply_to"]) == (root, {"event_id": event["event_id"]})
        thread = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }
        await away(lambda: alice.send_text(room, "!latest", **{"m.relates_to": thread}))
        await bot.memory.until(lambda: bot.memory.questions)
        assert [question.ask.room for question in bot.memory.questions.values()] == [address]
