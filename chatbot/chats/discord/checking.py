"""Trying the account and its rooms without saying anything: what is missing, a sentence each."""

import asyncio
from collections.abc import Mapping

import discord

from chatbot.chats.discord.access.permissions import in_a_room
from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.places import permissions
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention
from chatbot.ports import ChatRefused, ChatUnavailable, MessageGone, MessageRejected, OutOfReach

_SECONDS = 30.0
_TYPES = (discord.TextChannel, discord.ForumChannel, discord.Thread, discord.VoiceChannel, discord.StageChannel)


def channel_name(channel: object) -> str:
    """`#releases`; empty where a channel has no name, or is none."""
    name = getattr(channel, "name", None)
    return f"#{name}" if isinstance(name, str) and name else ""


async def room_problems(
    client: discord.Client, rooms: Mapping[RoomAddress, Mention | None], names: dict[str, str]
) -> list[str]:
    """What is wrong in each of the rooms. `names` is filled with what the channels are called. A person's DM cannot be
    tried without writing there."""
    problems: list[str] = []
    for room, mention in rooms.items():
        place = room.place
        if place.startswith("user:"):
            continue
        if not place.isdigit():
            problems.append(
                f"{room}: not a channel id; turn on Discord's Developer Mode, right-click the channel, Copy Channel ID"
            )
            continue
        try:
            with translate_errors():
                async with asyncio.timeout(_SECONDS):
                    channel = await client.fetch_channel(int(place))
                    problem = await _problem(client, channel, mention)
        except ChatUnavailable as away:
            problems.append(OutOfReach(f"{room}: {away}"))
        except (ChatRefused, MessageGone, MessageRejected) as failed:
            problems.append(f"{room}: {failed}")
        else:
            name = names[room] = channel_name(channel)
            problems += [f"{room} ({name}): {problem}" if name else f"{room}: {problem}"] if problem else []
    return problems


async def _problem(client: discord.Client, channel: object, mention: Mention | None) -> str:
    """What is wrong in a channel that exists, or an empty string."""
    if not isinstance(channel, _TYPES):
        return (
            "messages cannot be posted in this kind of channel; name a text, announcement or forum channel, or a thread"
        )
    if mention is not None and (wrong := await _mention_problem(client, channel.guild.id, mention)):
        return wrong
    may = await permissions(client, channel)
    if may is None:
        return ""
    if mention is not None and not may.mention_everyone and await _needs_mention_everyone(client, channel, mention):
        return "nobody is pinged: the bot needs Mention Everyone here for `mention`, or let everybody mention the role"
    needed = in_a_room(is_thread=isinstance(channel, discord.Thread))
    missing = [each.name for each in needed if not getattr(may, each.flag)]
    return f"missing permissions: {', '.join(missing)}; grant them to the bot's role in this channel" if missing else ""


async def _mention_problem(client: discord.Client, server: int, mention: Mention) -> str:
    """What is wrong with whom the room is configured to mention, or an empty string."""
    guild = await client.fetch_guild(server, with_counts=False)
    if mention.kind == "role" and guild.get_role(int(mention.id)) is None:
        return f"there is no role {mention.id} on this server; copy its id from the server's settings in developer mode"
    if mention.kind == "user":
        try:
            await guild.fetch_member(int(mention.id))
        except discord.NotFound:
            return f"there is no member {mention.id} on this server; correct `mention`"
    return ""


async def _needs_mention_everyone(
    client: discord.Client, channel: discord.abc.GuildChannel | discord.Thread, mention: Mention
) -> bool:
    """Whether the mention pings only with that permission."""
    if mention.kind != "role":
        return mention.kind == "room"
    role = (await client.fetch_guild(channel.guild.id, with_counts=False)).get_role(int(mention.id))
    return role is not None and not role.mentionable
