"""`chatbot check`: every mistake of the configuration at once, and what follows from what is right."""

import sys
from typing import Annotated

import typer

from chatbot.cli.configuration import ConfigFile, settings_of
from chatbot.cli.failure import Failure, Status
from chatbot.cli.outside import finish
from chatbot.cli.printing import printable
from chatbot.ports import Note, OutOfReach
from chatbot.runtime.app import check_online
from chatbot.runtime.clock import system_clock
from chatbot.runtime.settings.exposure import exposed
from chatbot.runtime.settings.no_effect import without_effect
from chatbot.runtime.settings.settings import Settings
from chatbot.sources.github.allowance import describe


def register(program: typer.Typer) -> None:
    program.command()(check)


def check(
    config: ConfigFile,
    online: Annotated[bool, typer.Option("--online", help="Also try tokens, rooms and permissions.")] = False,
) -> None:
    """Say every mistake of the configuration at once, each with its line or key and how to fix it."""
    settings = settings_of(config)
    online_problems = finish(check_online(settings, system_clock), settings) if online else []
    if problems := [sentence for sentence in online_problems if not isinstance(sentence, Note)]:
        only_away = all(isinstance(sentence, OutOfReach) for sentence in problems)
        status = Status.OUTSIDE if only_away else Status.WRONG_USE
        raise Failure("\n".join(printable(sentence) for sentence in problems), status)
    print(f"{config}: no mistake.")
    if online:
        print("Tried online: tokens, rooms and permissions are right.")
    for sentence in online_problems:
        print(printable(sentence))
    for sentence in sentences(settings):
        print(sentence)
    if keys := without_effect(settings):
        print(f"No effect yet: {', '.join(keys)}.")
    for sentence in exposed(settings, config):
        print(f"Warning: {printable(sentence)}", file=sys.stderr)


def sentences(settings: Settings) -> list[str]:
    """What follows from the settings, for the operator."""
    rooms = settings.room_rules()
    lines = [f"Watches {', '.join(project.repository for project in settings.project_rules())}."]
    lines.append(
        f"Speaks in {', '.join(room.address for room in rooms)}."
        if rooms
        else "Speaks in no room: add a [[rooms]] table."
    )
    lines.append(f"Remembers in {settings.database_shown}.")
    has_token = bool(settings.github.token.get_secret_value())
    _, delay = describe(len(settings.projects), has_token=has_token, poll_seconds=settings.github.poll_seconds)
    return [*lines, delay]
