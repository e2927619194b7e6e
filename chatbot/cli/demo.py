"""`chatbot demo`: a story in the terminal, without an account, a network or a configuration."""

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console

from chatbot.demo.play import play
from chatbot.runtime.lines import typed_lines
from chatbot.runtime.logs import configure


def register(program: typer.Typer) -> None:
    program.command()(demo)


def demo(
    no_input: Annotated[bool, typer.Option("--no-input", help="Play to the end without waiting for commands.")] = False,
) -> None:
    """Tell a story of releases and advisories on a GitHub played on this machine, with the terminal as the chat."""
    configure([], quiet=True)
    console = Console(width=None if sys.stdout.isatty() else 100)
    asyncio.run(_tell(console, typed=not no_input and sys.stdin.isatty()))


async def _tell(console: Console, *, typed: bool) -> None:
    await play(console, typed_lines(sys.stdin) if typed else None)
