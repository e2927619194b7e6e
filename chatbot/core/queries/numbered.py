"""What can be answered with a number where a chat has no buttons: one numbering for what is shown and for what is meant."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from chatbot.core.model.message import Action, Message
from chatbot.core.queries.actions import arguments_of, asks, choice_of
from chatbot.core.queries.commands import find

MOST = 20  # numbers of one message
_KEYCAP = "\ufe0f\u20e3"  # what makes a digit a key: 1️⃣


@dataclass(frozen=True, slots=True)
class Choice:
    """What one number means.

    label: its words
    command, arguments: what it asks
    chosen: it holds now
    heading: the title of its menu, with the first of its options
    """

    label: str
    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    chosen: bool = False
    heading: str = ""


def choices(message: Message) -> tuple[Choice, ...]:
    """The choices of a message, in the order of their numbers from 1 on: the options of its menus, then its buttons, of which
    one may end something. A button that asks for something has no number: its line is typed."""
    numbered: list[Choice] = []
    for menu in message.menus:
        for place, option in enumerate(menu.options):
            heading = "" if place else menu.title
            numbered.append(Choice(option.label, menu.name, choice_of(menu, option.value), option.chosen, heading))
    numbered += [
        Choice(action.label, action.name, arguments_of(action)) for action in message.actions if has_number(action)
    ]
    return tuple(numbered[:MOST])


def has_number(action: Action) -> bool:
    """Whether a number is enough of an answer."""
    return find(action.name) is not None and not asks(action)


def number_in(text: str) -> int | None:
    """The number that somebody typed, or reacted with (`2`, `2️⃣`, `🔟`); None for any other text."""
    bare = text.strip().removesuffix(_KEYCAP).removesuffix("\u20e3")
    if bare == "🔟":
        return 10
    is_number = 0 < len(bare) <= 2 and all(unicodedata.category(each) == "Nd" for each in bare)
    number = int(bare) if is_number else 0
    return number if 1 <= number <= MOST else None
