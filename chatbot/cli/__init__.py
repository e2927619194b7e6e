"""The front door: what a person types in a shell."""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

import typer
from typer.exceptions import TyperException

from chatbot.cli.failure import Failure, Status

# Which module holds which command. Only the module of the command that is asked for is imported: `chatbot supported` answers
# in a script's loop, and must not first load two chat libraries and a database. All are imported for `chatbot --help`.
COMMANDS = {
    "run": "run",
    "demo": "demo",
    "check": "check",
    "preview": "preview",
    "ask": "ask",
    "supported": "supported",
    "affected": "affected",
    "classify": "classify",
    "lint-policy": "lint_policy",
    "deliveries": "deliveries",
    "db": "db",
    "discord": "discord",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
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
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.DONE
    except Exception:  # noqa: BLE001 - the outermost edge: status 1 would say "findings"
        traceback.print_exc()
        return _say("this is a fault of the bot; please report it with the lines above", Status.OUTSIDE)
    return status if isinstance(status, int) else Status.DONE


def _program(words: Sequence[str]) -> typer.Typer:
    """The program with the command that is asked for; with all of them where none is."""
    program = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,  # rich would print local variables, secrets among them
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    program.callback(invoke_without_command=True)(_front)
    asked = words[0] if words and words[0] in COMMANDS else None
    for module in [COMMANDS[asked]] if asked else dict.fromkeys(COMMANDS.values()):
        import_module(f"chatbot.cli.{module}").register(program)
    return program


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
    return f"{' '.join(error.format_message().split()).rstrip('.')}; see {path} --help"


def _say(sentence: str, status: Status) -> int:
    print(sentence, file=sys.stderr)
    return status
