"""“Which project?” as a menu to choose from, which asks the same question again about the project that is chosen."""

from dataclasses import replace
from typing import Any

from chatbot.chats.discord.carried import SELECT, menu_id
from chatbot.chats.discord.escaping import plainly
from chatbot.core.model.message import CHOOSE, Message, paragraph
from chatbot.core.queries.commands import CommandRequest

JSON = dict[str, Any]

# https://discord.com/developers/docs/components/reference#string-select
MAX_OPTIONS = 25
MAX_OPTION_LABEL = 100
_CHOOSE = paragraph("Choose one below.")


def with_menu(ask: CommandRequest, message: Message) -> tuple[Message, JSON | None]:
    """The message as it stands above its menu, and the menu; None where nothing is to be chosen, or the question does not fit."""
    choices = [action for action in message.actions if action.name == CHOOSE]
    carried = menu_id(ask)
    if not choices or not carried:
        return message, None
    options = [
        {"label": plainly(action.label, MAX_OPTION_LABEL), "value": action.project} for action in choices[:MAX_OPTIONS]
    ]
    menu: JSON = {"type": SELECT, "custom_id": carried, "placeholder": "Project", "options": options}
    body = (_CHOOSE,) if len(choices) <= MAX_OPTIONS else (*message.body, _CHOOSE)
    return replace(message, body=body), {"type": 1, "components": [menu]}
