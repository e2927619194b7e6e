"""What people do: interactions that a test fires, the callbacks that answer them, and the time they have."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.patience import PATIENCE
from tests.standins.discord import objects
from tests.standins.discord.record import Recorded, Refusal
from tests.standins.discord.world import World

JSON = Any
SLASH, MESSAGE_COMMAND = 1, 3
PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 64
DEADLINE = 30.0
"""Seconds, ten times what Discord gives: on a busy machine everything takes longer, and a bot that forgets still fails."""


@dataclass
class Exchange:
    """One interaction and how the bot answered. `original` is the message that the asker sees; `modal` a dialogue it opened;
    `source` the message whose button or menu was used, which an update changes."""

    id: str
    token: str
    fired_at: float
    acked_at: float = 0.0
    answered_at: float = 0.0
    ack: JSON = None
    original: JSON = None
    source: JSON = None
    edits: list[JSON] = field(default_factory=list)
    followups: list[JSON] = field(default_factory=list)
    deleted: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, within: float = PATIENCE) -> JSON:
        """The message that the asker ends up with, or the modal or the choices where those are the answer."""
        async with asyncio.timeout(within):
            await self.answered.wait()
        return self.ack["data"] if self.ack["type"] in (CHOICES, MODAL) else self.original

    async def acknowledgement(self, within: float = PATIENCE) -> JSON:
        async with asyncio.timeout(within):
            await self.acknowledged.wait()
        return self.ack

    @property
    def private(self) -> bool:
        """Whether only the asker sees the answer."""
        return bool(self.original and self.original["flags"] & EPHEMERAL)


class Interactions:
    """Everything fired so far, by token and id; `deadline` is how long the first answer may take."""

    def __init__(self, world: World, deadline: float = DEADLINE) -> None:
        self.world = world
        self.deadline = deadline
        self.fired: dict[str, Exchange] = {}

    def make(
        self, kind: int, data: JSON, *, channel_id: str, asker: JSON, permissions: int, roles: tuple[str, ...]
    ) -> tuple[Exchange, JSON]:
        """Make the INTERACTION_CREATE for a deed of `asker` in a channel (a guild's or a direct one)."""
        channel = self.world.channels[channel_id]
        exchange = Exchange(objects.snowflake(), f"token-{objects.snowflake()}", asyncio.get_running_loop().time())
        self.fired[exchange.id] = self.fired[exchange.token] = exchange
        event: JSON = {
            "id": exchange.id,
            "application_id": self.world.app_id,
            "type": kind,
            "data": data,
            "token": exchange.token,
            "version": 1,
            "channel_id": channel_id,
            "channel": channel,
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "attachment_size_limit": 10485760,
            "app_permissions": "562949953601536",
        }
        if channel["type"] == objects.GROUP_DM:
            event |= {"user": asker, "context": 2, "authorizing_integration_owners": {"1": asker["id"]}}
        elif guild_id := channel.get("guild_id"):
            event |= {
                "guild_id": guild_id,
                "guild_locale": "en-US",
                "guild": {"id": guild_id, "locale": "en-US", "features": []},
                "member": objects.member(asker, permissions, roles),
                "context": 0,
            }
        else:
            event |= {"user": asker, "context": 1}
        return exchange, event

    def callback(self, request: Recorded, identifier: str, token: str, now: float) -> JSON:
        exchange = self.fired.get(identifier)
        if exchange is None or exchange.token != token or now - exchange.fired_at > self.deadline:
            raise Refusal(404, 10062, "Unknown interaction")
        if exchange.ack is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        exchange.ack = request.body
        exchange.acked_at = now
        resource: JSON = {"type": request.body["type"]}
        if request.body["type"] in (MESSAGE, DEFERRED):
            exchange.original = objects.message("0", self.world.me, request.body.get("data") or {})
            resource["message"] = exchange.original
        if request.body["type"] in (DEFERRED_UPDATE, UPDATE):
            if exchange.source is None:
                raise Refusal(400, 50035, "Invalid Form Body: there is no message to update")
            exchange.original = exchange.source
            _change(exchange.original, request.body.get("data") or {})
        exchange.acknowledged.set()
        if request.body["type"] in (MESSAGE, CHOICES, MODAL, UPDATE):
            exchange.answered.set()
        return {"interaction": {"id": identifier, "type": 2}, "resource": resource}

    def _acked(self, app: str, token: str) -> Exchange:
        exchange = self.fired.get(token)
        if app != self.world.app_id or exchange is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        if exchange.ack is None or exchange.original is None:
            raise Refusal(404, 10008, "Unknown Message")
        return exchange

    def edit_original(self, request: Recorded, app: str, token: str) -> JSON:
        exchange = self._acked(app, token)
        exchange.edits.append(request.body)
        exchange.answered_at = exchange.answered_at or request.at
        _change(exchange.original, request.body)
        exchange.answered.set()
        return exchange.original

    def get_original(self, app: str, token: str) -> JSON:
        return self._acked(app, token).original

    def delete_original(self, app: str, token: str) -> None:
        """The acknowledgement goes; what follows stands on its own."""
        exchange = self._acked(app, token)
        exchange.original, exchange.deleted = None, True

    def followup(self, request: Recorded, app: str, token: str) -> JSON:
        """The first one after a deferred acknowledgement takes its place and its visibility, unless that was deleted."""
        exchange = (
            self.fired.get(token)
            if (sent_before := self.fired.get(token)) and sent_before.deleted
            else self._acked(app, token)
        )
        assert exchange is not None
        exchange.followups.append(request.body)
        message: JSON = objects.message("0", self.world.me, request.body)
        if exchange.ack["type"] == DEFERRED_UPDATE:
            exchange.answered.set()
        if exchange.deleted:
            exchange.original = message
            exchange.answered.set()
        return message


def _change(message: JSON, body: JSON) -> None:
    """What an edit says takes the place of what was there."""
    for key in ("content", "embeds", "components"):
        if key in body:
            message[key] = body[key] or ([] if key != "content" else "")
