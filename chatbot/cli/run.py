"""`chatbot run`: the bot itself, until a signal ends it."""

import asyncio
import faulthandler
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import structlog
import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import settings_of
from chatbot.cli.failure import Failure, Status
from chatbot.cli.help import Command
from chatbot.cli.init.pasted import room_of
from chatbot.cli.output.printing import printable
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Clock
from chatbot.runtime.app import serve
from chatbot.runtime.chats import has_chat
from chatbot.runtime.checks.trial_message import UnusableRoomError, room_address
from chatbot.runtime.clock import system_clock
from chatbot.runtime.ops.last_lines import keeping
from chatbot.runtime.ops.logs import Format, configure, flush
from chatbot.runtime.ops.pulse import place_of
from chatbot.runtime.ops.systemd import notifier
from chatbot.runtime.ops.terminal import Terminal, terminal
from chatbot.runtime.ops.watchdog.heartbeat import guarded
from chatbot.runtime.settings.exposure import exposed
from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import Settings, load
from chatbot.store.database.db import StoreUnavailable

log = structlog.get_logger(__name__)

ENDS_WITHIN = 4.0  # seconds after the signal; those who send it kill what takes longer
ENDS_AT_LAST = 30.0  # seconds after it, whatever holds the bot up: nobody kills what was started in a terminal


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(run)


def run(
    config: ConfigFile,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log every step, also those of the libraries.")
    ] = False,
    log_format: Annotated[
        Format,
        typer.Option(
            metavar="FORMAT",
            help="How log lines look: text for people, json for programs, or auto: text on a terminal and JSON elsewhere.",
        ),
    ] = Format.AUTO,
    rehearse: Annotated[
        str,
        typer.Option(
            metavar="ROOM",
            help="Send whatever any room or person would get to this one room, marked with where it would go; remember nothing.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Run the bot. Ctrl-C or SIGTERM ends it; SIGHUP reloads rooms and projects."""
    _prepare_stacks()
    settings = settings_of(config)
    stage = _stage(settings, rehearse) if rehearse else None
    keep = keeping(settings.database.get_secret_value()) if stage is None else None  # a rehearsal leaves nothing behind
    configure(settings.secrets(), verbose=verbose, log_format=log_format, keep=keep)
    for sentence in exposed(settings, config):
        log.warning("a secret is at risk", reason=sentence)
    try:
        asyncio.run(until_told(settings, config, system_clock, stage))
    except StoreUnavailable as reason:
        raise Failure(f"{reason}; see `database` in {config}", Status.OUTSIDE) from None
    finally:
        faulthandler.cancel_dump_traceback_later()
        flush()  # what was logged stands before what is said now


def _stage(settings: Settings, rehearse: str) -> RoomAddress:
    """The one room of a rehearsal; the terminal, or one of a chat that is configured."""
    try:
        room = room_address(room_of(rehearse))
    except UnusableRoomError as unusable:
        raise Failure(printable(str(unusable))) from None
    if not has_chat(settings, room.chat):
        raise Failure(f"{room} cannot be reached: its chat is not configured")
    return room


def _prepare_stacks() -> None:
    """Have the stacks of all threads written where the bot crashes or its watchdog ends it. They go to standard error and
    nowhere else: a core file would hold every secret."""
    with suppress(ValueError, OSError):  # standard error is no file
        faulthandler.enable(sys.__stderr__ or 2)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


async def until_told(settings: Settings, config: Path, clock: Clock, rehearse: RoomAddress | None = None) -> None:
    """Run until a signal says so; SIGHUP reads the file again, unless the bot's terminal is gone: then it ends too."""
    stop, hangup = asyncio.Event(), asyncio.Event()
    loop, here = asyncio.get_running_loop(), terminal()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, _hung_up, here, stop, hangup)
    async with guarded(settings.health.watchdog_seconds):
        await _serve_until(stop, hangup, settings, config, clock, rehearse)


def _hung_up(here: Terminal, stop: asyncio.Event, reload: asyncio.Event) -> None:
    if here.is_gone():
        stop.set()
    else:
        reload.set()


async def _serve_until(
    stop: asyncio.Event,
    hangup: asyncio.Event,
    settings: Settings,
    config: Path,
    clock: Clock,
    rehearse: RoomAddress | None,
) -> None:
    if rehearse is not None:
        structlog.contextvars.bind_contextvars(rehearsal=True)  # in each line: “delivered” means the one room then
        log.warning(
            "this is a rehearsal: all messages go to one room; nothing else is changed, and nothing is remembered",
            room=rehearse,
            database="in memory, gone at the end",
        )
    serving = asyncio.create_task(
        serve(
            settings,
            clock=clock,
            stop=stop,
            reload=lambda: _again(config),
            hangup=hangup,
            notifier=notifier(),
            health_file=None if rehearse is not None else place_of(config, os.environ),
            rehearse=rehearse,
        )
    )
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    end_at_last(ENDS_AT_LAST)
    await asyncio.wait({serving}, timeout=ENDS_WITHIN)
    stopping.cancel()
    serving.cancel()  # also while it still waits for a database that does not answer
    await asyncio.wait({serving}, timeout=ENDS_WITHIN)
    if not serving.done():
        log.warning("the end takes long", tasks=sorted(task.get_name() for task in asyncio.all_tasks()))
    with suppress(asyncio.CancelledError):
        await serving


def end_at_last(seconds: float) -> None:
    """Have the process ended after so many seconds, with the stacks of its threads: what was not sent is sent after the next
    start, but a bot that neither works nor ends helps nobody."""
    with suppress(ValueError, OSError):  # standard error is no file
        faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or 2)


def _again(config: Path) -> Settings | None:
    """The settings read again; where they are wrong, the ones in force stay."""
    try:
        return load(config, os.environ)
    except Mistakes as wrong:
        for mistake in wrong.mistakes:
            log.error("the configuration was not reloaded", mistake=str(mistake))  # noqa: TRY400 - its sentence says all
        return None
