"""What buttons, menus and forms carry through a restart: which names each kind may carry, and how they are written and read.

A custom id comes back from outside: whoever can send an interaction can send any text. So each kind of component has a list
of what it may carry, everything else is refused, and no custom id and no form ever says who is meant or what somebody may do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from chatbot.core.model.ids import NO_PROJECT, ProjectId
from chatbot.core.model.message import Action, Menu
from chatbot.core.queries.actions import ADOPT_ROLE, DM_ME, PING_HERE, asks
from chatbot.core.queries.commands import CommandRequest, find
from chatbot.core.text import patterns

# https://discord.com/developers/docs/components/reference
MAX_CUSTOM_ID = 100
BUTTON, SELECT = 2, 3

BUTTONS = frozenset(
    {
        *("affected", "template", "remove"),
        *("subscribe", "upgraded", "snooze", "mute", "unmute", "unsubscribe", "forget-me"),
        *(PING_HERE, DM_ME, ADOPT_ROLE),
        *("approve", "add-note", "skip", "schedule-anyway"),
    }
)
FORMS: Mapping[str, tuple[str, ...]] = {  # the form's action -> the fields that it has
    name: fields for name in sorted(BUTTONS) if (fields := asks(Action(name, "", NO_PROJECT, "")))
}
_MENU = "choose"
# What a menu keeps of a question that needs more than its parameters: the message, whose author is looked up when it is used.
_STORED: Mapping[str, tuple[str, ...]] = {"redirect": ("message",)}

_PROJECT = patterns.compile(r"[A-Za-z0-9._~-]{0,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A question that a menu completes with the project that is chosen.

    command: the name of a command of ours
    arguments: what the asker said, by parameter
    """

    command: str
    arguments: dict[str, str]


def custom_id(action: Action) -> str:
    """What a button or a form carries: `name|project|subject`; a subject too long to fit is left out."""
    whole = f"{action.name}|{action.project}|{action.subject}"
    return whole if len(whole) <= MAX_CUSTOM_ID else f"{action.name}|{action.project}|"[:MAX_CUSTOM_ID]


def read_button(text: str) -> Action | None:
    """The action of a button that was pressed; None for what no button of ours carries."""
    parts = _parts(text)
    return Action(parts[0], "", parts[1], parts[2]) if parts is not None and parts[0] in BUTTONS else None


def read_form(text: str) -> Action | None:
    """The action of a form that was submitted; None for what no form of ours carries."""
    parts = _parts(text)
    return Action(parts[0], "", parts[1], parts[2]) if parts is not None and parts[0] in FORMS else None


def choice_id(menu: Menu) -> str:
    """What a menu carries: `name|project|subject`. Empty where that does not fit."""
    whole = f"{menu.name}|{menu.project}|{menu.subject}"
    return whole if len(whole) <= MAX_CUSTOM_ID else ""


def read_choice(text: str) -> Menu | None:
    """The menu from which somebody chose, without its options; None for what no menu of ours carries."""
    parts = _parts(text)
    if parts is None or not _is_of_menu(parts[0]) or not parts[2].isprintable():
        return None
    return Menu(name=parts[0], title="", project=parts[1], subject=parts[2], options=())


def _is_of_menu(name: str) -> bool:
    """Whether a command stands behind a menu alone, and takes what was chosen."""
    command = find(name)
    return command is not None and command.hidden and any(each.name == "value" for each in command.parameters)


def _parts(text: str) -> tuple[str, ProjectId, str] | None:
    """A name, a project and a subject; None where it is not that."""
    parts = text.split("|", 2)
    if len(parts) != 3 or len(text) > MAX_CUSTOM_ID or not _PROJECT.fullmatch(parts[1]):
        return None
    return parts[0], ProjectId(parts[1]), parts[2]


def menu_id(ask: CommandRequest) -> str:
    """What a menu of projects carries: the question as it was asked. Empty where it does not fit."""
    arguments = {name: value for name in _parameters(ask.command) if (value := ask.arguments.get(name))}
    whole = f"{_MENU}|{ask.command}|{urlencode(arguments)}"
    return whole if len(whole) <= MAX_CUSTOM_ID else ""


def read_menu(text: str) -> Carried | None:
    """The question of a menu that was used; None for what no menu of ours carries."""
    parts = text.split("|")
    if len(parts) != 3 or len(text) > MAX_CUSTOM_ID or parts[0] != _MENU or find(parts[1]) is None:
        return None
    values = dict(parse_qsl(parts[2], max_num_fields=10))
    names = _parameters(parts[1])
    if not all(name in names and value.isprintable() for name, value in values.items()):
        return None
    return Carried(command=parts[1], arguments=values)


def _parameters(name: str) -> tuple[str, ...]:
    command = find(name)
    if command is None:
        return ()
    return _STORED.get(name, tuple(each.name for each in command.parameters if each.name != "project"))
