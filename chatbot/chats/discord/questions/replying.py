"""How an interaction is replied to: acknowledged in time, answered by editing that response, and never left at "thinking…"."""

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import structlog

from chatbot.chats.discord.components.rows import with_row
from chatbot.chats.discord.components.view import embeds, view
from chatbot.chats.discord.format import to_payload
from chatbot.core.model.message import Message, Tone, paragraph

log = structlog.get_logger(__name__)
Interaction = discord.Interaction[Any]

_ATTEMPTS = 3
_CONNECTION_ERRORS = (discord.HTTPException, aiohttp.ClientError, OSError)
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_ACKNOWLEDGED = 40060  # by an attempt of the library whose answer was lost
_OVER = {10015, 10062, 50027}  # the interaction is unknown, or its token has expired: nothing can be said any more
_UNKNOWN_MESSAGE = 10008
_BY_AUTOMOD = {200000, 200001}


async def acknowledge(interaction: Interaction, *, private: bool) -> None:
    """Say that an answer is coming. Who sees it is settled here."""
    try:
        await interaction.response.defer(ephemeral=private, thinking=True)
    except discord.HTTPException as refused:
        if refused.code != _ACKNOWLEDGED:
            raise
    except (aiohttp.ClientError, TypeError):  # cut off, or answered without a body: it may be acknowledged all the same
        log.info("an acknowledgement may not have arrived", interaction=interaction.id)


async def take_up(interaction: Interaction) -> None:
    """Say that the card on which something was chosen or pressed will change."""
    try:
        await interaction.response.defer()
    except discord.HTTPException as refused:
        if refused.code != _ACKNOWLEDGED:
            raise
    except (aiohttp.ClientError, TypeError):  # as above
        log.info("an acknowledgement may not have arrived", interaction=interaction.id)


async def reply_at_once(interaction: Interaction, message: Message) -> None:
    """Answer privately, in the one request that acknowledges too: for refusals, which cost the least."""
    body = to_payload(message)
    buttons = view(body)
    more: dict[str, Any] = {} if buttons is None else {"view": buttons}
    with suppress(TypeError):  # answered without a body: the library stumbles over it, the asker has it
        await interaction.response.send_message(
            embeds=embeds(body), ephemeral=True, allowed_mentions=discord.AllowedMentions.none(), **more
        )


async def show(
    interaction: Interaction, message: Message, *, private: bool, pause: float, menu: dict[str, Any] | None = None
) -> None:
    """Put the answer in the place of the acknowledgement. What Discord does not take is replaced by a private sentence."""
    body = to_payload(message)
    if menu is not None:
        body["components"] = with_row(body["components"], menu)
    try:
        await _put(interaction, body, pause)
    except discord.HTTPException as refused:
        if refused.status >= 500 or refused.code in _OVER:
            raise
        log.warning("Discord refused an answer", reason=str(refused)[:200])
        await last_word(interaction, _refused(refused), private=private)


async def put_in_card(interaction: Interaction, message: Message, *, pause: float) -> None:
    """Put the answer in the place of the card. An answer that is only a reason leaves the card as it is, and stands below; so
    does one whose card is gone."""
    body = to_payload(message)
    if message.tone is Tone.UNSURE and not message.menus:
        await _below(interaction, body)
        return
    try:
        await _put(interaction, body, pause)
    except discord.HTTPException as refused:
        if refused.status >= 500 or refused.code in _OVER:
            raise
        log.warning("Discord refused an answer", reason=str(refused)[:200])
        await _below(interaction, body if refused.code == _UNKNOWN_MESSAGE else to_payload(_refused(refused)))


async def _below(interaction: Interaction, body: dict[str, Any]) -> None:
    """One more message, for the asker alone."""
    buttons = view(body)
    more: dict[str, Any] = {} if buttons is None else {"view": buttons}
    nobody = discord.AllowedMentions.none()
    await interaction.followup.send(embeds=embeds(body), ephemeral=True, allowed_mentions=nobody, **more)


async def last_word(interaction: Interaction, message: Message, *, private: bool) -> None:
    """The end of an interaction whose answer failed: nobody is left waiting. Where all see the acknowledgement it is taken away
    and the sentence goes to the asker alone; where that fails too, it stands in the acknowledgement's place."""
    body = to_payload(message)
    if not private:
        with suppress(*_CONNECTION_ERRORS):
            await interaction.delete_original_response()
            await _below(interaction, body)
            return
    await _put(interaction, body, pause=0.0)


async def _put(interaction: Interaction, body: dict[str, Any], pause: float) -> None:
    """A repeat puts it there again, so it may be repeated."""
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
            await asyncio.sleep(pause * attempt)
        else:
            return


def _refused(refused: discord.HTTPException) -> Message:
    if refused.code in _BY_AUTOMOD:
        why = "This server's AutoMod blocks the answer. Ask me in a direct message, or tell a moderator."
    else:
        why = f"Discord does not accept the answer (its error {refused.code}). Ask me in a direct message."
    return Message(title="I could not show the answer here", tone=Tone.UNSURE, body=(paragraph(why),))
