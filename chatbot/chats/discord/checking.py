"""Trying the account and its rooms without saying anything: what works, and all that is missing, in one result for each."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import discord

from chatbot.chats.discord.access.permissions import in_a_room
from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.servers.roles import line_role_needs
from chatbot.core.checks.result import CheckResult, RoomToCheck
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Mention
from chatbot.core.text.visible import printable
from chatbot.core.text.words import count
from chatbot.ports import ChatRefused, ChatUnavailable, MessageGone, MessageRejected

_CHAT = "discord"
_SECONDS = 30.0
_TYPES = (discord.TextChannel, discord.ForumChannel, discord.Thread, discord.VoiceChannel, discord.StageChannel)
_Channel = discord.TextChannel | discord.ForumChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
_NO_ID = "not a channel id; turn on Discord's Developer Mode, right-click the channel, Copy Channel ID"
_NO_PLACE = "messages cannot be posted in this kind of channel; name a text, announcement or forum channel, or a thread"
_EVERYONE = "Mention Everyone"


def channel_name(channel: object) -> str:
    """`#releases`; empty where a channel has no name, or is none."""
    name = getattr(channel, "name", None)
    return f"#{name}" if isinstance(name, str) and name else ""


async def check_rooms(
    client: discord.Client,
    rooms: Sequence[RoomToCheck],
    names: dict[str, str],
    allow_guilds: Collection[int] = (),
) -> list[CheckResult]:
    """A result for the account and one for each room. `names` is filled with what the channels are called; `allow_guilds` are the
    only servers where the bot stays, if there are any. Raises ChatStopped where the account is refused."""
    servers = _Servers(client, allow_guilds)
    return [_account(client), *[await _tried(servers, room, names) for room in rooms]]


def _account(client: discord.Client) -> CheckResult:
    information = client.application
    servers = getattr(information, "approximate_guild_count", None) or 0
    where = f", in {count(servers, 'server')}" if servers else ""
    name = client.user.name if client.user else ""
    return CheckResult(kind="account", chat=_CHAT, subject=_CHAT, name=name, right=(f"the token works{where}",))


async def _tried(servers: "_Servers", room: RoomToCheck, names: dict[str, str]) -> CheckResult:
    place = room.address.place
    result = CheckResult(kind="room", chat=_CHAT, subject=room.address)
    if room.address.is_personal:
        return replace(result, notes=("a DM cannot be tried without writing there",))
    if not place.isdigit():
        return replace(result, wrong=(_NO_ID,))
    try:
        with translate_errors():
            async with asyncio.timeout(_SECONDS):
                channel = await servers.client.fetch_channel(int(place))
                names[room.address] = channel_name(channel)
                return await _room(servers, room, channel)
    except ChatUnavailable as away:
        return replace(result, name=names.get(room.address, ""), away=str(away))
    except (ChatRefused, MessageGone, MessageRejected) as failed:
        return replace(result, name=names.get(room.address, ""), wrong=(str(failed),))


async def _room(servers: "_Servers", room: RoomToCheck, channel: object) -> CheckResult:
    """What works and what is wrong in a channel that exists."""
    result = CheckResult(kind="room", chat=_CHAT, subject=room.address, name=channel_name(channel))
    if not isinstance(channel, _TYPES):
        return replace(result, wrong=(_NO_PLACE,))
    server = channel.guild.id
    guild, may = await servers.guild(server), await servers.permissions(channel)
    right, wrong = ["can post, edit and read back"], list[str]()
    missing = [] if may is None else _missing(channel, may)
    if servers.allow_guilds and server not in servers.allow_guilds:
        wrong.append(f"discord.allow_guilds does not name this server, {server}, so the bot leaves it: add it there")
    if isinstance(channel, discord.Thread) and channel.locked and may is not None and not may.manage_threads:
        wrong.append("the thread is locked; unlock it, or name another room")
    if room.mention is not None:
        pinged, lacking, mistaken = await _mention(guild, room.mention, may)
        right, missing, wrong = [*right, *pinged], [*missing, *lacking], [*wrong, *mistaken]
    known_roles, lost_roles = _maintainers(guild, room)
    right, wrong = [*right, *known_roles], [*wrong, *lost_roles]
    if room.line_roles:
        lacking_roles, mistaken_roles = await servers.line_roles(server, room.line_roles)
        missing, wrong = [*missing, *lacking_roles], [*wrong, *mistaken_roles]
        if may is not None and not may.mention_everyone and not any(each.startswith(_EVERYONE) for each in missing):
            missing.append(f"{_EVERYONE} (or `line_roles` pings nobody)")
        right.append("line roles can be given and pinged")
    if missing:
        wrong.insert(0, f"missing permissions: {', '.join(missing)}; grant them to the bot's role in this channel")
    return replace(result, right=() if wrong else tuple(right), wrong=tuple(wrong))


def _missing(channel: _Channel, may: discord.Permissions) -> list[str]:
    """The names of the permissions that are needed there and missing."""
    needed = in_a_room(is_thread=isinstance(channel, discord.Thread))
    if isinstance(channel, discord.ForumChannel):  # replies stand in its threads
        needed = tuple(dict.fromkeys([*needed, *in_a_room(is_thread=True)]))
    return [each.name for each in needed if not getattr(may, each.flag)]


def _maintainers(guild: discord.Guild, room: RoomToCheck) -> tuple[list[str], list[str]]:
    """The roles of maintainers in the server of their room: who there is, and what is wrong."""
    right, wrong = list[str](), list[str]()
    for kind, _, number in (each.partition(":")[2].partition(":") for each in room.maintainers):
        if kind != "role" or not number.isdecimal():
            continue
        role = guild.get_role(int(number))
        if role is None:
            wrong.append(f"there is no role {number} on this server; correct `projects.maintainers`")
        else:
            right.append(f"the role “{printable(role.name)}” are maintainers")
    return right, wrong


async def _mention(
    guild: discord.Guild, mention: Mention, may: discord.Permissions | None
) -> tuple[list[str], list[str], list[str]]:
    """Who is pinged, which permissions are missing for it, and what is wrong with whom the room is configured to ping."""
    pings_all = may is None or may.mention_everyone
    if mention.kind == "role":
        role = guild.get_role(int(mention.id))
        if role is None:
            words = f"there is no role {mention.id} on this server; copy its id from the server's settings in developer mode"
            return [], [], [words]
        name = printable(role.name)
        if not (role.mentionable or pings_all):
            return [], [f"{_EVERYONE} (or the role “{name}” is not pinged, unless everybody may mention it)"], []
        return [f"pings the role “{name}”"], [], []
    if mention.kind == "user":
        try:
            await guild.fetch_member(int(mention.id))
        except discord.NotFound:
            return [], [], [f"there is no member {mention.id} on this server; correct `mention`"]
        return ["pings the member that `mention` names"], [], []
    return (["pings everyone"], [], []) if pings_all else ([], [f"{_EVERYONE} (or `mention` pings nobody)"], [])


@dataclass(frozen=True, slots=True)
class _Servers:
    """What is asked of each server, once in a check."""

    client: discord.Client
    allow_guilds: Collection[int]
    _guilds: dict[int, discord.Guild] = field(default_factory=dict)
    _us: dict[int, discord.Member] = field(default_factory=dict)
    _line_roles: dict[tuple[int, tuple[ProjectId, ...]], tuple[tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=dict
    )

    async def guild(self, server: int) -> discord.Guild:
        if server not in self._guilds:
            self._guilds[server] = await self.client.fetch_guild(server, with_counts=False)
        return self._guilds[server]

    async def permissions(self, place: _Channel) -> discord.Permissions | None:
        """What the bot may do there, as Discord says now; None where it does not say."""
        guild = await self.guild(place.guild.id)
        if guild.id not in self._us:
            self._us[guild.id] = await guild.fetch_member(self.client.user.id if self.client.user else 0)
        parent = place.parent_id if isinstance(place, discord.Thread) and place.parent_id else place.id
        whole = await guild.fetch_channel(parent)  # with the server's roles, which the channel alone does not have
        return whole.permissions_for(self._us[guild.id]) if isinstance(whole, discord.abc.GuildChannel) else None

    async def line_roles(self, server: int, projects: tuple[ProjectId, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if (server, projects) not in self._line_roles:
            self._line_roles[server, projects] = await line_role_needs(self.client, server, projects)
        return self._line_roles[server, projects]
