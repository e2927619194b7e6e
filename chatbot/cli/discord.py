"""`chatbot discord`: the slash commands of the bot's Discord application."""

from dataclasses import replace
from typing import Annotated

import typer

from chatbot.chats.discord.client import DiscordChat
from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import settings_of
from chatbot.cli.failure import Failure
from chatbot.cli.help import Command, family
from chatbot.cli.output.printing import print_words
from chatbot.cli.outside import finish
from chatbot.runtime.app import config_of
from chatbot.runtime.chats import chats_of
from chatbot.runtime.clock import system_clock
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.queries.oneshot import IN_MEMORY
from chatbot.runtime.services import open_services
from chatbot.runtime.settings.settings import Settings


def register(program: typer.Typer) -> None:
    group = family("Update the bot's slash commands on Discord.")
    group.command(cls=Command)(sync)
    program.add_typer(group, name="discord")


def sync(
    config: ConfigFile,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Bring the slash commands up to date, as `run` does at its start."""
    settings = settings_of(config)
    if not settings.has_discord:
        raise Failure("Discord is not configured; set discord.token or discord.token_file")
    changes = finish(_sync(settings, dry_run=dry_run), settings)
    for line in changes or ["The slash commands are up to date."]:
        print_words(line)


async def _sync(settings: Settings, *, dry_run: bool) -> list[str]:
    async with open_services(replace(config_of(settings), database=IN_MEMORY), system_clock) as services:
        changes: list[str] = []
        for chat in chats_of(settings, services, typed_lines(None), system_clock):
            if isinstance(chat, DiscordChat):
                changes += await chat.sync(dry_run=dry_run)
            await chat.close()
        return changes
