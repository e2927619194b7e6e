"""Numbers as answers: what is shown with a number is what the number means."""

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import CHOOSE, Action, Menu, Message, Option, Tone
from chatbot.core.queries.numbered import MOST, choices, has_number, number_in

MAIL = ProjectId("mail")
MENU = Menu(
    name="pick",
    title="Releases of 2.1",
    project=MAIL,
    subject="7",
    options=(Option("now", "Now"), Option("never", "Never", chosen=True)),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        (" 2 ", 2),
        ("2️⃣", 2),
        ("2⃣", 2),
        ("🔟", 10),
        ("20", 20),
        ("٢", 2),
        ("0", None),
        ("21", None),
        ("", None),
        ("2.1", None),
        ("-2", None),
        ("²", None),
        ("two", None),
        ("👍", None),
        ("2" * 5000, None),
    ],
)
def test_a_number_is_read_as_it_is_typed_or_reacted_with(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_the_options_of_a_menu_come_first_after_its_title_and_then_buttons() -> None:
    message = Message(title="t", tone=Tone.ANSWER, actions=(Action("status", "How are you?", MAIL, ""),), menus=(MENU,))
    assert [
        (each.label, each.command, dict(each.arguments), each.chosen, each.heading) for each in choices(message)
    ] == [
        ("Now", "pick", {"project": "mail", "id": "7", "value": "now"}, False, "Releases of 2.1"),
        ("Never", "pick", {"project": "mail", "id": "7", "value": "never"}, True, ""),
        ("How are you?", "status", {"project": "mail"}, False, ""),
    ]


def test_what_asks_for_something_or_is_no_command_has_no_number() -> None:
    assert not has_number(Action("affected", "Am I affected?", MAIL, ""))
    assert not has_number(Action(CHOOSE, "mail", MAIL, ""))


def test_a_flood_of_options_is_cut() -> None:
    many = tuple(Option(str(number), str(number)) for number in range(100))
    menu = Menu(name="pick", title="t", project=MAIL, subject="1", options=many)
    assert len(choices(Message(title="t", tone=Tone.ANSWER, menus=(menu, menu)))) == MOST
