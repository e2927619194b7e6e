"""`chatbot test-message`: whether a message can be posted in a room, read back, edited and removed."""

import asyncio
import signal
from typing import Annotated

import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import comments_of, settings_of
from chatbot.cli.failure import Failure, Status
from chatbot.cli.help import Command
from chatbot.cli.init.pasted import room_of
from chatbot.cli.output.printing import printable
from chatbot.cli.output.tried import Progress, show
from chatbot.cli.outside import finish
from chatbot.core.checks.result import CheckResult
from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.checks.trial_message import Interrupted, UnusableRoomError, room_address, try_message
from chatbot.runtime.clock import system_clock
from chatbot.runtime.settings.settings import Settings


def register(program: typer.Typer) -> None:
    program.command("test-message", cls=Command)(test_message)


def test_message(
    config: ConfigFile,
    room: Annotated[
        str,
        typer.Argument(
            metavar="ROOM", help="The room's address, as in the configuration, or a link to it.", show_default=False
        ),
    ],
) -> None:
    """Post a harmless test message in a room, and say whether it can be read back, edited and removed again."""
    settings = settings_of(config)
    progress = Progress()
    try:
        address = room_address(room_of(room))
        progress.begin(f"a message in {address}")
        results = finish(_tried(settings, address), settings)
    except UnusableRoomError as unusable:
        raise Failure(printable(str(unusable))) from None
    except Interrupted as interrupted:
        raise Failure(str(interrupted), Status.INTERRUPTED) from None
    finally:
        progress.end()
    name = comments_of(config).get(address)
    show({f"{address} ({name})" if name else address: results})


async def _tried(settings: Settings, room: RoomAddress) -> list[CheckResult]:
    """Try it; whatever asks the program to end has the message removed first, as Ctrl-C does."""
    here, loop = asyncio.current_task(), asyncio.get_running_loop()
    if here is not None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, here.cancel)
    return await try_message(settings, room, system_clock)
