"""Somebody else's client with encryption: nio with its own network code, independent of the bot's."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nio

from tests.patience import PATIENCE
from tests.standins.synapse import User

SETTINGS = {"store_sync_tokens": False, "max_limit_exceeded": 0, "max_timeouts": 0, "request_timeout": 30}
WHOLE = {"room": {"timeline": {"limit": 1000}}}
ENCRYPTED = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


class Peer:
    """Reads and writes encrypted rooms, and keeps all that it could read."""

    def __init__(self, user: User, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        config = nio.AsyncClientConfig(encryption_enabled=True, **SETTINGS)
        self.client = nio.AsyncClient(
            user.server.url, user.id, device_id=user.device, store_path=str(folder), config=config
        )
        self.client.restore_login(user.id, user.device, user.token)
        self.user = user
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.sealed: list[str] = []

    async def sync(self, hold: int = 0) -> None:
        response = await self.client.sync(hold, WHOLE, full_state=not self.client.next_batch)
        assert isinstance(response, nio.SyncResponse), response
        for room, joined in response.rooms.join.items():
            for event in joined.timeline.events:
                if isinstance(event, nio.MegolmEvent):
                    self.sealed.append(event.event_id)
                elif event.source.get("type") == "m.room.message":
                    self.events.append((room, event.source))
        await self.client.send_to_device_messages()
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()

    async def send_text(self, room: str, body: str) -> str:
        if room not in self.client.rooms:
            await self.sync()
        content = {"msgtype": "m.text", "body": body, "m.mentions": {}}
        response = await self.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
        assert isinstance(response, nio.RoomSendResponse), response
        return str(response.event_id)

    async def receives(self, room: str, expected: Callable[[str], bool]) -> dict[str, Any]:
        """The first message of the room with such a body, read already or to come."""
        deadline, checked = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            for place, event in self.events[checked:]:
                if place == room and expected(str(event["content"].get("body", ""))):
                    return event
            checked = len(self.events)
            await self.sync(2000)
        raise AssertionError(f"not received; could not read {self.sealed}, read {json.dumps(self.events)[-2000:]}")


@asynccontextmanager
async def peer(user: User, folder: Path) -> AsyncIterator[Peer]:
    somebody = Peer(user, folder)
    try:
        await somebody.sync()
        yield somebody
    finally:
        await somebody.client.close()
        if somebody.client.store is not None:
            somebody.client.store.database.close()
        await asyncio.sleep(0)
