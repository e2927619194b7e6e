"""What people ask: an interaction is acknowledged first and answered by editing that response, never by a further message."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import structlog

from chatbot.chats.discord import format as dress_up
from chatbot.chats.discord import modals
from chatbot.chats.discord.commands import MAX_CHOICES, ON_MESSAGES, read
from chatbot.chats.discord.view import embeds, view
from chatbot.core.commands import LONGEST_LINE, Ask, Kind, Parameter, Right, find
from chatbot.core.message import Message, Tone, paragraph
from chatbot.core.versions import read_version
from chatbot.ports import Answerer, Clock

log = structlog.get_logger(__name__)
Interaction = discord.Interaction[Any]

_ANSWER_SECONDS = 60.0
_SUGGEST_SECONDS = 2.0  # Discord drops a completion after three
_ATTEMPTS = 3
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_ACKNOWLEDGED = 40060  # by an attempt of the library whose answer was lost
_TOO_LATE = "I could not answer in time"
_FOR_YOU_ALONE = Message(
    title="The answer is for you alone",
    tone=Tone.ANSWER,
    body=(paragraph("Ask me the same in a direct message."),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Hands questions to the answerer. `remove` takes a message of somebody else away: (channel, message)."""

    answerer: Answerer
    clock: Clock
    remove: Callable[[int, int], Awaitable[None]]
    retry_pause: float = 1.0

    async def take(self, interaction: Interaction) -> None:
        """Deal with one interaction; whatever goes wrong stays with it."""
        try:
            match interaction.type:
                case discord.InteractionType.autocomplete:
                    await self._complete(interaction)
                case discord.InteractionType.application_command:
                    await self._command(interaction)
                case discord.InteractionType.component:
                    await self._pressed(interaction)
                case discord.InteractionType.modal_submit:
                    await self._submitted(interaction)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            log.warning("an interaction could not be answered", kind=interaction.type.name, reason=str(lost)[:200])

    async def _complete(self, interaction: Interaction) -> None:
        invoked = read(interaction.data or {})
        typed = invoked.arguments.get(invoked.focused, "")
        found: list[str] = []
        try:
            async with asyncio.timeout(_SUGGEST_SECONDS):
                ask = self._ask(interaction, invoked.command, invoked.arguments)
                found = await self.answerer.suggest(ask, invoked.focused, typed[:LONGEST_LINE])
        except TimeoutError:
            log.warning("a completion took too long", command=invoked.command)
        choices = [
            discord.app_commands.Choice(name=value, value=value) for value in found[:MAX_CHOICES] if len(value) <= 100
        ]
        await interaction.response.autocomplete(choices)

    async def _command(self, interaction: Interaction) -> None:
        data: Any = interaction.data or {}
        if data.get("type") == 3:
            await self._on_message(interaction, data)
            return
        invoked = read(data)
        await self._answer(interaction, self._ask(interaction, invoked.command, invoked.arguments))

    async def _on_message(self, interaction: Interaction, data: Any) -> None:
        name = next((ours for ours, shown in ON_MESSAGES.items() if shown == data.get("name")), "")
        target = str(data.get("target_id", ""))
        message = (data.get("resolved") or {}).get("messages", {}).get(target) or {}
        author = message.get("author") or {}
        arguments = {"message": f"{interaction.channel_id}/{target}"}
        if author.get("id") and not author.get("bot") and not message.get("webhook_id"):
            arguments["author"] = f"discord:user:{author['id']}"
        await self._answer(interaction, self._ask(interaction, name, arguments), private=True)

    async def _pressed(self, interaction: Interaction) -> None:
        data: Any = interaction.data or {}
        action = dress_up.read_custom_id(str(data.get("custom_id", "")))
        if action is None:
            return
        if action.name in modals.FORMS:
            await interaction.response.send_modal(modals.form(action))
        elif action.name == "remove":
            await self._remove(interaction, action.subject)
        else:
            arguments = {"project": action.project, "subject": action.subject}
            ask = self._ask(interaction, action.name, {key: value for key, value in arguments.items() if value})
            await self._answer(interaction, ask, private=True)

    async def _submitted(self, interaction: Interaction) -> None:
        data: Any = interaction.data or {}
        action = dress_up.read_custom_id(str(data.get("custom_id", "")))
        if action is None:
            return
        arguments = modals.values(data)
        if action.project:
            arguments["project"] = action.project
        await self._answer(interaction, self._ask(interaction, action.name, arguments), private=True)

    async def _remove(self, interaction: Interaction, subject: str) -> None:
        """Take a message away for a moderator, whose right is proved now and for this channel."""
        await _acknowledge(interaction, private=True)
        channel, _, message = subject.partition("/")
        if (
            Right.MODERATOR not in rights(interaction)
            or channel != str(interaction.channel_id)
            or not message.isdigit()
        ):
            said = Message(title="That is for those who may manage messages here", tone=Tone.UNSURE, private=True)
        else:
            said = await self._removed(int(channel), int(message))
        await self._edit(interaction, said)

    async def _removed(self, channel: int, message: int) -> Message:
        try:
            await self.remove(channel, message)
        except discord.NotFound:
            return Message(title="The message was gone already", tone=Tone.GOOD)
        except discord.HTTPException:
            why = paragraph("I need the permission Manage Messages here to remove it.")
            return Message(title="I could not remove the message", tone=Tone.WARNING, body=(why,))
        return Message(title="The message is removed", tone=Tone.GOOD)

    async def _answer(self, interaction: Interaction, ask: Ask, *, private: bool = False) -> None:
        private = private or alone(ask)
        await _acknowledge(interaction, private=private)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                message = await self.answerer.answer(ask)
        except TimeoutError:
            message = Message(title=_TOO_LATE, tone=Tone.UNSURE)
        if message.private and not private and message.tone is not Tone.UNSURE:
            message = _FOR_YOU_ALONE  # who sees a response is settled when it is acknowledged
        await self._edit(interaction, message)

    async def _edit(self, interaction: Interaction, message: Message) -> None:
        """Put the answer in the place of the acknowledgement; a repeat puts it there again, so it may be repeated."""
        body = dress_up.dress(message)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await interaction.edit_original_response(
                    content=None,
                    embeds=embeds(body),
                    view=view(body),
                    allowed_mentions=discord.AllowedMentions.none(),
                )
            except (aiohttp.ClientError, OSError):
                if attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(self.retry_pause * attempt)
            else:
                return

    def _ask(self, interaction: Interaction, command: str, arguments: dict[str, str]) -> Ask:
        who = interaction.user
        roles = who.roles if isinstance(who, discord.Member) else []
        return Ask(
            command=command,
            arguments={key: value[:LONGEST_LINE] for key, value in arguments.items()},
            asker=f"discord:user:{who.id}",
            also=tuple(f"discord:role:{role.id}" for role in roles if not role.is_default()),
            room=f"discord:{interaction.channel_id}" if interaction.guild_id else "",
            rights=rights(interaction),
            asked_at=self.clock(),
            key=str(interaction.id),
        )


def rights(interaction: Interaction) -> frozenset[Right]:
    """What the asker may do in this channel, as Discord says with this very interaction."""
    proved = {Right.EVERYONE}
    may = interaction.permissions
    if interaction.guild_id and (may.manage_channels or may.administrator):
        proved.add(Right.ROOM_ADMIN)
    if interaction.guild_id and (may.manage_messages or may.administrator):
        proved.add(Right.MODERATOR)
    return frozenset(proved)


def alone(ask: Ask) -> bool:
    """Whether only the asker shall see the answer, as far as it can be known before the question is looked into: it is
    personal, not for everybody, or an error that its words alone show. "I do not know" is an answer, and for all."""
    command = find(ask.command)
    if command is None or command.private or command.right is not Right.EVERYONE:
        return True
    return any(not _readable(parameter, ask.arguments.get(parameter.name, "")) for parameter in command.parameters)


def _readable(parameter: Parameter, value: str) -> bool:
    if not value:
        return not parameter.required
    if parameter.choices:
        return value in parameter.choices
    return parameter.kind is not Kind.VERSION or read_version(value) is not None


async def _acknowledge(interaction: Interaction, *, private: bool) -> None:
    try:
        await interaction.response.defer(ephemeral=private, thinking=True)
    except discord.HTTPException as refused:
        if refused.code != _ACKNOWLEDGED:
            raise
    except (aiohttp.ClientError, TypeError):  # cut off, or answered without a body: it may be acknowledged all the same
        log.info("an acknowledgement is in doubt", interaction=interaction.id)
