"""`chatbot check`: every mistake of the configuration at once, and what follows from what is right."""

import sys
from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import comments_of, settings_of
from chatbot.cli.help import Command
from chatbot.cli.output.printing import printable
from chatbot.cli.output.table import print_sentence, print_table
from chatbot.cli.output.tried import Progress, show
from chatbot.cli.outside import finish
from chatbot.core.checks.result import attention
from chatbot.core.support.reading import TITLES
from chatbot.runtime.checks.online import OnlineCheck, check_online
from chatbot.runtime.clock import system_clock
from chatbot.runtime.queries.pages import PageReading, page_readings
from chatbot.runtime.settings.exposure import exposed
from chatbot.runtime.settings.no_effect import without_effect
from chatbot.runtime.settings.settings import Settings
from chatbot.sources.github.allowance import describe


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(check)


def check(
    config: ConfigFile,
    online: Annotated[bool, typer.Option("--online", help="Also try tokens, rooms and permissions.")] = False,
) -> None:
    """Find all mistakes in the configuration, with line numbers and how to fix them."""
    settings = settings_of(config)
    tried = _tried_online(settings) if online else OnlineCheck()
    is_fine = not attention(result for results in tried.groups.values() for result in results)
    print(f"{config} is fine." if is_fine else f"{config} itself is fine.")
    if online:
        show(tried.groups)
    readings = finish(page_readings(settings, system_clock, tried.pages), settings)
    _show_projects(settings)
    _show_rooms(settings, {**comments_of(config), **{room: name for room, name in tried.names.items() if name}})
    _show_pages(readings)
    print()
    for sentence in sentences(settings):
        print_sentence(sentence)
    if keys := without_effect(settings):
        print_sentence(f"These settings have no effect yet: {', '.join(keys)}.")
    for sentence in exposed(settings, config):
        print(f"Warning: {printable(sentence)}", file=sys.stderr)


def _tried_online(settings: Settings) -> OnlineCheck:
    progress = Progress()
    try:
        return finish(check_online(settings, system_clock, progress.begin), settings)
    finally:
        progress.end()


def sentences(settings: Settings) -> list[str]:
    """What follows from the settings, for the operator."""
    has_token = bool(settings.github.token.get_secret_value())
    _, delay = describe(len(settings.projects), has_token=has_token, poll_seconds=settings.github.poll_seconds)
    return [f"Database: {settings.database_shown}", delay]


def _show_projects(settings: Settings) -> None:
    rows = [(project.id, project.name, project.repository) for project in settings.project_rules()]
    print()
    print_table("Projects", ("id", "name", "repository"), rows)


def _show_rooms(settings: Settings, names: Mapping[str, str]) -> None:
    rooms = settings.room_rules()
    if not rooms:
        print()
        print_sentence("Rooms: none; add a [[rooms]] table.")
        return
    rows = [
        (
            room.address,
            names.get(room.address, ""),
            ", ".join(room.projects),
            ", ".join(sorted(room.watch_filter.events)),
        )
        for room in rooms
    ]
    print()
    print_table("Rooms", ("address", "name", "projects", "events"), rows)


def _show_pages(readings: Iterable[PageReading]) -> None:
    """How each policy page was read, line by line."""
    for each in readings:
        match each.state:
            case "unread":
                print()
                print_sentence(f"Policy of {each.project}: not read yet; run chatbot check --online")
            case "none":
                print()
                print_sentence(f"Policy of {each.project}: no security policy was found")
            case "read":
                heading = f"Policy of {each.project}: {each.page}"
                print()
                print_table(heading, TITLES, [one.cells for one in each.lines])
                if each.problem:
                    print_sentence(each.problem)
