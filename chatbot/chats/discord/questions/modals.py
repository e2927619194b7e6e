"""Dialogues that a button opens. Each asks for a version, or for a maintainer's note about what is published: details of a
vulnerability have no field."""

from collections.abc import Mapping
from typing import Any

import discord

from chatbot.chats.discord.components.carried import FORMS, custom_id
from chatbot.core.maintainers.word import LONGEST_NOTE
from chatbot.core.model.message import Action

# https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
MAX_TITLE = 45
MAX_PLACEHOLDER = 100
_LONGEST_VERSION = 64
_OPEN_SECONDS = 900  # as long as Discord keeps an interaction

_TITLES = {"affected": "Am I affected?", "subscribe": "Alert me", "upgraded": "I upgraded", "add-note": "Add a note"}
_QUESTIONS = {
    "upgraded": "Which version do you run now?",
    "add-note": "Your words, for everybody who reads it",
}
_LONGEST = {"text": LONGEST_NOTE}  # characters


def form(action: Action, example: str) -> discord.ui.Modal:
    """The dialogue of an action, with a version of the project as an example, "" where none is known. Its id carries the
    action, so that a restart in between does no harm."""
    modal = discord.ui.Modal(title=_TITLES[action.name][:MAX_TITLE], custom_id=custom_id(action), timeout=_OPEN_SECONDS)
    (name,) = FORMS[action.name]
    words: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.short if name == "version" else discord.TextStyle.paragraph,
        placeholder=(example[:MAX_PLACEHOLDER] or None) if name == "version" else None,
        min_length=1,
        max_length=_LONGEST.get(name, _LONGEST_VERSION),
        required=True,
    )
    modal.add_item(discord.ui.Label(text=_QUESTIONS.get(action.name, "Which version do you run?"), component=words))
    modal.stop()  # what is typed comes in as a plain interaction: the library need not remember each form that is opened
    return modal


def values(data: Mapping[str, Any], name: str) -> dict[str, str]:
    """What was typed into the form `name`, by its fields' ids; a field that the form does not have is left out."""
    rows = [row for row in data.get("components") or [] if isinstance(row, Mapping)]
    fields: list[Any] = [row.get("component") or next(iter(row.get("components") or []), {}) for row in rows]
    texts = {str(field.get("custom_id")): field.get("value") for field in fields if isinstance(field, Mapping)}
    return {key: value.strip() for key, value in texts.items() if key in FORMS[name] and isinstance(value, str)}
