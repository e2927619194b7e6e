"""Every action that an answer or an announcement offers has its place in the list of what a button may carry."""

import ast
from pathlib import Path

import chatbot
from chatbot.chats.discord.carried import BUTTONS, FORMS
from chatbot.core.model.message import CHOOSE

PACKAGE = Path(chatbot.__file__).parent


def _offered() -> set[str]:
    """The names of all actions that are made anywhere in the package, read from its source."""
    calls = [
        node
        for path in PACKAGE.rglob("*.py")
        if "chats" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Action"
    ]
    return {ast.unparse(call.args[0]).strip("'") for call in calls}


def test_what_is_offered_can_be_pressed() -> None:
    assert {name for name in _offered() if name != "CHOOSE"} == BUTTONS
    assert CHOOSE not in BUTTONS


def test_a_form_belongs_to_a_button() -> None:
    assert set(FORMS) <= BUTTONS
