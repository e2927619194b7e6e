"""What a sync brings encrypted: keys and messages, each read in a guard of its own, so that a bad one stops no other.

The library behind it raises many kinds of errors on foreign content. Nothing is handed to it that need not be: of to-device
messages only the encrypted ones, of room events only memberships and encrypted messages whose key is here.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import nio
import structlog
from nio.crypto import InboundGroupSession, Olm

from chatbot.chats.matrix.waiting import Waiting, WaitingRoom
from chatbot.core.rate_allowance import RateAllowance
from chatbot.core.text.json_values import clean
from chatbot.ports import Clock

log = structlog.get_logger(__name__)

JSON = dict[str, Any]
ENCRYPTED = "m.room.encrypted"
AT_A_TIME = 25  # messages, between which others get their turn
KEYS_AT_ONCE, KEYS_EVERY = 60, 20.0  # to-device messages of one sender, and seconds for one more: each is kept for good
MOST_READ = 50_000  # messages whose place in their session is remembered, against repeats
MOST_WANTED = 500  # keys that were asked for
REPORTED = timedelta(minutes=1)  # between two lines of the log
PATIENCE = timedelta(seconds=10)  # in which a key comes, if it comes at all
WAITED = timedelta(minutes=15)  # for a key; an answer to an older question only puzzles


class UnreadableError(Exception):
    """Encrypted content is not what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """A room key that did not come: which device of whom made it, and so can send it again."""

    room: str
    session: str
    sender: str
    device: str
    sender_key: str


@dataclass(slots=True)
class Incoming:
    """Reads for one device. `wanted` are keys to be asked for again; `changed` rooms whose members changed."""

    client: nio.Client
    olm: Olm
    clock: Clock
    waiting: WaitingRoom = field(default_factory=WaitingRoom)
    key_requests: list[KeyRequest] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    _requests: OrderedDict[tuple[str, str], KeyRequest] = field(default_factory=OrderedDict)
    _asking: RateAllowance = field(default_factory=lambda: RateAllowance(at_once=3, every=60.0))
    _keys: RateAllowance = field(default_factory=lambda: RateAllowance(at_once=KEYS_AT_ONCE, every=KEYS_EVERY))
    _bad: Counter[str] = field(default_factory=Counter)
    _reported_at: datetime | None = None

    def __post_init__(self) -> None:
        # the library takes such a key from a device of our own only; we take it from the one that made it, if we asked
        self.olm._handle_forwarded_room_key_event = self._forwarded  # noqa: SLF001 - no other way

    async def read_sync(self, answer: Mapping[str, Any], encrypted: Iterable[str]) -> list[tuple[str, JSON]]:
        """Read a sync's keys, memberships and messages; return what could be read, oldest first, each with its room."""
        for event in _events(answer.get("to_device")):
            with self.guard("to-device message"):
                self._to_device(event)
            await asyncio.sleep(0)  # one takes milliseconds, and anybody may send them
        joined = _mapping(_mapping(answer.get("rooms")).get("join"))
        rooms = {room: _mapping(joined[room]) for room in encrypted if room in joined}
        for room, part in rooms.items():
            self._members(room, part)
        with self.guard("device list"):
            self._devices(_mapping(answer.get("device_lists")))
        events = [self._read_waiting(one) for one in self.waiting]
        count = 0
        for room, part in rooms.items():
            for event in _events(part.get("timeline")):
                if event.get("type") == ENCRYPTED and "state_key" not in event:
                    events.append(self.hear(room, event))
                    count += 1
                    if count % AT_A_TIME == 0:
                        await asyncio.sleep(0)
        self._report()
        return [one for one in events if one is not None]

    def read(self, room: str, event: Mapping[str, Any]) -> JSON | None:
        """An encrypted event in clear, or None where it cannot be read. Who sent it and when is the server's word alone."""
        clear: JSON | None = None
        with self.guard("encrypted message"):
            clear = self._clear(room, event)
        return clear  # noqa: RET504 - the guard may have ended the line before

    def unread(self) -> list[Waiting]:
        """Messages that have waited too long for their key; each once."""
        now = self.clock()
        waiting = [one for one in self.waiting if not one.noted and now - one.seen_at >= PATIENCE]
        for one in waiting:
            one.noted = True
        return waiting

    def _read_waiting(self, one: Waiting) -> tuple[str, JSON] | None:
        if self.clock() - one.seen_at > WAITED:
            self.waiting.remove(one)
            return None
        if not self._has_key(one.room, _mapping(one.event.get("content"))):
            return None
        self.waiting.remove(one)
        clear = self.read(one.room, one.event)
        return (one.room, clear) if clear is not None else None

    def hear(self, room: str, event: Mapping[str, Any]) -> tuple[str, JSON] | None:
        """A new message in clear; one whose key is not here is read later, when it has come."""
        if self._has_key(room, _mapping(event.get("content"))):
            clear = self.read(room, event)
            return (room, clear) if clear is not None else None
        with self.guard("encrypted message"):
            self._miss(room, event)
        return None

    # ---- messages of rooms --------------------------------------------------------------------------------------------------

    def _has_key(self, room: str, content: Mapping[str, Any]) -> bool:
        """Asked without the library's `get`, which remembers every key that it is asked for."""
        key, session = content.get("sender_key"), content.get("session_id")
        if not isinstance(key, str) or not isinstance(session, str):
            return False
        stored = self.olm.inbound_group_store._entries  # noqa: SLF001 - as above
        return room in stored and session in stored[room].get(key, {})

    def _clear(self, room: str, event: Mapping[str, Any]) -> JSON | None:
        if not self._has_key(room, _mapping(event.get("content"))):
            return None
        parsed = nio.Event.parse_event(dict(event))
        if not isinstance(parsed, nio.MegolmEvent):
            raise UnreadableError("no Megolm event")
        clear = self.olm.decrypt_megolm_event(parsed, room)
        self._forget_some()
        words = clear.source
        kind, content, room_named = words.get("type"), words.get("content"), words.get("room_id", room)
        if not isinstance(kind, str) or not isinstance(content, dict) or room_named != room or "state_key" in words:
            raise UnreadableError("no message of this room")
        outer = {name: event[name] for name in ("event_id", "sender", "origin_server_ts", "unsigned") if name in event}
        cleaned = clean({"type": kind, "content": content})
        return {**outer, **cleaned} if isinstance(cleaned, dict) else None

    def _forget_some(self) -> None:
        indexes = self.olm.message_index_store
        if len(indexes) > MOST_READ:
            for name in list(indexes)[: MOST_READ // 2]:
                del indexes[name]

    def _miss(self, room: str, event: Mapping[str, Any]) -> None:
        """The key is not here: keep the message for when it comes, and ask the device that made the key for it."""
        now, content = self.clock(), _mapping(event.get("content"))
        if not content:
            return  # it was removed
        names = [event.get("sender"), content.get("session_id"), content.get("device_id"), content.get("sender_key")]
        words = [name for name in names if isinstance(name, str) and 0 < len(name) <= 255]
        if len(words) < len(names) or content.get("algorithm") != "m.megolm.v1.aes-sha2":
            raise UnreadableError("no Megolm event")
        sender, session, device, key = words
        self.waiting.add(Waiting(room=room, sender=sender, event=event, seen_at=now))
        if (room, session) not in self._requests and self._asking.take(sender, now):
            request = KeyRequest(room=room, session=session, sender=sender, device=device, sender_key=key)
            self._requests[(room, session)] = request
            self.key_requests.append(request)
            while len(self._requests) > MOST_WANTED:
                self._requests.popitem(last=False)

    # ---- keys ---------------------------------------------------------------------------------------------------------------

    def _to_device(self, event: Mapping[str, Any]) -> None:
        """Take in a key. Requests of others for keys or a verification are left alone: the bot grants neither. A key that
        comes after too many of its sender is asked for again when a message needs it."""
        if event.get("type") != ENCRYPTED:
            return
        sender = event.get("sender")
        if not isinstance(sender, str) or not self._keys.take(sender, self.clock()):
            raise UnreadableError("too many of one sender")
        parsed = nio.ToDeviceEvent.parse_event(dict(event))
        if not isinstance(parsed, nio.OlmEvent):
            raise UnreadableError("no Olm event")
        sessions = self.olm.session_store._entries  # noqa: SLF001 - it remembers every key that it is asked for
        try:
            self.olm.decrypt_event(parsed)
        finally:
            if not sessions.get(parsed.sender_key):
                sessions.pop(parsed.sender_key, None)

    def _forwarded(self, sender: str, sender_key: str, payload: Mapping[str, Any]) -> None:
        content, keys = _mapping(payload.get("content")), _mapping(payload.get("keys"))
        place = (str(content.get("room_id")), str(content.get("session_id")))
        request = self._requests.get(place)
        if request is None or (request.sender, request.sender_key) != (sender, sender_key):
            return
        if content.get("sender_key") != sender_key:  # it was made by another device: its word is not enough
            return
        session = InboundGroupSession.import_session(
            str(content["session_key"]), str(keys["ed25519"]), sender_key, request.room
        )
        if session.id == request.session and self.olm.inbound_group_store.add(session):
            self.olm.save_inbound_group_session(session)
            del self._requests[place]

    # ---- who is in a room, and with which devices -----------------------------------------------------------------------------

    def _members(self, room: str, part: Mapping[str, Any]) -> None:
        room_known = self.client.rooms.get(room)
        if room_known is None:
            room_known = self.client.rooms[room] = nio.MatrixRoom(room, self.olm.user_id, encrypted=True)
        timeline = _mapping(part.get("timeline"))
        if timeline.get("limited") is True:  # who came and went in the gap is not told: ask again
            self.changed.add(room)
            room_known.members_synced = False
            self.client.invalidate_outbound_session(room)
        for event in (*_events(part.get("state")), *_events(timeline)):
            if event.get("type") == "m.room.member" and "state_key" in event:
                self.changed.add(room)
                with self.guard("membership"):
                    self._member(
                        room_known, str(event["state_key"]), str(_mapping(event.get("content")).get("membership"))
                    )

    def _member(self, room_known: nio.MatrixRoom, user: str, membership: str) -> None:
        moved = room_known.remove_member(user) if membership not in ("join", "invite") else False
        if membership in ("join", "invite"):
            invited = membership == "invite"
            if user in room_known.users and room_known.users[user].invited != invited:
                room_known.remove_member(user)
            moved = room_known.add_member(user, None, None, invited)
        if moved:
            self.client.invalidate_outbound_session(room_known.room_id)
            self.olm.update_tracked_users(room_known)

    def _devices(self, lists: Mapping[str, Any]) -> None:
        users = {user for part in ("changed", "left") for user in _list(lists.get(part)) if isinstance(user, str)}
        if users:
            rooms = [room for room in self.client.rooms.values() if room.encrypted]
            self.olm.add_changed_users({user for user in users if any(user in room.users for room in rooms)})

    # ---- what is bad ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def guard(self, what: str) -> Iterator[None]:
        """Whatever the library raises on foreign content ends here, and is counted."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as bad:  # noqa: BLE001 - a panic in the library's compiled half is no Exception
            self._bad[f"{what}: {type(bad).__name__}"] += 1

    def _report(self) -> None:
        """One line for all of it, and one a minute at most: whoever floods us must not fill the log."""
        now = self.clock()
        if self._bad and (self._reported_at is None or abs(now - self._reported_at) >= REPORTED):
            log.warning("encrypted content was ignored", count=self._bad.total(), kinds=dict(self._bad))
            self._bad.clear()
            self._reported_at = now


def _events(part: object) -> Iterator[Mapping[str, Any]]:
    return (event for event in _list(_mapping(part).get("events")) if isinstance(event, Mapping))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
