"""`chatbot db`: the store."""

import typer

from chatbot.cli.configuration import ConfigFile, settings_of
from chatbot.cli.outside import finish
from chatbot.runtime.settings import Settings
from chatbot.store.db import open_store


def register(program: typer.Typer) -> None:
    family = typer.Typer(help="The store.", no_args_is_help=True)
    family.callback()(_family)
    family.command()(upgrade)
    program.add_typer(family, name="db")


def _family() -> None:
    """Look after the store."""


def upgrade(config: ConfigFile) -> None:
    """Look whether the store is whole, and bring its tables up to date; `run` does so at each start too."""
    settings = settings_of(config)
    finish(_upgrade(settings), settings)
    print(f"{settings.database_shown} is whole and up to date.")


async def _upgrade(settings: Settings) -> None:
    async with open_store(settings.database.get_secret_value()):
        pass
