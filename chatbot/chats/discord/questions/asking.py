"""What people ask: an interaction is acknowledged within its three seconds and answered by editing that response."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import discord
import structlog

from chatbot.chats.discord import escaping
from chatbot.chats.discord.commands import MAX_CHOICES, ON_MESSAGE, ON_MESSAGES, SLASH, parse
from chatbot.chats.discord.components import carried
from chatbot.chats.discord.faults import FaultLog
from chatbot.chats.discord.questions import modals
from chatbot.chats.discord.questions.choosing import with_menu
from chatbot.chats.discord.questions.limits import QuestionLimits
from chatbot.chats.discord.questions.refusals import (
    BUSY,
    INTERNAL_ERROR,
    NOT_MINE,
    NOT_SEEN,
    SLOW_DOWN,
    TOO_LATE,
    UNKNOWN,
)
from chatbot.chats.discord.questions.removing import removed
from chatbot.chats.discord.questions.replying import (
    acknowledge,
    last_word,
    put_in_card,
    reply_at_once,
    show,
    take_up,
)
from chatbot.chats.discord.questions.standing import is_card, is_direct, is_elsewhere, is_number, make_ask, rights
from chatbot.chats.discord.questions.visibility import alone
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.message import Action, Message
from chatbot.core.queries.actions import arguments_of, asks, choice_of
from chatbot.core.queries.commands import CommandRequest, Right, find
from chatbot.core.queries.suggest import LONGEST, Suggestion
from chatbot.ports import Answerer, Clock

log = structlog.get_logger(__name__)
Interaction = discord.Interaction[Any]

_ANSWER_SECONDS = 60.0
_SUGGEST_SECONDS = 2.0  # Discord drops a completion after three
# An answer that is there so soon decides itself who sees it; a later one is acknowledged first. Discord gives three seconds.
_EARLY_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Hands questions to the answerer.

    remove: takes a message of somebody else away, by channel and message
    author: who wrote a message, as a user's id; empty for a bot or a webhook
    note_dm: is told the DM of each person who asks in one, by person and channel
    early_seconds: how long the acknowledgement waits for the answer, which says whether all may see it
    """

    answerer: Answerer
    clock: Clock
    remove: Callable[[int, int], Awaitable[None]]
    author: Callable[[int, int], Awaitable[str]]
    note_dm: Callable[[int, int], None] = lambda _person, _channel: None
    limits: QuestionLimits = field(default_factory=QuestionLimits)
    faults: FaultLog = field(default_factory=FaultLog)
    retry_pause: float = 1.0
    early_seconds: float = _EARLY_SECONDS

    async def take(self, interaction: Interaction) -> None:
        """Deal with one interaction; whatever goes wrong stays with it."""
        kind = interaction.type.name
        try:
            await self._take(interaction)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            log.warning("an interaction could not be answered", kind=kind, reason=str(lost)[:200])
        except Exception as fault:  # noqa: BLE001 - one interaction that fails must not stop its neighbours
            if interaction.client.is_closed():  # a request after the end of its session is a RuntimeError of aiohttp's
                log.warning("an interaction could not be answered", kind=kind, reason="the connection is closed")
                return
            self.faults.tell("an interaction failed", fault, kind=kind)
            with suppress(Exception):
                await self._fail(interaction)

    async def _take(self, interaction: Interaction) -> None:
        if is_direct(interaction) and interaction.channel_id:
            self.note_dm(interaction.user.id, interaction.channel_id)
        if interaction.type is discord.InteractionType.autocomplete:
            await self._complete(interaction)
            return
        with self.limits.waiting.place() as free:
            if not free:
                await reply_at_once(interaction, BUSY)
                return
            match interaction.type:
                case discord.InteractionType.application_command:
                    await self._command(interaction)
                case discord.InteractionType.component:
                    await self._pressed(interaction)
                case discord.InteractionType.modal_submit:
                    await self._submitted(interaction)

    async def _fail(self, interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        elif interaction.response.is_done():
            await last_word(interaction, INTERNAL_ERROR, private=True)
        else:
            await reply_at_once(interaction, INTERNAL_ERROR)

    async def _complete(self, interaction: Interaction) -> None:
        invoked = parse(interaction.data or {})
        command = find(invoked.command)
        is_parameter = command is not None and any(each.name == invoked.focused for each in command.parameters)
        suggested: list[Suggestion] = []
        with self.limits.completing.place() as free:
            if is_parameter and free and self.limits.completions.take(str(interaction.user.id), self.clock()):
                ask = make_ask(interaction, invoked.command, invoked.arguments, self.clock())
                suggested = await self._suggested(ask, invoked.focused)
        await interaction.response.autocomplete(
            [
                discord.app_commands.Choice(name=escaping.plainly(each.label, LONGEST), value=each.value)
                for each in suggested[:MAX_CHOICES]
            ]
        )

    async def _example(self, interaction: Interaction, action: Action) -> str:
        """The project's newest version, for whoever is to type one."""
        ask = make_ask(interaction, action.name, _project_argument(action.project), self.clock())
        suggestions = await self._suggested(ask, "version")
        return suggestions[0].value if suggestions else ""

    async def _suggested(self, ask: CommandRequest, parameter: str) -> list[Suggestion]:
        try:
            async with asyncio.timeout(_SUGGEST_SECONDS):
                return await self.answerer.suggest(ask, parameter, ask.arguments.get(parameter, ""))
        except TimeoutError:
            log.warning("suggestions took too long", command=ask.command)
            return []

    async def _command(self, interaction: Interaction) -> None:
        data: Any = interaction.data or {}
        if data.get("type") == ON_MESSAGE:
            await self._on_message(interaction, data)
            return
        invoked = parse(data)
        command = find(invoked.command)
        if command is None or command.name in ON_MESSAGES or data.get("type", SLASH) != SLASH:
            await reply_at_once(interaction, UNKNOWN)
            return
        names = {parameter.name for parameter in command.parameters}
        arguments = {name: value for name, value in invoked.arguments.items() if name in names}
        await self._answer(interaction, command.name, arguments)

    async def _on_message(self, interaction: Interaction, data: Any) -> None:
        name = next((ours for ours, label in ON_MESSAGES.items() if label == data.get("name")), "")
        if not name:
            await reply_at_once(interaction, UNKNOWN)
            return
        message_id = str(data.get("target_id", ""))
        message = (data.get("resolved") or {}).get("messages", {}).get(message_id) or {}
        author = message.get("author") or {}
        target = NOWHERE
        if author.get("id") and not author.get("bot") and not message.get("webhook_id"):
            target = RoomAddress(f"discord:user:{author['id']}")
        arguments = {"message": f"{interaction.channel_id}/{message_id}"}
        await self._answer(interaction, name, arguments, private=True, target=target)

    async def _pressed(self, interaction: Interaction) -> None:
        data: Any = interaction.data or {}
        if data.get("component_type") == carried.SELECT:
            chosen = [value for value in data.get("values") or [] if isinstance(value, str) and value.isprintable()]
            await self._chosen(interaction, str(data.get("custom_id", "")), chosen)
            return
        action = carried.read_button(str(data.get("custom_id", "")))
        if action is None or data.get("component_type", carried.BUTTON) != carried.BUTTON:
            await reply_at_once(interaction, NOT_MINE)
        elif asks(action):
            if self.limits.completions.take(str(interaction.user.id), self.clock()):
                await interaction.response.send_modal(modals.form(action, await self._example(interaction, action)))
            else:
                await reply_at_once(interaction, SLOW_DOWN)
        elif action.name == "remove":
            await self._remove(interaction, action.subject)
        else:
            await self._answer(interaction, action.name, arguments_of(action), private=True)

    async def _chosen(self, interaction: Interaction, custom_id: str, chosen: list[str]) -> None:
        """A choice of a card; or the same question again, about the project that was chosen. Rights are those of this moment,
        and whose message it is about is looked up now."""
        menu, question = carried.read_choice(custom_id), carried.read_menu(custom_id)
        if len(chosen) != 1 or (menu is None and question is None):
            await reply_at_once(interaction, NOT_MINE)
        elif menu is not None:
            await self._answer(interaction, menu.name, choice_of(menu, chosen[0]), private=True)
        elif question is not None:
            await self._of_project(interaction, question, ProjectId(chosen[0]))

    async def _of_project(self, interaction: Interaction, question: carried.Carried, project: ProjectId) -> None:
        arguments, target = question.arguments | {"project": project}, NOWHERE
        if question.command in ON_MESSAGES and Right.MODERATOR in rights(interaction):
            author = await self._author(interaction, arguments.get("message", ""))
            if author is None:
                await reply_at_once(interaction, NOT_SEEN)
                return
            target = RoomAddress(f"discord:user:{author}") if author else NOWHERE
        await self._answer(interaction, question.command, arguments, private=True, target=target)

    async def _author(self, interaction: Interaction, reference: str) -> str | None:
        """Who wrote a message of this channel, as Discord says now; None where it is not to be seen."""
        channel, _, message = reference.partition("/")
        if channel != str(interaction.channel_id) or not is_number(message):
            return None
        try:
            async with asyncio.timeout(_SUGGEST_SECONDS):
                return await self.author(int(channel), int(message))
        except (discord.HTTPException, TimeoutError):
            return None

    async def _submitted(self, interaction: Interaction) -> None:
        data: Any = interaction.data or {}
        action = carried.read_form(str(data.get("custom_id", "")))
        if action is None:
            await reply_at_once(interaction, NOT_MINE)
            return
        arguments = arguments_of(action) | modals.values(data, action.name)
        await self._answer(interaction, action.name, arguments, private=True)

    async def _remove(self, interaction: Interaction, subject: str) -> None:
        await acknowledge(interaction, private=True)
        message = await removed(interaction, subject, self.remove)
        await show(interaction, message, private=True, pause=self.retry_pause)

    async def _answer(
        self,
        interaction: Interaction,
        command: str,
        arguments: dict[str, str],
        *,
        private: bool = False,
        target: RoomAddress = NOWHERE,
    ) -> None:
        """`target`: the person whose message it is, as Discord says; never from a form, a button or what was typed."""
        now = self.clock()
        if not self.limits.allowance.take(str(interaction.user.id), now):
            await reply_at_once(interaction, SLOW_DOWN)
            return
        ask = replace(make_ask(interaction, command, arguments, now), target=target)
        if is_card(interaction):
            await take_up(interaction)
            await put_in_card(interaction, await self._message_for(ask), pause=self.retry_pause)
            return
        direct = is_direct(interaction)
        private = (private or is_elsewhere(interaction) or alone(ask)) and not direct  # nobody else reads a DM
        if private or direct:
            await acknowledge(interaction, private=private)
            message = await self._message_for(ask)
        else:
            private, message = await self._openly(interaction, ask)
        if message.private and not private and not direct:
            await last_word(interaction, message, private=False)  # who sees it was settled when it was acknowledged
            return
        message, menu = with_menu(ask, message)
        await show(interaction, message, private=private, pause=self.retry_pause, menu=menu)

    async def _openly(self, interaction: Interaction, ask: CommandRequest) -> tuple[bool, Message]:
        """A question that all may ask and that changes nothing: whether its answer is private is known before it is
        acknowledged, if it comes early."""
        answering = asyncio.create_task(self._message_for(ask))
        try:
            finished, _ = await asyncio.wait({answering}, timeout=self.early_seconds)
            private = bool(finished) and answering.result().private
            await acknowledge(interaction, private=private)
            return private, await answering
        finally:
            answering.cancel()

    async def _message_for(self, ask: CommandRequest) -> Message:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS), self.limits.questions:
                return await self.answerer.answer(ask)
        except TimeoutError:
            return TOO_LATE


def _project_argument(project: ProjectId) -> dict[str, str]:
    return {"project": project} if project else {}
