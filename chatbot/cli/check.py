"""`chatbot check`: every mistake of the configuration at once, and what follows from what is right."""

import typer

from chatbot.cli.configuration import ConfigFile, settings_of
from chatbot.core.polling import describe
from chatbot.runtime.settings import Settings


def register(program: typer.Typer) -> None:
    program.command()(check)


def check(config: ConfigFile) -> None:
    """Say every mistake of the configuration at once, each with its line or key and the mend."""
    settings = settings_of(config)
    print(f"{config}: no mistake.")
    for sentence in sentences(settings):
        print(sentence)


def sentences(settings: Settings) -> list[str]:
    """What follows from the settings, for the operator."""
    rooms = settings.room_rules()
    said = [f"Watches {', '.join(project.repository for project in settings.project_rules())}."]
    said.append(
        f"Speaks in {', '.join(room.at for room in rooms)}." if rooms else "Speaks in no room: add a [[rooms]] table."
    )
    said.append(f"Remembers in {settings.database_shown}.")
    has_token = bool(settings.github.token.get_secret_value())
    _, delay = describe(len(settings.projects), has_token=has_token, poll_seconds=settings.github.poll_seconds)
    return [*said, delay]
