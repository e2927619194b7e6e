"""The configuration file as a command gets it: its option, and its settings or every mistake in it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.failure import Failure
from chatbot.runtime.settings.environment import FILE
from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import Settings, load

ConfigFile = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        envvar=FILE,
        default_factory=lambda: Path("config.toml"),
        help=f"The configuration file. Without this option: ${FILE}, else config.toml in this folder.",
    ),
]


def settings_of(config: Path) -> Settings:
    """The settings, from the file and this process's environment."""
    try:
        return load(config, os.environ)
    except Mistakes as mistakes:
        raise Failure(str(mistakes)) from None
