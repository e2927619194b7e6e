"""What buttons, menus and numbered answers stand for: the command of an action, once for all chats."""

from collections.abc import Mapping

from chatbot.core.model.message import Action, Menu

PING_HERE, DM_ME, ADOPT_ROLE = "ping-here", "dm-me", "adopt-role"  # buttons about the role of a line
_SUBJECT: Mapping[str, str] = {
    "upgraded": "version",
    "snooze": "id",
    "mute": "id",
    "unmute": "id",
    "unsubscribe": "version",
    PING_HERE: "version",
    DM_ME: "version",
    ADOPT_ROLE: "version",
    "approve": "id",
    "skip": "id",
    "add-note": "id",
    "schedule-anyway": "id",
}
"""Actions whose subject is an argument, and which one; the others only name where they stand."""

_IN_WORDS: Mapping[str, tuple[str, str]] = {
    "approve": ("announce now", ""),
    "skip": ("announce skip", ""),
    "add-note": ("announce note", ""),
    "schedule-anyway": ("announce schedule", "anyway:yes"),
}
"""Actions that stand behind buttons alone: the command that does the same where people type, and what is added to it."""

_ASKS: Mapping[str, tuple[str, ...]] = {
    "affected": ("version",),
    "subscribe": ("version",),
    "upgraded": ("version",),
    "add-note": ("text",),
}


def asks(action: Action) -> tuple[str, ...]:
    """The arguments that the action asks for before it is a command; () where nothing is missing: `upgraded` names its version,
    or asks which one it is."""
    given = _SUBJECT.get(action.name) if action.subject else None
    return tuple(name for name in _ASKS.get(action.name, ()) if name != given)


def arguments_of(action: Action) -> dict[str, str]:
    """The arguments of the command that the action is; those that it asks for come in addition."""
    project = {"project": action.project} if action.project else {}
    name = _SUBJECT.get(action.name)
    return project | ({name: action.subject} if name and action.subject else {})


def in_words(action: Action) -> tuple[str, str]:
    """The command to type for the action, and what is added to it."""
    return _IN_WORDS.get(action.name, (action.name, ""))


def choice_of(menu: Menu, value: str) -> dict[str, str]:
    """The arguments of the command that a menu is, once a value was chosen."""
    project = {"project": menu.project} if menu.project else {}
    return project | {"id": menu.subject, "value": value}
