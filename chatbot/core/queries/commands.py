"""What may be asked: names, parameters and who may, in one table for all chats; and how a typed line is read."""

import difflib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chatbot.core.text.visible import printable

LONGEST_LINE = 300  # characters; more is no question


class Right(StrEnum):
    """Who may ask. Everybody has EVERYONE; the others are proved by the chat or the configuration at the moment of the call."""

    EVERYONE = "everyone"
    ROOM_ADMIN = "room_admin"  # manages the room: Discord's Manage Channels, Matrix's level for state
    MODERATOR = "moderator"  # may delete others' messages there
    MAINTAINER = "maintainer"  # is listed in the project's `maintainers`


class Kind(StrEnum):
    """What a parameter holds; chats complete versions, lines, advisories, projects and sections as one types."""

    VERSION = "version"
    LINE = "line"
    ADVISORY = "advisory"
    SECTION = "section"
    SEVERITY = "severity"
    DATE = "date"
    SUBJECT = "subject"
    PROJECT = "project"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    about: str
    kind: Kind
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """`private`: the answer is for the asker alone wherever the chat can do that."""

    name: str
    about: str
    parameters: tuple[Parameter, ...] = ()
    right: Right = Right.EVERYONE
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest:
    """A question as a chat hands it over.

    `asker` is who asks (`discord:user:1`, `matrix:@alice:example.org`, `console:user`); `also` are further ids that count
    for rights (`discord:role:2`). `room` is the address asked in, empty in a direct chat. `rights` are those the chat
    proved at this moment. `stranger`: asked where nobody's standing counts, such as a group of other people's: the configuration
    gives no rights there. `key` is the same for a repeat of the same question (interaction id, event id).
    `about` is the address of the person whom the question is about: the chat itself has looked that person up in the room that
    was asked in. It never comes from what somebody typed, pressed or filled in.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    asker: str
    also: tuple[str, ...] = ()
    room: str = ""
    rights: frozenset[Right] = frozenset({Right.EVERYONE})
    stranger: bool = False
    about: str = ""
    asked_at: datetime
    key: str = ""


@dataclass(frozen=True, slots=True)
class CommandError:
    """A line that is no command of ours: `reason` is for the asker, `near` the name it is one edit from."""

    reason: str
    near: str = ""


_TAKES_THE_REST = frozenset({Kind.SECTION, Kind.WORDS})  # all words that follow, however many; a project is then named
_VERSION = Parameter("version", "the version you run, such as 0.11 or 0.11.5", Kind.VERSION)
_PROJECT = Parameter("project", "which project, where there are several", Kind.PROJECT, required=False)

COMMANDS: tuple[Command, ...] = (
    Command(
        "supported",
        "Does my version still get security fixes?",
        (Parameter("version", "the version you run; all lines without one", Kind.VERSION, required=False), _PROJECT),
    ),
    Command(
        "latest",
        "The newest release, overall or of a line",
        (Parameter("line", "a line such as 0.11", Kind.LINE, required=False), _PROJECT),
    ),
    Command("affected", "Which published advisories affect my version?", (_VERSION, _PROJECT)),
    Command("upgrade", "What lies between my version and the newest", (_VERSION, _PROJECT)),
    Command("advisory", "What an advisory says", (Parameter("id", "its GHSA or CVE number", Kind.ADVISORY), _PROJECT)),
    Command(
        "advisories",
        "The published advisories, the newest first",
        (
            Parameter(
                "severity",
                "from this severity on",
                Kind.SEVERITY,
                required=False,
                choices=("critical", "high", "medium", "low"),
            ),
            Parameter("since", "since this day, such as 2026-01-31", Kind.DATE, required=False),
            _PROJECT,
        ),
    ),
    Command("credits", "Who reported what: the published credits", (_PROJECT,)),
    Command(
        "policy",
        "What the security policy says, by section",
        (
            Parameter("section", "a heading of the page; the list of them without one", Kind.SECTION, required=False),
            _PROJECT,
        ),
    ),
    Command("report", "How to report a vulnerability responsibly, or a bug", (_PROJECT,), private=True),
    Command("template", "An empty report to copy, and to fill in outside of the chat", (_PROJECT,), private=True),
    Command(
        "redirect",
        "Send somebody who wrote of a vulnerability in public the private way to report it",
        (Parameter("author", "whose message it is", Kind.WORDS), _PROJECT),
        Right.MODERATOR,
        private=True,
    ),
    Command(
        "why",
        "Why something was announced here, or was not",
        (Parameter("id", "a tag, a version or an advisory's id", Kind.SUBJECT), _PROJECT),
    ),
    Command("status", "What the bot watches, and how fresh its knowledge is", (_PROJECT,)),
    Command("help", "What can be asked"),
)


def find(name: str) -> Command | None:
    """The command of that name, or None."""
    return next((command for command in COMMANDS if command.name == name.lower()), None)


def read_line(line: str) -> tuple[Command, dict[str, str]] | CommandError:
    """Read `supported 0.11` or `supported version:0.11 project:x`, with or without a leading `/` or `!`.

    Words fill the parameters in their order; `name:value` names one; a section or free words take all
    the rest.
    """
    if len(line) > LONGEST_LINE:
        return CommandError(f"That is longer than {LONGEST_LINE} characters. Try /help.")
    words = _split(printable(line).strip().lstrip("/!"))
    if not words:
        return CommandError("Nothing was asked. Try /help.")
    command = find(words[0])
    if command is None:
        near = difflib.get_close_matches(words[0].lower(), [each.name for each in COMMANDS], n=1, cutoff=0.75)
        hint = f" Did you mean /{near[0]}?" if near else " Try /help."
        return CommandError(f"I do not know /{words[0][:32]}.{hint}", near[0] if near else "")
    return _fill(command, words[1:])


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line, posix=True)
    except ValueError:  # an unpaired quote is just a character
        return line.split()


def _fill(command: Command, words: list[str]) -> tuple[Command, dict[str, str]] | CommandError:
    arguments: dict[str, str] = {}
    by_name = {parameter.name: parameter for parameter in command.parameters}
    for word in words:
        name, separator, value = word.partition(":")
        if separator and name.lower() in by_name and value:
            arguments[name.lower()] = value
            continue
        waiting = next((p for p in command.parameters if p.name not in arguments or p.kind in _TAKES_THE_REST), None)
        if waiting is None:
            return CommandError(f"I do not know what to do with “{word[:32]}”. It is {usage(command)}")
        before = arguments.get(waiting.name, "")
        arguments[waiting.name] = f"{before} {word}".strip()
    missing = [p.name for p in command.parameters if p.required and p.name not in arguments]
    if missing:
        return CommandError(f"Which {missing[0]}? It is {usage(command)}")
    return command, arguments


def usage(command: Command) -> str:
    """How the command is typed: `/supported [version] [project]`."""
    parts = [p.name if p.required else f"[{p.name}]" for p in command.parameters]
    return " ".join([f"/{command.name}", *parts])
