"""Roles of Discord servers: looked up as they are now, made without permissions, given and taken by their members' own word."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.places import Places
from chatbot.core.line_roles.line_role import role_name
from chatbot.core.line_roles.server_roles import ServerRole
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.text.visible import printable
from chatbot.core.text.words import listed
from chatbot.ports import ChatRefused, MessageGone, MessageRejected

JSON = Mapping[str, Any]

_SECONDS = 45.0
_REASON = (
    "one role for each supported release line, so that security news can ping those who run it"  # in the audit log
)
MOST = 250  # roles of a server
_MOST_NAMED = 3  # roles in one sentence
_SETTING = "`line_roles`"
# https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
_ADMINISTRATOR, _MANAGE_ROLES = 1 << 3, 1 << 28
NO_MANAGE_ROLES = (
    "I need the permission Manage Roles in this server: someone who manages the server can give it to my role "
    "(Server Settings, Roles)"
)
_ABOVE = (
    "the role stands above my own, so I can't give it: someone who manages the server can drag my role above it "
    "(Server Settings, Roles)"
)
FULL = f"this server has as many roles as Discord allows ({MOST}); delete one that nobody needs"
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_REFUSALS = {
    10004: "I am not in this server any more",
    10007: "Discord does not find you in this server",
    10011: "this role was deleted; ask again in a few minutes",
    10013: "Discord does not find you in this server",
    30005: FULL,
    50001: "I am not in this server any more",
    50013: f"{NO_MANAGE_ROLES}, or {_ABOVE}",
}
_NO_ROLE, _NOBODY = 10011, {10007, 10013}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """A server as it is now. `mine`: the roles that we have there."""

    id: int
    is_ours: bool
    roles: Sequence[JSON]
    mine: frozenset[str]
    channels: Sequence[JSON]

    @property
    def can_manage(self) -> bool:
        bits = 0
        for role in self.roles:
            bits |= int(role["permissions"]) if role["id"] in self.mine or role["id"] == str(self.id) else 0
        return self.is_ours or bool(bits & (_ADMINISTRATOR | _MANAGE_ROLES))

    def described(self, role: JSON) -> ServerRole:
        height = max((_height(each) for each in self.roles if each["id"] in self.mine), default=(0, 0))
        return ServerRole(
            id=str(role["id"]),
            name=str(role["name"]),
            power=self._power(role),
            out_of_reach=not self.is_ours and _height(role) >= height,
            mentionable=bool(role.get("mentionable")),
        )

    def _power(self, role: JSON) -> str:
        if str(role["id"]) == str(self.id):
            return "everybody has it"
        if role.get("managed"):
            return "another bot or an integration manages it"
        if int(role["permissions"]):
            return "it has permissions"
        for channel in self.channels:
            if any(str(each["id"]) == str(role["id"]) for each in channel.get("permission_overwrites") or []):
                return f"the channel “{channel.get('name', '')}” has permissions of its own for it"
        return ""


def _height(role: JSON) -> tuple[int, int]:
    """Where it stands in the list; of two in one place the older one is the higher."""
    return int(role["position"]), -int(role["id"])


class Roles:
    """The roles of all servers. Nothing is remembered: what a role may do can change at any moment.

    places: the channels that the connection sees which is held now
    """

    def __init__(self, places: Callable[[], Places]) -> None:
        self._places = places

    async def server_of(self, room: RoomAddress) -> str:
        places = self._places()
        place = await places.at(await places.channel_of(room))
        if not isinstance(place, discord.abc.GuildChannel | discord.Thread):
            raise ChatRefused("this channel belongs to no server that I am in")
        return f"discord:{place.guild.id}"

    async def ids(self, server: str) -> frozenset[str]:
        async with self._asking() as client:
            return frozenset(str(role["id"]) for role in await client.http.get_roles(_number(server)))

    async def with_name(self, server: str, name: str) -> Sequence[ServerRole]:
        async with self._asking() as client:
            roles = await client.http.get_roles(_number(server))
            called_so = sorted((role for role in roles if role["name"] == name), key=lambda role: int(role["id"]))
            if not called_so:
                return []
            there = await _server(client, _number(server), roles)
            return [there.described(role) for role in called_so]

    async def look(self, server: str, role: str) -> ServerRole | None:
        async with self._asking() as client:
            roles = await client.http.get_roles(_number(server))
            standing = [each for each in roles if str(each["id"]) == role]
            return (await _server(client, _number(server), roles)).described(standing[0]) if standing else None

    async def make(self, server: str, name: str) -> str:
        async with self._asking() as client:
            made_role = await client.http.create_role(
                _number(server), reason=_REASON, name=name, permissions=0, mentionable=False, hoist=False
            )
            return str(made_role["id"])

    async def delete(self, server: str, role: str) -> None:
        async with self._asking(passes=frozenset({_NO_ROLE})) as client:
            await client.http.delete_role(_number(server), int(role), reason=_REASON)

    async def give(self, server: str, role: str, person: RoomAddress) -> None:
        now = await self.look(server, role)
        if now is None:
            raise ChatRefused(_REFUSALS[_NO_ROLE])
        if now.power:
            raise ChatRefused(f"I give nobody a role that can do more than carry its name: {now.power}")
        if now.out_of_reach:
            raise ChatRefused(_ABOVE)
        async with self._asking() as client:
            await client.http.add_role(_number(server), _person(person), int(role), reason=_REASON)

    async def take(self, server: str, role: str, person: RoomAddress) -> None:
        async with self._asking(passes=_NOBODY | {_NO_ROLE}) as client:
            await client.http.remove_role(_number(server), _person(person), int(role), reason=_REASON)

    @asynccontextmanager
    async def _asking(self, passes: frozenset[int] | set[int] = frozenset()) -> AsyncIterator[discord.Client]:
        """The client for requests about roles: what Discord refuses is a sentence about roles. An answer with a code that
        `passes` is as good as done."""
        client = self._places().client
        try:
            with translate_errors():
                async with asyncio.timeout(_SECONDS):
                    try:
                        yield client
                    except discord.HTTPException as refused:
                        if refused.code not in passes:
                            raise _meaning(refused) from refused
        except (MessageGone, MessageRejected) as refused:
            raise ChatRefused(str(refused)) from refused


def _meaning(refused: discord.HTTPException) -> Exception:
    words = _REFUSALS.get(refused.code)
    return ChatRefused(f"{words} (Discord's error {refused.code})") if words else refused


async def _server(client: discord.Client, server: int, roles: Sequence[JSON]) -> _Server:
    me = client.user.id if client.user else 0
    guild = await client.http.get_guild(server, with_counts=False)
    member = await client.http.get_member(server, me)
    return _Server(
        id=server,
        is_ours=str(guild["owner_id"]) == str(me),
        roles=roles,
        mine=frozenset(map(str, member["roles"])),
        channels=await client.http.get_all_guild_channels(server),
    )


async def line_role_needs(
    client: discord.Client, server: int, projects: Sequence[ProjectId]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What line roles of these projects lack in a server: permissions of the bot, and what else is wrong with its roles."""
    roles = await client.http.get_roles(server)
    there = await _server(client, server, roles)
    if not there.can_manage:
        return (f"Manage Roles (in the server, for {_SETTING})",), ()
    wrong = []
    if len(roles) >= MOST:
        wrong.append(f"{_SETTING}: {FULL}")
    too_high = [role for role in map(there.described, roles) if role.out_of_reach and _is_for(role, projects)]
    if too_high:
        names = listed([f"“{printable(role.name)}”" for role in too_high[:_MOST_NAMED]])
        wrong.append(
            f"{_SETTING}: the bot's own role must stand above {names}, or nobody can take them: drag it up "
            "(Server Settings, Roles)"
        )
    return (), tuple(wrong)


def _is_for(role: ServerRole, projects: Sequence[ProjectId]) -> bool:
    return not role.power and any(role.name.startswith(role_name(project, "")) for project in projects)


def _number(server: str) -> int:
    return int(server.rpartition(":")[2])


def _person(person: RoomAddress) -> int:
    return int(person.place.rpartition(":")[2])
