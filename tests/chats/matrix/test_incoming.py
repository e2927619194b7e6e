"""Encrypted content of strangers: whatever it is, its neighbours are read, and it is counted in one line."""

import asyncio
import string
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from chatbot.chats.matrix.device.crypto import Crypto
from chatbot.chats.matrix.incoming import KEYS_AT_ONCE, KEYS_EVERY
from tests.chats.matrix.olm_pair import AT, ROOM, Sealer, bot_crypto, message_event, sync
from tests.examples import scaled

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:nio")

PLAINTEXTS: dict[str, object] = {
    "nested deeply": "[" * 12_000 + "]" * 12_000,
    "nested within a message": '{"type":"m.room.message","content":' + '{"a":' * 3000 + "1" + "}" * 3001,
    "a list": "[1]",
    "a number": "1",
    "a text": '"x"',
    "null": "null",
    "no JSON": "{",
    "nothing": "",
    "a number of 5000 digits": '{"type":"m.room.message","content":{"body":"!help","x":' + "9" * 5000 + "}}",
    "no type": {"content": {}},
    "a type that is a list": {"type": ["m.room.message"], "content": {}},
    "no content": {"type": "m.room.message"},
    "a content that is a text": {"type": "m.room.message", "content": "x"},
    "a state event": {"type": "m.room.member", "state_key": "@x:y", "content": {"membership": "join"}},
    "another room": message_event("!help", "!other:hs.test"),
    "a room that is a number": {**message_event("!help"), "room_id": 1},
}
SEALED: dict[str, Any] = {
    "no base64": {"ciphertext": "!!!!"},
    "not a text": {"ciphertext": 5},
    "too short": {"ciphertext": "AAAA"},
    "no key": {"sender_key": ""},
    "no session": {"session_id": ""},
    "a session that is a list": {"session_id": ["x"]},
    "a sender's key that is an object": {"sender_key": {"a": 1}},
    "another algorithm": {"algorithm": "m.megolm.v9"},
    "an algorithm of to-device messages": {"algorithm": "m.olm.v1.curve25519-aes-sha2", "ciphertext": {}},
    "no device": {"device_id": None},
}


class Clock:
    now = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(tmp_path: Path, clock: Clock) -> Iterator[Crypto]:
    crypto = bot_crypto(tmp_path, clock)
    yield crypto
    crypto.close()


@pytest.fixture
def alice(tmp_path: Path, bot: Crypto) -> Iterator[Sealer]:
    somebody = Sealer(tmp_path, bot)
    yield somebody
    somebody.close()


@pytest.fixture
def mallory(tmp_path: Path, bot: Crypto) -> Iterator[Sealer]:
    somebody = Sealer(tmp_path, bot, "@mallory:evil.test")
    yield somebody
    somebody.close()


async def bodies(bot: Crypto, answer: dict[str, Any]) -> list[object]:
    return [event["content"].get("body") for _, event in await bot.read_sync(answer, [ROOM])]


@pytest.mark.parametrize("plaintext", PLAINTEXTS.values(), ids=PLAINTEXTS)
async def test_a_bad_message_stops_no_other(bot: Crypto, alice: Sealer, mallory: Sealer, plaintext: object) -> None:
    keys = (mallory.room_key(), alice.room_key())
    before, bad, after = alice.seal(message_event("one")), mallory.seal(plaintext), alice.seal(message_event("two"))
    with capture_logs() as logs:
        assert await bodies(bot, sync(before, bad, after, to_device=keys)) == ["one", "two"]
    assert [(line["event"], line["count"]) for line in logs] == [("encrypted content was ignored", 1)]
    assert "exc_info" not in logs[0]
    assert bot.incoming.hear(ROOM, bad) is None  # and the same where a gap is read


async def test_a_flood_of_keys_holds_nobody_up_and_is_not_kept(
    bot: Crypto, alice: Sealer, mallory: Sealer, clock: Clock
) -> None:
    """Whoever knows the bot's name can send it to-device messages, without a room in common."""
    flood = [mallory.room_key(f"!{number}:evil.test") for number in range(KEYS_AT_ONCE + 40)]
    turns, going = 0, True

    async def others() -> None:
        nonlocal turns
        while going:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    key = alice.room_key()
    with capture_logs() as logs:
        texts = await bodies(bot, sync(alice.seal(message_event("one")), to_device=(*flood, key)))
    going = False
    await task
    assert texts == ["one"]
    assert turns > len(flood)
    assert len(bot.olm.inbound_group_store._entries) == KEYS_AT_ONCE + 1
    assert logs[0]["kinds"]["to-device message: UnreadableError"] == 40
    assert await bodies(bot, sync(alice.seal(message_event("two")))) == ["two"]
    clock.now += timedelta(seconds=KEYS_EVERY)
    await bodies(bot, sync(to_device=(mallory.room_key("!late:evil.test"), mallory.room_key("!later:evil.test"))))
    assert "!late:evil.test" in bot.olm.inbound_group_store._entries
    assert "!later:evil.test" not in bot.olm.inbound_group_store._entries


@pytest.mark.parametrize("sealed", SEALED.values(), ids=SEALED)
async def test_a_bad_seal_stops_no_other(bot: Crypto, alice: Sealer, mallory: Sealer, sealed: Any) -> None:
    keys = (mallory.room_key(), alice.room_key())
    good = mallory.seal(message_event("x"))
    bad = {**good, "content": {**good["content"], **sealed}}
    assert await bodies(
        bot, sync(alice.seal(message_event("one")), bad, alice.seal(message_event("two")), to_device=keys)
    ) == [
        "one",
        "two",
    ]
    assert bot.incoming.hear(ROOM, bad) is None
    assert bot.incoming.read(ROOM, bad) is None


TO_DEVICE: dict[str, Any] = {
    "no base64": {"type": 0, "body": "!!"},
    "too short": {"type": 0, "body": "AAAA"},
    "an ordinary one too short": {"type": 1, "body": "AAAA"},
    "a type that is a text": {"type": "x", "body": "AAAA"},
    "no body": {"type": 0},
    "a number": 1,
}


@pytest.mark.parametrize("bad", TO_DEVICE.values(), ids=TO_DEVICE)
async def test_a_bad_message_to_the_device_costs_nobody_their_key(bot: Crypto, alice: Sealer, bad: Any) -> None:
    curve = bot.olm.account.identity_keys["curve25519"]
    content = {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "A" * 43, "ciphertext": {curve: bad}}
    foreign = {"type": "m.room.encrypted", "sender": "@mallory:evil.test", "content": content}
    others = (
        {"type": "m.room.encrypted", "sender": "@mallory:evil.test", "content": []},
        {"type": "m.key.verification.start", "sender": "@mallory:evil.test", "content": {"method": 5}},
        {"type": "m.room_key_request", "sender": "@mallory:evil.test", "content": 1},
        {"sender": 1},
        "x",
    )
    keys = (foreign, *others, alice.room_key(), foreign)
    assert await bodies(bot, sync(alice.seal(message_event("one")), to_device=keys)) == ["one"]
    assert set(bot.olm.session_store._entries) == {alice.sender_key}  # nothing is kept of what could not be read
    assert not bot.olm.outgoing_to_device_messages


async def test_a_flood_fills_no_log(bot: Crypto, clock: Clock) -> None:
    bad = {"type": "m.room.encrypted", "sender": "@mallory:evil.test", "content": {}}
    with capture_logs() as logs:
        for _ in range(50):
            await bot.read_sync(sync(to_device=(bad,)), [ROOM])
        clock.now += timedelta(minutes=1)
        await bot.read_sync(sync(to_device=(bad,)), [ROOM])
    assert [line["count"] for line in logs] == [1, 50]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("!supported \\ud800", "!supported \ufffd"),
        ("\\udc00\\ud800", "\ufffd\ufffd"),
        ("\\u0000\\u0007\\u001b\\u009b", "\ufffd\ufffd\ufffd\ufffd"),
        ("\\ud83d\\ude00 stays", "😀 stays"),
        ("line 1\\nline 2\\tx", "line 1\nline 2\tx"),
    ],
)
async def test_what_no_store_takes_is_replaced(bot: Crypto, alice: Sealer, body: str, expected: str) -> None:
    key = alice.room_key()
    plaintext = f'{{"type":"m.room.message","content":{{"msgtype":"m.text","body":"{body}","\\ud800":["\\udfff"]}}}}'
    [(_, event)] = await bot.read_sync(sync(alice.seal(plaintext), to_device=(key,)), [ROOM])
    assert event["content"]["body"] == expected
    assert str(event).encode()
    assert event["content"]["\ufffd"] == ["\ufffd"]


async def test_who_sent_it_is_the_servers_word(bot: Crypto, mallory: Sealer) -> None:
    key = mallory.room_key()
    forged = {
        "sender": "@admin:hs.test",
        "event_id": "$other",
        "origin_server_ts": 1,
        "unsigned": {"transaction_id": "x"},
    }
    whole, bare = mallory.seal({**message_event("!help"), **forged}), mallory.seal({"type": "m.room.message", **forged})
    with_bad = {**message_event("!help"), **forged, "content": {"msgtype": 5}}
    late = mallory.seal(with_bad)
    assert await bodies(bot, sync(whole, bare, late)) == []
    messages = await bot.read_sync(sync(to_device=(key,)), [ROOM])  # the way of those that waited for their key
    assert messages
    assert {event["sender"] for _, event in messages} == {"@mallory:evil.test"}
    assert not {event["event_id"] for _, event in messages} & {"$other"}
    assert not any("unsigned" in event for _, event in messages)


async def test_a_key_that_did_not_come_is_asked_for_once_and_taken_from_its_maker(bot: Crypto, alice: Sealer) -> None:
    alice.room_key()  # lost
    first, second = alice.seal(message_event("one")), alice.seal(message_event("two"))
    assert await bodies(bot, sync(first, second)) == []
    assert await bodies(bot, sync(first)) == []
    [request] = bot.incoming.key_requests
    assert (request.sender, request.device, request.room) == (alice.user, "DEVICE", ROOM)
    assert await bodies(bot, sync(to_device=(alice.forwarded_key(),))) == ["one", "two"]
    assert len(bot.incoming.waiting) == 0


async def test_a_key_is_taken_from_nobody_else(bot: Crypto, alice: Sealer, mallory: Sealer) -> None:
    alice.room_key()
    assert await bodies(bot, sync(alice.seal(message_event("one")))) == []
    mallory.room_key()
    unasked = mallory.forwarded_key()
    as_alices = mallory.forwarded_key(made_by=alice.sender_key)
    mallory.olm.outbound_group_sessions[ROOM] = alice.olm.outbound_group_sessions[ROOM]
    session_held = alice.olm.inbound_group_store.get(ROOM, alice.sender_key, alice.olm.outbound_group_sessions[ROOM].id)
    assert session_held is not None
    mallory.olm.inbound_group_store._entries[ROOM][mallory.sender_key][session_held.id] = session_held
    stolen = mallory.forwarded_key(made_by=alice.sender_key)
    assert await bodies(bot, sync(to_device=(unasked, as_alices, stolen))) == []
    assert await bodies(bot, sync(to_device=(alice.forwarded_key(),))) == ["one"]


async def test_a_flood_of_unreadable_messages_displaces_and_costs_little(
    bot: Crypto, alice: Sealer, clock: Clock
) -> None:
    alice.room_key()
    await bot.read_sync(sync(alice.seal(message_event("one"))), [ROOM])
    for batch in range(20):
        flood = [noise(alice, f"@m{number % 7}:evil.test", f"{batch}-{number}") for number in range(100)]
        await bot.read_sync(sync(*flood), [ROOM])
    assert len(bot.incoming.waiting) <= 1 + 7 * 20
    assert len(bot.incoming.key_requests) <= 1 + 7 * 3
    assert not bot.olm.outgoing_to_device_messages
    assert set(bot.olm.inbound_group_store._entries[ROOM]) <= {alice.sender_key}
    assert await bodies(bot, sync(to_device=(alice.forwarded_key(),))) == ["one"]
    clock.now += timedelta(minutes=16)
    await bot.read_sync(sync(), [ROOM])
    assert len(bot.incoming.waiting) == 0


def noise(alice: Sealer, sender: str, session: str) -> dict[str, Any]:
    content = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AAAA", "sender_key": f"k{session}"}
    event = alice.event("m.room.encrypted", {**content, "session_id": session, "device_id": "D"})
    return {**event, "event_id": f"$noise{session}", "sender": sender}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["m.room.encrypted", "join"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "body", "membership", "algorithm", "ciphertext", "sender_key", "session_id", *string.ascii_lowercase[:3]]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["m.room.encrypted", "m.room.member", "m.room_key", "m.room.encryption"]) | JUNK},
    optional={
        "content": JUNK,
        "sender": JUNK | st.just("@mallory:evil.test"),
        "state_key": JUNK,
        "event_id": JUNK,
        "unsigned": JUNK,
        "origin_server_ts": JUNK,
    },
)


@given(
    events=st.lists(EVENTS | JUNK, max_size=4), to_device=st.lists(EVENTS | JUNK, max_size=3), lists=JUNK, count=JUNK
)
@settings(
    max_examples=scaled(80),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_nothing_in_a_sync_raises(
    bot: Crypto, alice: Sealer, clock: Clock, events: list[Any], to_device: list[Any], lists: Any, count: Any
) -> None:
    clock.now += timedelta(seconds=KEYS_EVERY)  # one bot for all examples: each is a sync of its own time
    key = alice.room_key()
    more = {"device_lists": lists, "device_one_time_keys_count": count}
    answer = sync(*events, alice.seal(message_event("one")), to_device=(*to_device, key), **more)
    assert await bodies(bot, answer) == ["one"]
