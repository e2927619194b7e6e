"""Somebody's encryption without a network: a device that makes room keys for the bot's and seals messages with them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nio
from nio.crypto import OlmDevice

from chatbot.chats.matrix.device.crypto import Crypto
from chatbot.chats.matrix.device.store import Device, DeviceStore

BOT, ROOM = "@bot:hs.test", "!room:hs.test"
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def bot_crypto(folder: Path, clock: Any = lambda: AT, server: Any = None) -> Crypto:
    device_store = DeviceStore(folder / "bot")
    device_store.folder.mkdir(parents=True)
    device = Device(user_id=BOT, device_id="BOT", access_token="t", pickle_key="k", since="2026-01-01T00:00:00+00:00")
    return Crypto(device, device_store, server, clock)


class Sealer:
    """One device of `user`, which knows the bot's device."""

    def __init__(self, folder: Path, bot: Crypto, user: str = "@alice:hs.test") -> None:
        place = folder / user.strip("@").replace(":", "_")
        place.mkdir()
        config = nio.ClientConfig(store=nio.store.SqliteStore, store_name="keys.db", pickle_key="k")
        self.client = nio.Client(user, "DEVICE", str(place), config)
        self.client.restore_login(user, "DEVICE", "t")
        olm = self.client.olm
        assert olm is not None
        self.olm, self.user, self.count = olm, user, 0
        keys = bot.olm.account.identity_keys
        self.bot = OlmDevice(BOT, "BOT", {"ed25519": keys["ed25519"], "curve25519": keys["curve25519"]})
        bot.olm.account.generate_one_time_keys(1)
        key = next(iter(bot.olm.account.one_time_keys["curve25519"].values()))
        bot.olm.account.mark_keys_as_published()
        self.olm.create_session(key if isinstance(key, str) else key.to_base64(), self.bot.curve25519)

    @property
    def sender_key(self) -> str:
        return str(self.olm.account.identity_keys["curve25519"])

    def to_device(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        session = self.olm.session_store.get(self.bot.curve25519)
        sealed = self.olm._olm_encrypt(session, self.bot, kind, content)
        return {"type": "m.room.encrypted", "sender": self.user, "content": sealed}

    def room_key(self, room: str = ROOM) -> dict[str, Any]:
        """A fresh room key, as it comes to the bot's device."""
        self.olm.create_outbound_group_session(room)
        session = self.olm.outbound_group_sessions[room]
        session.shared = True
        content = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room}
        return self.to_device("m.room_key", {**content, "session_id": session.id, "session_key": session.session_key})

    def forwarded_key(self, room: str = ROOM, *, made_by: str = "") -> dict[str, Any]:
        """The same key once more, as an answer to a request."""
        session = self.olm.outbound_group_sessions[room]
        ours = self.olm.inbound_group_store.get(room, self.sender_key, session.id)
        assert ours is not None
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "forwarding_curve25519_key_chain": [],
            "room_id": room,
            "sender_claimed_ed25519_key": self.olm.account.identity_keys["ed25519"],
            "sender_key": made_by or self.sender_key,
            "session_id": session.id,
            "session_key": ours.export_session(ours.first_known_index),
        }
        return self.to_device("m.forwarded_room_key", content)

    def seal(self, plaintext: object, room: str = ROOM) -> dict[str, Any]:
        """An event of the room whose plaintext is this text, or this value as JSON."""
        words = plaintext if isinstance(plaintext, str) else json.dumps(plaintext)
        session, self.count = self.olm.outbound_group_sessions[room], self.count + 1
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "sender_key": self.sender_key,
            "ciphertext": session.encrypt(words),
            "session_id": session.id,
            "device_id": "DEVICE",
        }
        return self.event("m.room.encrypted", content)

    def event(self, kind: str, content: Any) -> dict[str, Any]:
        self.count += 1
        stamp = int(AT.timestamp() * 1000)
        name = f"${self.user.strip('@')}{self.count}"
        return {"type": kind, "event_id": name, "sender": self.user, "origin_server_ts": stamp, "content": content}

    def close(self) -> None:
        if self.client.store is not None:
            self.client.store.database.close()


def message_event(body: object, room: str = ROOM) -> dict[str, Any]:
    return {"type": "m.room.message", "room_id": room, "content": {"msgtype": "m.text", "body": body}}


def sync(
    *events: Any, to_device: tuple[Any, ...] = (), room: str = ROOM, limited: bool = False, **more: Any
) -> dict[str, Any]:
    timeline = {"events": list(events), "limited": limited, "prev_batch": "p"}
    return {
        "next_batch": "n",
        "to_device": {"events": list(to_device)},
        "device_one_time_keys_count": {"signed_curve25519": 50},
        "rooms": {"join": {room: {"timeline": timeline, "state": {"events": []}}}},
        **more,
    }
