"""`chatbot init` as it is typed: its options. What they mean is loaded when it is needed, so that `--help` is quick."""

from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.help import Command
from chatbot.runtime.settings.place import OPTION, USUAL, VARIABLE


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(init)


def init(
    repository: Annotated[
        str, typer.Option(metavar="REPOSITORY", help="The repository on GitHub: owner/name, or any address of it.")
    ] = "",
    room: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROOM",
            help="Where to announce: the id of a Discord channel or a link to it, the alias or id of a Matrix room or a link "
            "to it, or console. Can be given several times.",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What people call the project. Left out: after the repository.")
    ] = "",
    id_: Annotated[
        str,
        typer.Option(
            "--id", metavar="ID", help="The project's short name for commands. Left out: after the repository."
        ),
    ] = "",
    maintainer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHO",
            help="Who may hold and correct announcements: discord:user:ID, discord:role:ID or @alice:example.org. "
            "Can be given several times.",
        ),
    ] = None,
    maintainers_room: Annotated[
        str, typer.Option(metavar="ROOM", help="A room in which the bot tells maintainers what needs a person.")
    ] = "",
    mention: Annotated[
        str,
        typer.Option(
            metavar="WHOM",
            help="Who is pinged for advisories of high and critical severity: role:ID, user:ID, or room.",
        ),
    ] = "",
    first_run: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="newest shows the newest release once in each room, so that you see that it works; silent shows none. "
            "Left out: newest.",
        ),
    ] = "",
    discord_token_file: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="The file that holds the bot's token on Discord, now or later. Left out: discord-token.",
        ),
    ] = "",
    application_id: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="The application's id on Discord, for the install link. Left out: as far as the token tells it.",
        ),
    ] = "",
    line_roles: Annotated[
        bool,
        typer.Option(
            "--line-roles", help="On Discord, have a role for each supported line, which security news pings."
        ),
    ] = False,
    events: Annotated[
        bool,
        typer.Option("--events", help="On Discord, have an event for each release that maintainers plan."),
    ] = False,
    removals: Annotated[
        bool,
        typer.Option("--removals", help="On Discord, let moderators have the bot remove a message."),
    ] = False,
    user_id: Annotated[
        str, typer.Option(metavar="USER", help="The bot's account on Matrix, such as @bot:example.org.")
    ] = "",
    homeserver: Annotated[
        str,
        typer.Option(metavar="URL", help="The address of its homeserver. Left out: https:// and the account's server."),
    ] = "",
    password_file: Annotated[
        str,
        typer.Option(metavar="FILE", help="The file that holds its password, now or later. Left out: matrix-password."),
    ] = "",
    allow_invites_from: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHO",
            help="On Matrix, who may invite the bot: @alice:example.org, or all of example.org. Can be given several times.",
        ),
    ] = None,
    github_token_file: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="A file that holds a token of GitHub without permissions: 5,000 requests an hour, not 60.",
        ),
    ] = "",
    github_url: Annotated[
        str, typer.Option(metavar="URL", help="The address of GitHub Enterprise. Left out: https://github.com.")
    ] = "",
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing; what is missing is named.")] = False,
    config: Annotated[
        Path,
        typer.Option(
            OPTION,
            "-c",
            metavar="FILE",
            envvar=VARIABLE,
            help=f"The file to write. Without this option: ${VARIABLE}, else {USUAL} in this folder.",
        ),
    ] = USUAL,
) -> None:
    """Write the configuration for one project after a few questions, or from options, and say what to do next."""
    from chatbot.cli.init.making import make  # noqa: PLC0415 - all the settings are behind it, and --help needs none of them

    options = {
        "repository": [repository],
        "room": room or [],
        "name": [name],
        "id": [id_],
        "maintainer": maintainer or [],
        "maintainers-room": [maintainers_room],
        "mention": [mention],
        "first-run": [first_run],
        "discord-token-file": [discord_token_file],
        "application-id": [application_id],
        "line-roles": ["on"] if line_roles else [],
        "events": ["on"] if events else [],
        "removals": ["on"] if removals else [],
        "user-id": [user_id],
        "homeserver": [homeserver],
        "password-file": [password_file],
        "allow-invites-from": allow_invites_from or [],
        "github-token-file": [github_token_file],
        "github-url": [github_url],
    }
    make(
        config,
        {option: [value for value in values if value] for option, values in options.items()},
        no_input=no_input,
    )
