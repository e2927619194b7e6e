"""Taking somebody's message away for a moderator, whose right is proved now and for this channel."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from chatbot.chats.discord.questions.standing import is_number, rights
from chatbot.core.model.message import Message, Tone, paragraph
from chatbot.core.queries.commands import Right

Interaction = discord.Interaction[Any]


async def removed(interaction: Interaction, subject: str, remove: Callable[[int, int], Awaitable[None]]) -> Message:
    """Remove the message `CHANNEL/MESSAGE` of this channel, and what the moderator is told."""
    channel, _, message = subject.partition("/")
    here = channel == str(interaction.channel_id) and is_number(message)
    if Right.MODERATOR not in rights(interaction) or not here:
        return Message(title="That is for those who may manage messages here", tone=Tone.UNSURE, private=True)
    try:
        await remove(int(channel), int(message))
    except discord.NotFound:
        return Message(title="The message was gone already", tone=Tone.GOOD)
    except discord.HTTPException:
        why = paragraph("I need the permission Manage Messages here to remove it.")
        return Message(title="I could not remove the message", tone=Tone.WARNING, body=(why,))
    return Message(title="The message is removed", tone=Tone.GOOD)
