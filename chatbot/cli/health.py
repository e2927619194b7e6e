"""`chatbot health`: whether the bot that runs here is alive, for containers and their supervisors."""

import os
import time
from typing import Annotated

import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.failure import Status
from chatbot.cli.help import Command
from chatbot.cli.output.printing import print_words
from chatbot.runtime.ops.pulse import judge, last_pulse, place_of


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(health)


def health(
    config: ConfigFile,
    ready: Annotated[
        bool,
        typer.Option(
            "--ready", help="Also fail where the database does not work or a chat is stopped or takes nothing."
        ),
    ] = False,
) -> int:
    """Say whether a bot with this configuration file runs on this machine and reacts; the exit status is 1 if it does not."""
    verdict = judge(last_pulse(place_of(config, os.environ)), time.monotonic())
    for sentence in verdict.sentences:
        print_words(sentence)
    return Status.OK if (verdict.ready if ready else verdict.alive) else Status.FINDINGS
