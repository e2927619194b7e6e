"""A request as a chat hands it over, and the parser of a typed line."""

import difflib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.queries.definitions import Command, Kind, Parameter, Right
from chatbot.core.queries.table import COMMANDS
from chatbot.core.text.visible import printable

__all__ = [
    "COMMANDS",
    "LONGEST_LINE",
    "Command",
    "CommandError",
    "CommandRequest",
    "Kind",
    "Parameter",
    "Right",
    "as_typed",
    "find",
    "read_line",
    "retyped",
    "usage",
]

LONGEST_LINE = 300  # characters; a longer line is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest:
    """A question as a chat hands it over.

    command: its name
    arguments: by parameter, as typed
    asker: the address of the person who asks (`discord:user:1`, `matrix:@alice:example.org`, `console:user`)
    also: further ids of the asker that count for rights (`discord:role:2`)
    room: the address of the room, empty in a DM
    dm: the address of the DM as a room, where it is asked in one; it never comes from what somebody typed
    rights: those that the chat has just checked
    stranger: asked in a place where the configuration grants no rights, such as a group of other people
    target: the address of the person whom the command is about. The chat itself looked that person up in the room; it never
        comes from what somebody typed, pressed or filled in
    server: what the room belongs to, as its chat calls it: `discord:1234`. A Matrix room stands for itself
        (`matrix:!room:example.org`): no homeserver says whose room it is; "" in a DM
    may_ping: whom the asker may ping in the room at this moment, as the chat has just checked: mentions such as `role:7` that
        stand among the arguments, `room`, or `*` for anybody; never from what somebody typed
    asked_at: when
    key: the same for a repeat of the same question (interaction id, event id)
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    asker: RoomAddress
    also: tuple[str, ...] = ()
    room: RoomAddress = NOWHERE
    dm: RoomAddress = NOWHERE
    rights: frozenset[Right] = frozenset({Right.EVERYONE})
    stranger: bool = False
    target: RoomAddress = NOWHERE
    server: str = ""
    may_ping: frozenset[str] = frozenset()
    asked_at: datetime
    key: str = ""


def as_typed(ask: CommandRequest) -> CommandRequest:
    """The question as its asker sees it: a version that was copied brings invisible characters along, on every chat."""
    return replace(ask, arguments={name: printable(value).strip() for name, value in ask.arguments.items()})


@dataclass(frozen=True, slots=True)
class CommandError:
    """Why a line could not be read: `reason` is a sentence for the asker, without its full stop; `near` is the command that was
    probably meant, or ""."""

    reason: str
    near: str = ""

    @property
    def help_arguments(self) -> dict[str, str]:
        """The arguments of a `help` request that answers with the reason and an example."""
        return {"reason": self.reason, "near": self.near}


_TAKES_THE_REST = frozenset({Kind.SECTION, Kind.WORDS})  # they take all words that follow: a project needs `project:`
_WHICH = {
    Kind.ADVISORY: "Which advisory?",
    Kind.SUBJECT: "Which release or advisory?",
}
_WHICH_WORDS = {"author": "Whose message?", "reason": "What is the reason?", "text": "Which words?"}


def find(name: str) -> Command | None:
    """The command of that name, or None."""
    return next((command for command in COMMANDS if command.name == name.lower()), None)


def read_line(line: str) -> tuple[Command, dict[str, str]] | CommandError:
    """Read `supported 0.11` or `supported version:0.11 project:x`, with or without a leading `/` or `!`.

    Words fill the parameters in order; `name:value` names one; a section or free text takes all the rest. `?` is help.
    """
    if len(line) > LONGEST_LINE:
        return CommandError(f"That is longer than {LONGEST_LINE} characters")
    words = _split(printable(line).strip().lstrip("/!"))
    if not words:
        return CommandError("Nothing was asked")
    family = find(" ".join(words[:2]))  # `announce hold`
    if family is not None and len(words) > 1:
        words = [family.name, *words[2:]]
    command = find("help" if words[0] == "?" else words[0])
    if command is None or command.hidden:
        names = [each.name for each in COMMANDS if not each.hidden]
        near = difflib.get_close_matches(words[0].lower(), names, n=1, cutoff=0.75)
        return CommandError(f"I don't know “{words[0][:32]}”", near[0] if near else "")
    return _fill(command, words[1:])


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line, posix=True)
    except ValueError:  # an unpaired quote is an ordinary character
        return line.split()


def _fill(command: Command, words: list[str]) -> tuple[Command, dict[str, str]] | CommandError:
    arguments: dict[str, str] = {}
    by_name = {parameter.name: parameter for parameter in command.parameters}
    for word in words:
        name, separator, value = word.partition(":")
        if separator and name.lower() in by_name and value:
            arguments[name.lower()] = value
            continue
        parameter = next((p for p in command.parameters if _takes(p, word, arguments.get(p.name))), None)
        if parameter is None:
            return CommandError(f"I don't know what “{word[:32]}” means here", command.name)
        before = arguments.get(parameter.name, "")
        arguments[parameter.name] = f"{before} {word}".strip()
    missing = [p for p in command.parameters if p.required and p.name not in arguments]
    if missing:
        first = missing[0]
        which = _WHICH_WORDS.get(first.name) or _WHICH.get(first.kind, f"Which {first.name}?")
        return CommandError(which, command.name)
    return command, arguments


def retyped(command: Command, arguments: Mapping[str, str], project: ProjectId) -> str:
    """The shortest line that asks the same about this project, to be copied and sent: `supported 2.1.0 mailer`; "" where no
    line is read so."""
    whole = {p.name: arguments[p.name] for p in command.parameters if arguments.get(p.name)} | {"project": project}
    values = [(p, whole[p.name]) for p in command.parameters if p.name in whole]
    last = [f"{p.name}:{text}" if p.kind is Kind.PROJECT else word for p, text in values for word in _words(p, text)]
    named = [f"{p.name}:{text}" for p, text in values]
    for words in ([word for p, text in values for word in _words(p, text)], last, named):
        line = shlex.join([command.name, *words])
        if read_line(line) == (command, whole):
            return line
    return ""


def _words(parameter: Parameter, text: str) -> list[str]:
    return text.split() if parameter.several or parameter.kind in _TAKES_THE_REST else [text]


def _takes(parameter: Parameter, word: str, before: str | None) -> bool:
    """Whether a word belongs to the parameter, which holds `before` already: another version, or the rest of a text."""
    if before is None or parameter.kind in _TAKES_THE_REST:
        return True
    return parameter.several and (before.endswith(",") or word.lstrip("vV,")[:1].isdigit())


def usage(command: Command, *, several: bool = True) -> str:
    """How the command is typed: `/supported [version] [project]`; `several`: there are several projects to name."""
    parameters = [p for p in command.parameters if several or p.kind is not Kind.PROJECT]
    parts = [p.name if p.required else f"[{p.name}]" for p in parameters]
    return " ".join([f"/{command.name}", *parts])
