"""Where somebody asks and what they may do there, as Discord says with this very interaction; and the question made of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from chatbot.chats.discord.components.carried import read_choice
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
