"""`chatbot test-message`: whether a message can be posted in a room, read back, edited and removed."""

from typing import Annotated

import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import comments_of, settings_of
from chatbot.cli.failure import Failure
from chatbot.cli.help import Command
from chatbot.cli.output.printing import printable
from chatbot.cli.output.tried import Progress, show
from chatbot.cli.outside import finish
from chatbot.runtime.checks.trial_message import UnusableRoomError, room_address, try_message
from chatbot.runtime.clock import system_clock


def register(program: typer.Typer) -> None:
    program.command("test-message", cls=Command)(test_message)


def test_message(
    config: ConfigFile,
    room: Annotated[
        str, typer.Argument(metavar="ROOM", help="The room's address, as in the configuration.", show_default=False)
    ],
) -> None:
    """Post a harmless test message in a room, and say whether it can be read back, edited and removed again."""
    settings = settings_of(config)
    progress = Progress()
    try:
        address = room_address(room)
        progress.begin(f"a message in {address}")
        results = finish(try_message(settings, address, system_clock), settings)
    except UnusableRoomError as unusable:
        raise Failure(printable(str(unusable))) from None
    finally:
        progress.end()
    name = comments_of(config).get(address)
    show({f"{address} ({name})" if name else address: results})
