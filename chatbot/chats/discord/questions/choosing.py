"""“Which project?” as a menu to choose from, which asks the same question again about the project that is chosen."""

from dataclasses import replace
from typing import Any

from chatbot.chats.discord.components.carried import SELECT, menu_id
from chatbot.chats.discord.components.rows import MAX_OPTION, MAX_OPTIONS
from chatbot.chats.discord.escaping import plainly
from chatbot.core.model.message import CHOOSE, Code, Message, paragraph
from chatbot.core.queries.commands import CommandRequest

JSON = dict[str, Any]

_CHOOSE = paragraph("Choose one below.")


def with_menu(ask: CommandRequest, message: Message) -> tuple[Message, JSON | None]:
    """The message as it stands above its menu, and the menu; None where nothing is to be chosen, or the question does not fit.

    The lines that other chats offer for sending are left out: on Discord a command is not sent as a line.
    """
    choices = [action for action in message.actions if action.name == CHOOSE]
    if not choices:
        return message, None
    carried = menu_id(ask)
    reason = message.body[:1] if ask.arguments.get("project") else ()
    if not carried:
        names = ", ".join(action.project for action in choices[:MAX_OPTIONS])
        again = paragraph("Ask again with the option ", Code("project"), f": {names}.")
        return replace(message, body=(*reason, again)), None
    options = [
        {"label": plainly(action.label, MAX_OPTION), "value": action.project} for action in choices[:MAX_OPTIONS]
    ]
    menu: JSON = {"type": SELECT, "custom_id": carried, "placeholder": "Project", "options": options}
    others = ", ".join(action.project for action in choices[MAX_OPTIONS : 2 * MAX_OPTIONS])
    more = (paragraph("Or ask again with the option ", Code("project"), f": {others}."),) if others else ()
    return replace(message, body=(*reason, _CHOOSE, *more)), menu
