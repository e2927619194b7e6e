"""The encryption of one device: what comes in is read, what goes out is encrypted, and its keys are kept fresh.

All network is ours: of nio only the machine without I/O is used. Its gaps are filled here: a count of no one-time keys left,
the fallback key, and members that change while a key is being shared.
"""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import nio
import structlog
from nio.crypto import Olm
from nio.event_builders import ToDeviceMessage

from chatbot.chats.matrix.device.store import Device, DeviceStore
from chatbot.chats.matrix.homeserver import Homeserver, Refusal, in_room, quoted
from chatbot.chats.matrix.incoming import Incoming, KeyRequest, UnreadableError
from chatbot.chats.matrix.locks import Locks
from chatbot.chats.matrix.rooms import Room
from chatbot.ports import ChatStopped, ChatUnavailable, Clock

log = structlog.get_logger(__name__)

JSON = dict[str, Any]
SHARE_ROUNDS = 3  # members may change while a room's key is handed out

for noisy in ("nio.crypto", "nio.responses", "nio.client", "nio.rooms", "nio.events"):
    logging.getLogger(noisy).setLevel(logging.ERROR)  # it warns of every device without keys and of every unknown event


class Crypto:
    """One device's encryption. `server` carries its requests."""

    def __init__(self, device: Device, device_store: DeviceStore, server: Homeserver, clock: Clock) -> None:
        self._server = server
        config = nio.ClientConfig(
            store=nio.store.SqliteStore,
            store_name=device.database,
            pickle_key=device.pickle_key,
            store_sync_tokens=False,
        )
        self._client = nio.Client(device.user_id, device.device_id, str(device_store.folder), config)
        try:
            self._client.restore_login(device.user_id, device.device_id, device.access_token)
        except Exception as wrong:  # nio and the library below it raise many kinds
            raise ChatStopped(
                f"the keys in {device_store.folder} cannot be opened ({type(wrong).__name__}): "
                "restore matrix.pickle_key, or move the directory away to begin as a new device"
            ) from wrong
        self._keys = asyncio.Lock()  # one query or claim at a time
        self._sharing = Locks()
        self.incoming = Incoming(self._client, self.olm, clock)
        self._fallback_wanted = False

    @property
    def olm(self) -> Olm:
        olm = self._client.olm
        if olm is None:
            raise ChatStopped("encryption is not installed: pip install 'matrix-nio[e2e]'")
        return olm

    def close(self) -> None:
        if self._client.store is not None:
            self._client.store.database.close()

    # ---- what comes in ----------------------------------------------------------------------------------------------------

    async def read_sync(self, answer: Mapping[str, Any], encrypted: Iterable[str]) -> list[tuple[str, JSON]]:
        """Read a sync's keys and the events of encrypted rooms; return what could be read, each with its room.

        The result may hold events of earlier syncs, whose key has come only now.
        """
        events = await self.incoming.read_sync(answer, encrypted)
        count = answer.get("device_one_time_keys_count")
        if isinstance(count, Mapping):
            remaining = count.get("signed_curve25519", 0)
            self.olm.uploaded_key_count = (
                remaining if isinstance(remaining, int) else 0
            )  # the library passes over a count of none
        unused = answer.get("device_unused_fallback_key_types")
        self._fallback_wanted = isinstance(unused, list) and "signed_curve25519" not in unused
        return events

    def forget_devices(self) -> None:
        """Whose devices changed was not told for a while: ask again about everybody."""
        self.olm.add_changed_users(set(self.olm.tracked_users))

    # ---- keys ---------------------------------------------------------------------------------------------------------------

    async def upkeep(self) -> None:
        """Do what the last sync asks for: upload keys, look up devices, answer other devices."""
        async with self._keys:
            if self.olm.should_upload_keys:
                await self._upload()
            if self._fallback_wanted:
                await self._upload_fallback()
            await self._query()
            if self._client.should_claim_keys:
                await self._claim(self._client.get_users_for_key_claiming())
        for message in list(self.olm.outgoing_to_device_messages):
            try:
                await self._to_device(
                    message.type, {"messages": {message.recipient: {message.recipient_device: message.content}}}
                )
            except Refusal as refusal:  # for good: it must not stand before the others
                log.info("a message to a device was refused", reason=str(refusal))
            self._after_sending(message)
        requests, self.incoming.key_requests = self.incoming.key_requests, []
        for request in requests:
            await self._ask_again(request)

    async def _ask_again(self, request: KeyRequest) -> None:
        """Ask the device that made a room key for it, once."""
        olm = self.olm
        body = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": request.room}
        body |= {"session_id": request.session, "sender_key": request.sender_key}
        content = {"action": "request", "requesting_device_id": olm.device_id, "request_id": secrets.token_hex(12)}
        with suppress(Refusal):
            await self._to_device(
                "m.room_key_request", {"messages": {request.sender: {request.device: {**content, "body": body}}}}
            )

    async def publish(self) -> None:
        """Make sure the server has the device's keys; at the start, before the device is signed."""
        if not self.olm.account.shared:
            await self._upload()

    async def _upload(self) -> None:
        keys = self.olm.share_keys()
        self.olm.save_account()  # first kept, then published: somebody may use a key that a kill made us forget
        try:
            answer = await self._server.post("/v3/keys/upload", keys)
        except (
            Refusal
        ) as refusal:  # the server has other keys under these names: leave them, and name new ones next time
            if not self.olm.account.shared:
                raise
            log.warning("one-time keys were refused", reason=str(refusal))
            self.olm.mark_keys_as_published()
            self.olm.save_account()
            return
        counts = {"curve25519": 0, "signed_curve25519": 0, **answer.get("one_time_key_counts", {})}
        self._client.receive_response(nio.KeysUploadResponse.from_dict({"one_time_key_counts": counts}))

    async def _upload_fallback(self) -> None:
        """The key for those who come when all one-time keys are used up."""
        account = self.olm.account._account  # noqa: SLF001 - nio does not show it
        account.generate_fallback_key()
        keys = dict[str, JSON]()
        for name, key in account.fallback_key.items():
            text = key if isinstance(key, str) else key.to_base64()
            signed: JSON = {"key": text, "fallback": True}
            signature = self.olm.sign_json(signed)
            signed["signatures"] = {self.olm.user_id: {f"ed25519:{self.olm.device_id}": signature}}
            keys[f"signed_curve25519:{name}"] = signed
        self.olm.save_account()  # first kept, then published
        await self._server.post("/v3/keys/upload", {"fallback_keys": keys})
        account.mark_keys_as_published()
        self.olm.save_account()
        self._fallback_wanted = False

    async def _query(self) -> None:
        """Look devices up. What one person published about theirs cannot stop what is learnt about the others."""
        users = self._client.users_for_key_query
        if not users:
            return
        answer = await self._server.post("/v3/keys/query", {"device_keys": {user: [] for user in users}})
        by_user = answer.get("device_keys")
        for user, devices in by_user.items() if isinstance(by_user, Mapping) else ():
            single = {"device_keys": {user: devices}, "failures": {}}
            self._receive(user, nio.KeysQueryResponse, single)
            self.olm.users_for_key_query.discard(user)

    async def _claim(self, missing: Mapping[str, Iterable[str]]) -> None:
        devices_by_user = {user: dict.fromkeys(devices, "signed_curve25519") for user, devices in missing.items()}
        if not devices_by_user:
            return
        answer = await self._server.post("/v3/keys/claim", {"one_time_keys": devices_by_user})
        by_user = answer.get("one_time_keys")
        for user, devices in by_user.items() if isinstance(by_user, Mapping) else ():
            for device, key in devices.items() if isinstance(devices, Mapping) else ():
                single = {"one_time_keys": {user: {device: key}}, "failures": {}}
                self._receive(user, nio.KeysClaimResponse, single)
        self.olm.wedged_devices.clear()  # who has no key left is not asked again with every sync

    def _receive(self, user: str, shape: type[nio.KeysQueryResponse | nio.KeysClaimResponse], answer: JSON) -> None:
        with self.incoming.guard("keys of a device"):
            parsed = shape.from_dict(answer)
            if not isinstance(parsed, shape):
                raise UnreadableError(f"no keys of {user}")
            self._client.receive_response(parsed)

    def _after_sending(self, message: ToDeviceMessage) -> None:
        self._client.receive_response(nio.ToDeviceResponse.from_dict({}, message))

    async def _to_device(self, kind: str, content: JSON) -> None:
        await self._server.put(f"/v3/sendToDevice/{quoted(kind)}/{secrets.token_hex(12)}", content)

    # ---- what goes out ------------------------------------------------------------------------------------------------------

    async def encrypt(self, into: Room, content: JSON, invited: Iterable[str] = ()) -> JSON:
        """The content of an `m.room.encrypted` event that every device in the room can read, and those of the `invited`."""
        room = into.id
        async with self._sharing.of(room):
            for _round in range(SHARE_ROUNDS):
                await self._know_members(room, invited)
                self._set_rotation(into)
                if self.olm.should_share_group_session(room) or room in self.incoming.changed:
                    await self._share(room)
                    self._set_rotation(into)
                if room not in self.incoming.changed and not self.olm.should_share_group_session(room):
                    kind, sealed = self._client.encrypt(room, "m.room.message", dict(content))
                    assert kind == "m.room.encrypted"  # noqa: S101 - never plaintext into an encrypted room
                    return dict(sealed)
        raise ChatUnavailable("the members of the room changed while its key was handed out")

    def _set_rotation(self, room: Room) -> None:
        """Change the room's key as often as the room asks for; the library knows one period for all."""
        session = self.olm.outbound_group_sessions.get(room.id)
        if session is not None:
            session.max_messages, session.max_age = room.rotate_messages, timedelta(milliseconds=room.rotate_ms)

    async def _know_members(self, room: str, invited: Iterable[str]) -> None:
        room_known = self._client.rooms.get(room)
        if room_known is None:
            room_known = self._client.rooms[room] = nio.MatrixRoom(room, self.olm.user_id, encrypted=True)
        room_known.encrypted = True
        if not room_known.members_synced:
            answer = await self._server.get(in_room(room, "joined_members"))
            joined = answer.get("joined")
            if not isinstance(joined, Mapping):
                raise ChatUnavailable("the homeserver does not say who is in the room")
            self._client.receive_response(
                nio.JoinedMembersResponse([nio.RoomMember(u, None, None) for u in joined], room)
            )
        for user in invited:
            if user not in room_known.users:
                room_known.add_member(user, None, None, invited=True)
        self.olm.update_tracked_users(room_known)

    async def _share(self, room: str) -> None:
        self.incoming.changed.discard(room)
        async with self._keys:
            await self._query()
            await self._claim(self._client.get_missing_sessions(room))
        users = list(self._client.rooms[room].users)
        self._client.invalidate_outbound_session(room)
        shared = set[tuple[str, str]]()
        for devices, content in self.olm.share_group_session_parallel(room, users, ignore_unverified_devices=True):
            await self._to_device("m.room.encrypted", content)
            shared |= devices
        session = self.olm.outbound_group_sessions.get(room)
        if session is not None:
            session.users_shared_with.update(shared)
            session.shared = True  # also where nobody has a device to share with
