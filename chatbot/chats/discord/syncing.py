"""Bringing the slash commands at Discord up to date: compared by fingerprint, and written only where they differ."""

import asyncio

import structlog

from chatbot.chats.discord import commands
from chatbot.chats.discord.errors import translate_errors
from chatbot.chats.discord.gateway import Connection
from chatbot.core.queries.commands import COMMANDS
from chatbot.ports import ChatRefused, MessageRejected

log = structlog.get_logger(__name__)
_SECONDS = 60.0


async def sync(connection: Connection, *, dry_run: bool) -> list[str]:
    """Write what differs; return what was (or would be) changed, a line each."""
    ours = commands.payload(COMMANDS)
    application = connection.application_id or 0
    with translate_errors():
        async with asyncio.timeout(_SECONDS):
            theirs = await connection.http.get_global_commands(application)
            lines = commands.differences(ours, theirs)
            if lines and not dry_run:
                await connection.http.bulk_upsert_global_commands(application, payload=ours)
    return lines


async def sync_at_start(connection: Connection) -> None:
    """Commands that Discord does not take are no reason to be silent."""
    try:
        if changes := await sync(connection, dry_run=False):
            log.info("slash commands updated", changes="; ".join(changes))
    except (ChatRefused, MessageRejected) as refused:
        log.error("slash commands are not up to date", reason=str(refused))  # noqa: TRY400 - its sentence says all
