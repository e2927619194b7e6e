"""`chatbot demo`: a story on an embedded GitHub, with the terminal as the chat."""

import asyncio
import logging
import sys
from contextlib import nullcontext
from typing import Annotated

import typer
from rich.console import Console

from chatbot.cli.help import Command
from chatbot.demo.play import play
from chatbot.demo.prompt import prompt
from chatbot.runtime.ops.logs import configure


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(demo)


def demo(
    no_input: Annotated[bool, typer.Option("--no-input", help="Play to the end without asking for commands.")] = False,
) -> None:
    """Play a story of releases and advisories in this terminal: no account, network or configuration is needed."""
    configure([])
    logging.getLogger().setLevel(logging.ERROR)  # the story itself says what happens
    with_visitor = not no_input and sys.stdin.isatty() and sys.stdout.isatty()
    asyncio.run(_play(with_visitor=with_visitor))


async def _play(*, with_visitor: bool) -> None:
    with prompt() if with_visitor else nullcontext() as line:
        await play(Console(), line)
