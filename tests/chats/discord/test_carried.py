"""Every action that an answer or an announcement offers has its place in the list of what a button may carry."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import chatbot
from chatbot.chats.discord.components.carried import (
    BUTTONS,
    FORMS,
    choice_id,
    custom_id,
    read_button,
    read_choice,
    read_menu,
)
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import CHOOSE, Action, Menu, Option
from chatbot.core.queries import actions
from chatbot.core.queries.actions import asks

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
    assert {getattr(actions, name, name) for name in _offered() if name != "CHOOSE"} == BUTTONS
    assert CHOOSE not in BUTTONS


def test_a_form_belongs_to_a_button() -> None:
    assert set(FORMS) <= BUTTONS


@pytest.mark.parametrize(
    ("action", "carried"),
    [
        (Action("upgraded", "", ProjectId("acme.mail"), "0.15.5"), "upgraded|acme.mail|0.15.5"),
        (Action("upgraded", "", ProjectId("p"), "1." + "2" * 99), "upgraded|p|"),  # too long: it asks for the version
        (Action("mute", "", ProjectId("x" * 64), "GHSA-2222-3333-4444"), f"mute|{'x' * 64}|GHSA-2222-3333-4444"),
    ],
)
def test_a_button_carries_its_subject(action: Action, carried: str) -> None:
    assert custom_id(action) == carried
    assert read_button(carried) == replace(action, subject=carried.rpartition("|")[2])


def test_only_a_button_without_a_version_asks_for_one() -> None:
    assert asks(Action("upgraded", "", ProjectId("p"), "")) == FORMS["upgraded"]
    assert not asks(Action("upgraded", "", ProjectId("p"), "1.2.3"))


@pytest.mark.parametrize(
    "forged",
    ["supported|p|1", "nothing|p|1", "mute|p|1", "pick|p|1", "choose|supported|version=1.0", "|p|1", "x" * 101],
)
def test_only_commands_of_menus_are_chosen_from_menus(forged: str) -> None:
    assert read_choice(forged) is None


def test_a_menu_of_a_project_is_none_of_a_card() -> None:
    assert read_menu("choose-scope|p|1") is None


@pytest.mark.parametrize("name", ["choose-scope", "choose-releases", "choose-end"])
def test_a_menu_carries_what_it_is_about(name: str) -> None:
    menu = Menu(name=name, title="Releases", project=ProjectId("p"), subject="7", options=(Option("now", "now"),))
    assert read_choice(choice_id(menu)) == replace(menu, title="", options=())
    assert read_choice(f"{name}|p q|7") is None
    assert read_choice(f"{name}|p|\N{RIGHT-TO-LEFT OVERRIDE}") is None
    assert choice_id(replace(menu, subject="x" * 100)) == ""
