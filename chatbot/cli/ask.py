"""`chatbot ask`: any command from the shell, answered as in chat."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from chatbot.chats import to_panel, to_text
from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import settings_of
from chatbot.cli.help import Command
from chatbot.cli.outside import finish
from chatbot.core.model.message import Message
from chatbot.runtime.clock import system_clock
from chatbot.runtime.queries import oneshot


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(ask)


def ask(
    line: Annotated[str, typer.Argument(metavar="COMMAND", help='A command as in chat, in quotes: "/supported 0.11".')],
    config: ConfigFile,
) -> None:
    """Answer a chat command here, from what the bot has read, or else from the sources without recording anything."""
    settings = settings_of(config)
    show(finish(oneshot.ask(settings, line, system_clock), settings))


def show(message: Message, heading: str = "") -> None:
    """A panel on a terminal, plain lines elsewhere."""
    if sys.stdout.isatty():
        Console().print(to_panel(message, heading=heading))
    else:
        print(to_text(message))
