"""The command line: what a person types in a shell."""

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import TextIO

import typer
from typer.exceptions import TyperException

from chatbot.cli.failure import Failure, Status
from chatbot.cli.help import Command, Group
from chatbot.core.text.visible import visible

# Which module holds which command, and what `chatbot --help` says about it. Only the module of the command that is asked for is
# imported: `chatbot supported` answers in a script's loop, and must not first load two chat libraries and a database; and a
# newcomer's first words, `chatbot --help`, import none at all.
COMMANDS = {
    "run": ("run", "Run the bot. Ctrl-C or SIGTERM ends it; SIGHUP reloads rooms and projects."),
    "demo": (
        "demo",
        "Play a story of releases and advisories in this terminal: no account, network or configuration is needed.",
    ),
    "try": (
        "trial.command",
        "Show what the last year of a project would have looked like in chat, with nothing set up: no configuration, no account.",
    ),
    "init": (
        "init.command",
        "Write the configuration for one project after a few questions, or from options, and say what to do next.",
    ),
    "check": ("check", "Find all mistakes in the configuration, with line numbers and how to fix them."),
    "health": (
        "health",
        "Say whether a bot with this configuration file runs on this machine and reacts; the exit status is 1 if it does not.",
    ),
    "test-message": (
        "test_message",
        "Post a harmless test message in a room, and say whether it can be read back, edited and removed again.",
    ),
    "preview": (
        "preview",
        "Show what would be announced in each room for a release or an advisory; nothing is sent or recorded.",
    ),
    "ask": (
        "ask",
        "Answer a chat command here, from what the bot has read, or else from the sources without recording anything.",
    ),
    "supported": (
        "supported",
        "Say whether a version still gets security fixes, by the project's SECURITY.md and nothing else.",
    ),
    "affected": ("affected", "Say which advisories affect a version, and which releases fix them."),
    "classify": (
        "classify",
        "Say what each release in a list is: its kind and line, whether it is the newest, and which advisories it fixes.",
    ),
    "lint-policy": (
        "lint_policy",
        "Find what is wrong, out of date or undefined in a SECURITY.md; the exit status is 1 if anything is.",
    ),
    "lint-advisory": (
        "lint_advisory",
        "Find what is wrong or missing in security advisories; the exit status is 1 if anything is.",
    ),
    "doctor": (
        "doctor",
        "Write what a bug report needs: versions, settings, status, log lines; names, ids and secrets are taken out.",
    ),
    "deliveries": ("deliveries", "List, retry or drop undelivered messages."),
    "db": ("db", "Back up, restore or move the database."),
    "discord": ("discord", "Update the bot's slash commands on Discord."),
}


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # of the place that our output goes to


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 is no reason to fall over
    try:
        status = _program(words)(args=words, prog_name="chatbot", standalone_mode=False)
        sys.stdout.flush()
    except Failure as failure:
        return _say(failure.sentence, failure.status)
    except TyperException as error:
        return _say(_usage(error), Status.WRONG_USE)
    except (typer.Abort, KeyboardInterrupt):
        return Status.INTERRUPTED
    except (
        BrokenPipeError,
        SystemExit,
    ):  # the reader of our output went away, as `head` does; typer makes an exit of it
        _write_no_more()
        return Status.OK
    except OSError as error:
        if error.errno not in _NO_ROOM:
            return _defect()
        _write_no_more()
        return _say(
            f"the output could not be written ({error.strerror}): make room, or write it elsewhere", Status.OUTSIDE
        )
    except Exception:  # noqa: BLE001 - the outermost edge: status 1 would say "findings"
        return _defect()
    return status if isinstance(status, int) else Status.OK


def _open_streams() -> None:
    """Put something in the place of streams that were closed before we began (`<&-`, some supervisors): no file of ours may take
    their numbers, or what is meant for the terminal would land in it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, _nowhere(number))


def _nowhere(number: int) -> TextIO:
    descriptor = os.open(os.devnull, os.O_RDWR)
    if descriptor != number:
        os.dup2(descriptor, number)
        os.close(descriptor)
    return os.fdopen(number, "w" if number else "r", encoding="utf-8")


def _write_no_more() -> None:
    """Nobody takes our output: what is still buffered goes nowhere, or the interpreter complains about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _defect() -> int:
    _say(traceback.format_exc(), Status.OUTSIDE)
    return _say("this is a fault of the bot; please report it with the lines above", Status.OUTSIDE)


def _program(words: Sequence[str]) -> typer.Typer:
    """The program with the command that is asked for; where none is, with the names of all and what they are for."""
    program = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,  # rich would print local variables, secrets among them
        context_settings={"help_option_names": ["-h", "--help"]},
        cls=Group,
    )
    program.callback(invoke_without_command=True)(_front)
    command_name = next((word for word in words if not word.startswith("-")), "")
    if command_name in COMMANDS:
        module, _ = COMMANDS[command_name]
        import_module(f"chatbot.cli.{module}").register(program)
        return program
    for name, (_, summary) in COMMANDS.items():
        program.command(name, help=summary, cls=Command)(_unreached)
    return program


def _unreached() -> None:
    """Stands for a command in the list of all; whoever asks for one gets its own module."""


def _front(
    context: typer.Context,
    show_version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    """Watches GitHub releases, security advisories and security policies; announces them in chats and answers questions."""
    if show_version:
        print(version("release-chatbot"))
    elif context.invoked_subcommand is None:
        print(context.get_help())


def _usage(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "chatbot"
    words = " ".join(error.format_message().split()).replace("Value error, ", "")
    return f"{words.rstrip('.')}; see {path} --help"


def _say(sentence: str, status: Status) -> int:
    print(visible(sentence), file=sys.stderr)
    return status
