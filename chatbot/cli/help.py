"""What `--help` prints: wrapped at the terminal's width, in the words of a reader, with examples to copy."""

import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from chatbot.cli.examples import EXAMPLES

WIDEST = 120  # columns of a help text: longer lines are hard to read
_NARROWEST = 20
_SHARE = 0.4  # of the width that the names of options may take beside what they mean; below it otherwise
_WORDS = re.compile(r'"[^"]*"|\S+')  # what a shell takes for one word stays on one line

Row = tuple[str, str]


class Command(TyperCommand):
    """A command whose help we write ourselves."""

    def get_help(self, ctx: Any) -> str:
        """The whole help text."""
        return help_of(self, ctx)


class Group(TyperGroup):
    """The program, or a family of commands."""

    def get_help(self, ctx: Any) -> str:
        """The whole help text."""
        return help_of(self, ctx)


def family(summary: str) -> typer.Typer:
    """A command that has commands of its own; alone, it shows its help."""
    group = typer.Typer(help=summary, cls=Group)

    def show(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            print(context.get_help())

    group.callback(invoke_without_command=True)(show)
    return group


def help_of(command: Any, context: Any) -> str:
    """The help of a command as typer has it: its use, what it does, its arguments and options, and examples."""
    width = _columns()
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.get_params(context) if each.param_type_name == "option"]
    commands = [(name, each.help or "") for name, each in getattr(command, "commands", {}).items()]
    needed = [f"{_names(each)}" for each in options if each.required]
    use = [*(_metavar(each) for each in arguments), *needed, "[OPTIONS]", *(["COMMAND ..."] if commands else [])]
    examples = EXAMPLES.get(context.command_path.partition(" ")[2], ())
    parts = [
        textwrap.fill(f"Usage: {context.command_path} {' '.join(use)}", width, subsequent_indent=" " * 4),
        textwrap.fill(command.help or "", width),
        _section("Commands", commands, width),
        _section("Arguments", [(_metavar(each), each.help or "") for each in arguments], width),
        _section("Options", [(_names(each), _meaning(each)) for each in options], width),
        "\n".join(["Examples:", *(_example(line, width) for line in examples)]) if examples else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _columns() -> int:
    """One less than the terminal has: some wrap a line that fills them."""
    return max(min(shutil.get_terminal_size().columns - 1, WIDEST), _NARROWEST)


def _metavar(parameter: Any) -> str:
    return parameter.metavar or str(parameter.name).upper()


def _names(option: Any) -> str:
    """`-c, --config FILE`."""
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag or option.name == "help" else f"{names} {_metavar(option)}"


def _meaning(option: Any) -> str:
    """Its sentence, and whether it is needed or what it is when left out."""
    words = option.help or ""
    if option.required:
        return f"{words} Required."
    return f"{words} Default: {option.default.value}." if isinstance(option.default, Enum) else words


def _section(heading: str, rows: Sequence[Row], width: int) -> str:
    """Two columns; on a narrow terminal what a name means stands below it."""
    if not rows:
        return ""
    widest = max(len(name) for name, _ in rows)
    beside = widest + 4 <= width * _SHARE
    indent = " " * (widest + 4 if beside else 6)
    lines = [f"{heading}:"]
    for name, meaning in rows:
        begin = f"  {name:<{widest}}  " if beside else f"  {name}"
        if beside or not meaning:
            lines += textwrap.wrap(meaning, width, initial_indent=begin, subsequent_indent=indent) or [begin.rstrip()]
        else:
            lines += [begin, *textwrap.wrap(meaning, width, initial_indent=indent, subsequent_indent=indent)]
    return "\n".join(lines)


def _example(line: str, width: int) -> str:
    """The line as it can be pasted: what is too long goes on behind a backslash."""
    rows: list[str] = []
    row = " "
    for word in _words(line):
        if len(row) + 1 + len(word) > width - 2 and row.strip():
            rows.append(f"{row} \\")
            row = "   "
        row += f" {word}"
    return "\n".join([*rows, row])


def _words(line: str) -> Iterable[str]:
    return _WORDS.findall(line)
