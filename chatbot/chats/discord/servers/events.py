"""Scheduled events of Discord servers: made, moved, and ended as what they are about comes or is cancelled."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import discord

from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.escaping import plainly
from chatbot.chats.discord.places import Places
from chatbot.chats.discord.servers.roles import Roles
from chatbot.core.maintainers.schedule.server_events import Changed, ServerEvent
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused, MessageGone, MessageRejected

JSON = Mapping[str, Any]

_SECONDS = 45.0
_REASON = "the project's maintainers planned this release"  # in the audit log
# https://discord.com/developers/docs/resources/guild-scheduled-event
MOST = 100  # scheduled or active events of a server
MAX_NAME, MAX_DESCRIPTION, MAX_LOCATION = 100, 1000, 100
_GUILD_ONLY, _EXTERNAL = 2, 3
_SCHEDULED, _ACTIVE, _COMPLETED, _CANCELED = 1, 2, 3, 4
NO_CREATE_EVENTS = (
    "I need the permission Create Events in this server: someone who manages the server can give it to my role "
    "(Server Settings, Roles)"
)
FULL = f"this server has as many events as Discord allows ({MOST})"
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_REFUSALS = {
    10004: "I am not in this server any more",
    30038: FULL,
    50001: "I am not in this server any more",
    50013: NO_CREATE_EVENTS,
}
_NO_EVENT = 10070


class Events:
    """The events of all servers. Nothing is remembered here: somebody may change or delete them at any moment.

    places: the channels that the connection sees which is held now
    roles: knows which server a room belongs to
    """

    def __init__(self, places: Callable[[], Places], roles: Roles) -> None:
        self._places, self._roles = places, roles

    async def server_of(self, room: RoomAddress) -> str:
        return await self._roles.server_of(room)

    async def ours_with_name(self, server: str, name: str) -> Sequence[str]:
        async with self._asking() as client:
            events = await client.http.get_scheduled_events(_number(server), with_user_count=False)
            me = str(client.user.id) if client.user else ""
            ours = [each for each in events if str(each.get("creator_id")) == me and each["name"] == _name(name)]
            return [str(each["id"]) for each in sorted(ours, key=lambda each: int(each["id"])) if _is_open(each)]

    async def make(self, server: str, event: ServerEvent) -> str:
        async with self._asking() as client:
            made_event = await client.http.create_guild_scheduled_event(
                _number(server),
                reason=_REASON,
                privacy_level=_GUILD_ONLY,
                entity_type=_EXTERNAL,
                **_shows(event),
            )
            return str(made_event["id"])

    async def change(self, server: str, number: str, event: ServerEvent) -> Changed:
        async with self._asking() as client:
            before = await _look(client, server, number)
            if before is None or not _is_open(before):
                return "gone"
            if before["status"] == _ACTIVE:  # its beginning cannot be moved any more
                return "begun"
            await client.http.edit_scheduled_event(_number(server), int(number), reason=_REASON, **_shows(event))
            return "changed"

    async def finish(self, server: str, number: str, *, came: bool) -> None:
        """One that was planned for later and comes now begins, which tells those who are interested, and is over then."""
        async with self._asking() as client:
            before = await _look(client, server, number)
            if before is None or not _is_open(before):
                return
            steps = [_COMPLETED] if before["status"] == _ACTIVE else [_ACTIVE, _COMPLETED] if came else [_CANCELED]
            for status in steps:
                await client.http.edit_scheduled_event(_number(server), int(number), reason=_REASON, status=status)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[discord.Client]:
        """The client for requests about events: what Discord refuses is a sentence about events."""
        client = self._places().client
        try:
            with translate_errors():
                async with asyncio.timeout(_SECONDS):
                    try:
                        yield client
                    except discord.HTTPException as refused:
                        words = _REFUSALS.get(refused.code)
                        if words is None:
                            raise
                        raise ChatRefused(f"{words} (Discord's error {refused.code})") from refused
        except (MessageGone, MessageRejected) as refused:
            raise ChatRefused(str(refused)) from refused


def of_servers(places: Callable[[], Places]) -> tuple[Roles, Events]:
    """The roles and the events of all servers."""
    roles = Roles(places)
    return roles, Events(places, roles)


def _shows(event: ServerEvent) -> dict[str, Any]:
    return {
        "name": _name(event.name),
        "description": plainly(event.description, MAX_DESCRIPTION),
        "scheduled_start_time": _time(event.begins),
        "scheduled_end_time": _time(event.ends),
        "entity_metadata": {"location": plainly(event.location, MAX_LOCATION)},
    }


def _name(name: str) -> str:
    return plainly(name, MAX_NAME)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _is_open(event: JSON) -> bool:
    return event["status"] in (_SCHEDULED, _ACTIVE)


async def _look(client: discord.Client, server: str, number: str) -> JSON | None:
    try:
        return await client.http.get_scheduled_event(_number(server), int(number), with_user_count=False)
    except discord.NotFound as gone:
        if gone.code != _NO_EVENT:
            raise
        return None


def _number(server: str) -> int:
    return int(server.rpartition(":")[2])
