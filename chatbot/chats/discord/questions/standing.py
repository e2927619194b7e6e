"""Where somebody asks and what they may do there, as Discord says with this very interaction; and the question made of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from chatbot.core.model.ids import DIRECT, NOWHERE, RoomAddress
from chatbot.core.queries.commands import LONGEST_LINE, CommandRequest, Right

Interaction = discord.Interaction[Any]


def is_direct(interaction: Interaction) -> bool:
    """Whether nobody reads along: only the bot's own direct channel with one person is such a place. A group's is none, nor is
    one of two people in which the bot is merely used; nor a place of which Discord does not say what it is."""
    return not interaction.guild_id and interaction.context.dm_channel


def is_elsewhere(interaction: Interaction) -> bool:
    """Whether it is asked outside of servers and of the bot's own direct channels, where we know nobody's standing."""
    return not interaction.guild_id and not is_direct(interaction)


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
        arguments={key: value[:LONGEST_LINE] for key, value in arguments.items()},
        asker=RoomAddress(f"discord:user:{who.id}"),
        also=tuple(f"discord:role:{role.id}" for role in roles if not role.is_default()),
        room=NOWHERE if is_direct(interaction) else RoomAddress(f"discord:{interaction.channel_id}"),
        dm=RoomAddress(f"discord:{DIRECT}{interaction.channel_id}" if is_direct(interaction) else ""),
        rights=rights(interaction),
        stranger=is_elsewhere(interaction),
        asked_at=now,
        key=str(interaction.id),
    )
