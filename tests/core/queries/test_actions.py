"""A button, a menu and a numbered answer are commands: the same one on every chat."""

import pytest

from chatbot.core.model.ids import NO_PROJECT, ProjectId
from chatbot.core.model.message import Action, Menu
from chatbot.core.queries.actions import arguments_of, asks, choice_of

MAIL = ProjectId("mail")


@pytest.mark.parametrize(
    ("name", "subject", "arguments", "missing"),
    [
        ("affected", "advisory/mail/GHSA-aaaa-bbbb-cccc", {}, ("version",)),
        ("subscribe", "advisory/mail/GHSA-aaaa-bbbb-cccc", {}, ("version",)),
        ("upgraded", "0.15.5", {"version": "0.15.5"}, ()),
        ("upgraded", "", {}, ("version",)),
        ("snooze", "GHSA-aaaa-bbbb-cccc", {"id": "GHSA-aaaa-bbbb-cccc"}, ()),
        ("mute", "GHSA-aaaa-bbbb-cccc", {"id": "GHSA-aaaa-bbbb-cccc"}, ()),
        ("unmute", "GHSA-aaaa-bbbb-cccc", {"id": "GHSA-aaaa-bbbb-cccc"}, ()),
        ("unsubscribe", "0.15", {"version": "0.15"}, ()),
        ("unsubscribe", "", {}, ()),
        ("template", "report", {}, ()),
    ],
)
def test_an_action_is_a_command(name: str, subject: str, arguments: dict[str, str], missing: tuple[str, ...]) -> None:
    action = Action(name, "Press me", MAIL, subject)
    assert arguments_of(action) == {"project": "mail"} | arguments
    assert asks(action) == missing


def test_an_action_about_no_project_names_none() -> None:
    assert arguments_of(Action("upgraded", "Yes", NO_PROJECT, "1.0")) == {"version": "1.0"}


def test_a_choice_is_a_command() -> None:
    menu = Menu(name="choose-scope", title="Alerts for", project=MAIL, subject="17", options=())
    assert choice_of(menu, "line:0.15") == {"project": "mail", "id": "17", "value": "line:0.15"}
    assert choice_of(Menu(name="x", title="x", project=NO_PROJECT, subject="1", options=()), "2") == {
        "id": "1",
        "value": "2",
    }
