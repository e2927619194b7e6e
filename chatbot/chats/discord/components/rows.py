"""The rows below a message: a menu in each of the first, then buttons, five in a row; what does not fit is left out."""

from collections.abc import Iterable
from typing import Any

from chatbot.chats.discord.components.carried import BUTTON, BUTTONS, SELECT, choice_id, custom_id
from chatbot.chats.discord.escaping import plainly
from chatbot.core.model.message import Action, Link, Menu, Message, Option

JSON = dict[str, Any]

# https://discord.com/developers/docs/components/reference
ROW = 1
MAX_ROWS = 5
BUTTONS_IN_ROW = 5
MAX_BUTTON_LABEL = 80
MAX_BUTTON_URL = 512
MAX_OPTIONS = 25
MAX_OPTION = 100
MAX_PLACEHOLDER = 150
_LINK, _PLAIN = 5, 2


def rows(message: Message) -> list[JSON]:
    """Menus first, as the message has them, then links and what can be asked.

    Where there is not room for all, links are left out first, the last one first; then menus, of which a row always remains
    for buttons; then buttons, the last one first.
    """
    pressed = {button["custom_id"]: button for button in map(_action, _pressable(message.actions))}
    menus = {menu["custom_id"]: menu for menu in map(_menu, message.menus) if menu}
    chosen = list(menus.values())[: MAX_ROWS - bool(pressed)]
    room = (MAX_ROWS - len(chosen)) * BUTTONS_IN_ROW
    to_press = list(pressed.values())[:room]
    links = [_link(link) for link in message.links if len(link.url) <= MAX_BUTTON_URL][: room - len(to_press)]
    buttons = [*links, *to_press]
    lines = [buttons[n : n + BUTTONS_IN_ROW] for n in range(0, len(buttons), BUTTONS_IN_ROW)]
    return [_row([menu]) for menu in chosen] + [_row(line) for line in lines]


def with_row(components: list[JSON], item: JSON) -> list[JSON]:
    """One more row with this in it, in place of the last one where there is no room."""
    return [*components[: MAX_ROWS - 1], _row([item])]


def _pressable(actions: Iterable[Action]) -> Iterable[Action]:
    return (action for action in actions if action.name in BUTTONS)


def _row(items: list[JSON]) -> JSON:
    return {"type": ROW, "components": items}


def _link(link: Link) -> JSON:
    return {"type": BUTTON, "style": _LINK, "label": plainly(link.text, MAX_BUTTON_LABEL), "url": link.url}


def _action(action: Action) -> JSON:
    label = plainly(action.label, MAX_BUTTON_LABEL)
    return {"type": BUTTON, "style": _PLAIN, "label": label, "custom_id": custom_id(action)}


def _menu(menu: Menu) -> JSON:
    """A menu; empty where nothing can be chosen, or it cannot be carried."""
    carried = choice_id(menu)
    options = {option.value: option for option in menu.options if 0 < len(option.value) <= MAX_OPTION}
    choices = list(options.values())[:MAX_OPTIONS]
    if not carried or not choices:
        return {}
    chosen = next((option.value for option in choices if option.chosen), None)
    return {
        "type": SELECT,
        "custom_id": carried,
        "placeholder": plainly(menu.title, MAX_PLACEHOLDER),
        "options": [_option(menu, option, chosen=option.value == chosen) for option in choices],
    }


def _option(menu: Menu, option: Option, *, chosen: bool) -> JSON:
    """The one that holds now is all that is seen of a closed menu, so it says what it is about."""
    if not chosen:
        return {"label": plainly(option.label, MAX_OPTION) or option.value, "value": option.value}
    titled = f"{menu.title}: {option.label}"
    label = titled if len(titled) <= MAX_OPTION else option.label
    return {"label": plainly(label, MAX_OPTION) or option.value, "value": option.value, "default": True}
