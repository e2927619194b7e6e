"""`chatbot preview`: what would be said of a release or an advisory, where and to whom, and why or why not."""

from enum import StrEnum
from typing import Annotated

import typer

from chatbot.chats.discord import format as discord_format
from chatbot.chats.matrix import format as matrix_format
from chatbot.cli.ask import show
from chatbot.cli.configuration import ConfigFile, settings_of
from chatbot.cli.failure import Failure
from chatbot.cli.outside import finish
from chatbot.cli.printing import print_json, print_words
from chatbot.core.message import Message
from chatbot.core.rules import chat_of
from chatbot.runtime import oneshot
from chatbot.runtime.clock import system_clock
from chatbot.runtime.oneshot import Preview


class Dress(StrEnum):
    DISCORD = "discord"
    MATRIX = "matrix"
    CONSOLE = "console"


def register(program: typer.Typer) -> None:
    program.command()(preview)


def preview(
    name: Annotated[str, typer.Argument(metavar="TAG|ADVISORY", help="A tag, a version, or an advisory's id.")],
    config: ConfigFile,
    dress: Annotated[
        Dress | None, typer.Option("--as", help="Show the payload of one chat; each room's own if left out.")
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Say for each room why, or why not.")] = False,
) -> None:
    """Show what would be said of a release or an advisory in each room; nothing is sent or recorded."""
    settings = settings_of(config)
    found = finish(oneshot.preview(settings, name, system_clock), settings)
    if not found:
        raise Failure(f"no project has published {name[:64]!r}, or no room hears it; check the name and [[rooms]]")
    for each in found:
        _show(each, dress or Dress(chat_of(each.room)), why=why)


def _show(each: Preview, dress: Dress, *, why: bool) -> None:
    said = each.verdict == "announce"
    calls = ", calling somebody" if each.calls else ""
    print_words(f"{each.room}: {'said' + calls if said else 'not said'}")
    if why or not said:
        print_words(f"{each.verdict}: {each.reason}", indent=2)
    if not said and each.wanted:
        print_words("It would look like this:", indent=2)
    if each.wanted:
        _dressed(each.message, dress)


def _dressed(message: Message, dress: Dress) -> None:
    match dress:
        case Dress.DISCORD:
            print_json(discord_format.dress(message))
        case Dress.MATRIX:
            print_json(matrix_format.to_content(message, {}))
        case Dress.CONSOLE:
            show(message)
