"""`chatbot db`: look after the database."""

from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import settings_of
from chatbot.cli.help import Command, family
from chatbot.cli.outside import existing_store, finish
from chatbot.core.text.words import count
from chatbot.runtime.clock import system_clock
from chatbot.runtime.replicas.replica import unused
from chatbot.runtime.settings.settings import Settings
from chatbot.store.backups import backup as copies
from chatbot.store.backups.before_upgrade import open_upgraded
from chatbot.store.backups.restore import Restored, import_file
from chatbot.store.backups.restore import restore as restore_backup
from chatbot.store.database.files import Holdings

NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="The SQLite file to write; it must not exist yet.")]
OldFile = Annotated[Path, typer.Argument(metavar="FILE", help="A file that backup or export wrote.")]


def register(program: typer.Typer) -> None:
    group = family("Back up, restore or move the database.")
    for command in (upgrade, backup, restore):
        group.command(cls=Command)(command)
    group.command("export", cls=Command)(export)
    group.command("import", cls=Command)(import_)
    program.add_typer(group, name="db")


def upgrade(config: ConfigFile) -> None:
    """Check the database for damage and bring its tables up to date, as `run` does at each start."""
    settings = settings_of(config)
    backups = finish(_upgrade(settings), settings)
    print(f"{settings.database_shown} is undamaged and up to date.")
    for file in backups:
        print(f"It was backed up before, as {file}: to go back, stop the bot and restore that with the former version.")


async def _upgrade(settings: Settings) -> list[Path]:
    backups = list[Path]()
    async with open_upgraded(settings.database.get_secret_value(), system_clock, backups.append):
        return backups


def backup(config: ConfigFile, file: NewFile) -> None:
    """Copy the database into one file; the bot may be running."""
    settings = settings_of(config)
    holdings = finish(_backup(settings, file), settings)
    print(f"Backup written to {file}: {_words(holdings)}.")


async def _backup(settings: Settings, file: Path) -> Holdings:
    async with existing_store(settings) as store:
        return await copies.backup(store, file, system_clock())


def _words(holdings: Holdings) -> str:
    return f"{count(holdings.projects, 'project')}, {count(holdings.announcements, 'announcement')}"


def restore(config: ConfigFile, file: OldFile) -> None:
    """Replace the database with a backup; stop the bot first. What may have been posted since is looked for in the rooms."""
    settings = settings_of(config)
    result = finish(_restore(settings, file), settings)
    print(
        f"{settings.database_shown} is as it was at {result.gap.begin:%Y-%m-%d %H:%M} UTC: {_words(result.holdings)}. What may "
        "have been posted since then is looked for in the rooms before it is sent; questions asked since stay unanswered."
    )
    if result.forgotten:
        people = "1 person" if result.forgotten == 1 else f"{result.forgotten} people"
        print(f"{people} had asked since to be forgotten: what the backup held of them is deleted again.")
    if result.former is not None:
        print(f"The former database is kept as {result.former}.")


async def _restore(settings: Settings, file: Path) -> Restored:
    url = settings.database.get_secret_value()
    async with unused(url, system_clock):
        return await restore_backup(url, file, system_clock())


def export(config: ConfigFile, file: NewFile) -> None:
    """Write everything into one file, to be imported elsewhere; stop the bot first, or messages are sent twice."""
    settings = settings_of(config)
    many = finish(_export(settings, file), settings)
    print(f"{file} holds {many} rows of {settings.database_shown}.")


async def _export(settings: Settings, file: Path) -> int:
    async with unused(settings.database.get_secret_value(), system_clock), existing_store(settings) as store:
        return await copies.export(store, file)


def import_(config: ConfigFile, file: OldFile) -> None:
    """Fill an empty database from an exported file, for example to move from SQLite to PostgreSQL."""
    settings = settings_of(config)
    many, holdings = finish(import_file(file, settings.database.get_secret_value()), settings)
    print(f"{settings.database_shown} holds {many} rows from {file}: {_words(holdings)}.")
