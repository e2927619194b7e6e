"""Where somebody asks and what they may do there, as Discord says with this very interaction; and the question made of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from chatbot.chats.discord.components.carried import read_choice
from chatbot.core.model.ids import DIRECT, NOWHERE, RoomAddress
from chatbot.core.queries.commands import LONGEST_LINE, CommandRequest, Kind, Right, find
from chatbot.core.watching.options import ANYBODY

Interaction = discord.Interaction[Any]


def is_direct(interaction: Interaction) -> bool:
    """Whether nobody reads along: only the bot's own direct channel with one person is such a place. A group's is none, nor is
    one of two people in which the bot is merely used; nor a place of which Discord does not say what it is."""
    return not interaction.guild_id and interaction.context.dm_channel


def is_elsewhere(interaction: Interaction) -> bool:
    """Whether it is asked outside of servers and of the bot's own direct channels, where we know nobody's standing."""
    return not interaction.guild_id and not is_direct(interaction)


def is_card(interaction: Interaction) -> bool:
    """Whether it is used on a message with menus of ours that nobody but the asker sees: its answer takes the message's place."""
    message = interaction.message
    if message is None or not (message.flags.ephemeral or is_direct(interaction)):
        return False
    items = [item for row in message.components for item in getattr(row, "children", ())]
    return any(isinstance(item, discord.SelectMenu) and read_choice(item.custom_id or "") for item in items)


def is_number(text: str) -> bool:
    """Whether it can be one of Discord's ids."""
    return text.isascii() and text.isdigit() and len(text) <= 20


def rights(interaction: Interaction) -> frozenset[Right]:
    """What the asker may do in this channel."""
    proved = {Right.EVERYONE}
    may = interaction.permissions
    if interaction.guild_id and (may.manage_channels or may.administrator):
        proved.add(Right.ROOM_ADMIN)
    if interaction.guild_id and (may.manage_messages or may.administrator):
        proved.add(Right.MODERATOR)
    return frozenset(proved)


def make_ask(interaction: Interaction, command: str, arguments: Mapping[str, str], now: datetime) -> CommandRequest:
    """The question, with who asks, where, and with which rights."""
    who = interaction.user
    roles = who.roles if isinstance(who, discord.Member) else []
    return CommandRequest(
        command=command,
        arguments={key: value[:LONGEST_LINE] for key, value in _with_mentions(interaction, command, arguments).items()},
        asker=RoomAddress(f"discord:user:{who.id}"),
        also=tuple(f"discord:role:{role.id}" for role in roles if not role.is_default()),
        room=NOWHERE if is_direct(interaction) else RoomAddress(f"discord:{interaction.channel_id}"),
        dm=RoomAddress(f"discord:{DIRECT}{interaction.channel_id}" if is_direct(interaction) else ""),
        rights=rights(interaction),
        stranger=is_elsewhere(interaction),
        server=f"discord:{interaction.guild_id}" if interaction.guild_id else "",
        may_ping=may_ping(interaction),
        asked_at=now,
        key=str(interaction.id),
    )


def may_ping(interaction: Interaction) -> frozenset[str]:
    """Whom the asker may ping in this channel: anybody with the permission for it, else mentionable roles and members among
    those that were picked with this very command."""
    if not interaction.guild_id:
        return frozenset()
    if interaction.permissions.mention_everyone or interaction.permissions.administrator:
        return frozenset({ANYBODY})
    roles, members = _resolved(interaction, "roles"), _resolved(interaction, "members")
    mentionable = {f"role:{number}" for number, role in roles.items() if role.get("mentionable") is True}
    mentionable.discard(f"role:{interaction.guild_id}")  # @everyone is a role, too
    return frozenset(mentionable | {f"user:{number}" for number in members})


def _with_mentions(interaction: Interaction, command: str, arguments: Mapping[str, str]) -> dict[str, str]:
    """The arguments with who was picked written as a mention: `role:7`, `user:1`, or `room` for @everyone."""
    definition = find(command)
    names = {each.name for each in definition.parameters if each.kind is Kind.MENTION} if definition else set()
    return {name: _mention(interaction, value) if name in names else value for name, value in arguments.items()}


def _mention(interaction: Interaction, value: str) -> str:
    if interaction.guild_id and value == str(interaction.guild_id):
        return "room"
    for kind, key in (("role", "roles"), ("user", "members")):
        if value in _resolved(interaction, key):
            return f"{kind}:{value}"
    return value


def _resolved(interaction: Interaction, key: str) -> Mapping[str, Mapping[str, Any]]:
    """What Discord says itself of the roles or members that were picked, by id."""
    data: Any = interaction.data or {}
    resolved: Mapping[str, Mapping[str, Any]] = (data.get("resolved") or {}).get(key) or {}
    return resolved
