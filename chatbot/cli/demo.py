"""`chatbot demo`: a story on an embedded GitHub, with the terminal as the chat."""

import asyncio
import logging
import sys
from typing import Annotated

import typer
from rich.console import Console

from chatbot.demo.play import play
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.ops.logs import configure


def register(program: typer.Typer) -> None:
    program.command()(demo)


def demo(
    no_input: Annotated[bool, typer.Option("--no-input", help="Do not wait for commands: play to the end.")] = False,
) -> None:
    """Tell a story of releases and advisories, with the terminal as the chat: no account, no network, no configuration."""
    configure([])
    logging.getLogger().setLevel(logging.ERROR)  # the story itself says what happens
    watched = not no_input and sys.stdin.isatty()
    asyncio.run(play(Console(), typed_lines(sys.stdin) if watched else None))
