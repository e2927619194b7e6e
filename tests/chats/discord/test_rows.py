"""The rows below a message: what is left out where there is no room, and that Discord takes whatever they are made of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.chats.discord.components.rows import rows, with_row
from chatbot.chats.discord.components.view import view
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Action, Link, Menu, Message, Option, Tone
from tests.standins.discord import Recorded
from tests.standins.discord.rules import complaints

ON_OFF = (Option("on", "On", chosen=True), Option("off", "Off"))


def menu(name: str, options: tuple[Option, ...] = ON_OFF) -> Menu:
    return Menu(name=name, title=f"Title of {name}", project=ProjectId("p"), subject="7", options=options)


def message(menus: int = 0, actions: int = 0, links: int = 0) -> Message:
    return Message(
        title="A card",
        tone=Tone.ANSWER,
        menus=tuple(menu(f"choose-{n}") for n in range(menus)),
        actions=tuple(Action("mute", f"Mute {n}", ProjectId("p"), str(n)) for n in range(actions)),
        links=tuple(Link(f"Link {n}", f"https://example.org/{n}") for n in range(links)),
    )


def labels(of: Message) -> list[list[str]]:
    """What stands in each row."""
    return [[each.get("label", each.get("placeholder", "")) for each in row["components"]] for row in rows(of)]


def test_a_card_has_its_menus_above_its_buttons() -> None:
    assert labels(message(menus=2, actions=2, links=1)) == [
        ["Title of choose-0"],
        ["Title of choose-1"],
        ["Link 0", "Mute 0", "Mute 1"],
    ]


@pytest.mark.parametrize(
    ("menus", "actions", "links", "expected"),
    [
        (0, 6, 2, (0, 6, 2)),
        (0, 20, 10, (0, 20, 5)),  # links first
        (4, 5, 1, (4, 5, 0)),
        (6, 3, 1, (4, 3, 1)),  # then menus, of which a row remains for buttons
        (6, 0, 1, (5, 0, 0)),
        (6, 8, 0, (4, 5, 0)),  # then buttons
        (2, 20, 0, (2, 15, 0)),
    ],
)
def test_what_does_not_fit_is_left_out_in_this_order(
    menus: int, actions: int, links: int, expected: tuple[int, int, int]
) -> None:
    names = [name for row in labels(message(menus, actions, links)) for name in row]
    assert tuple(sum(name.startswith(kind) for name in names) for kind in ("Title", "Mute", "Link")) == expected


def test_what_holds_now_says_what_it_is_about() -> None:
    """A closed menu shows the chosen option and nothing else."""
    ((row,),) = [row["components"] for row in rows(message(menus=1))]
    assert row["options"] == [
        {"label": "Title of choose-0: On", "value": "on", "default": True},
        {"label": "Off", "value": "off"},
    ]


@pytest.mark.parametrize(
    "options",
    [
        (),
        (Option("", "nothing"),),
        (Option("x" * 101, "too long"),),
    ],
)
def test_a_menu_from_which_nothing_can_be_chosen_is_left_out(options: tuple[Option, ...]) -> None:
    card = Message(title="A card", tone=Tone.ANSWER, menus=(menu("choose-a", options),))
    assert rows(card) == []


def test_one_more_row_takes_the_place_of_the_last() -> None:
    more: dict[str, Any] = {"type": 3}
    assert len(with_row(rows(message(links=25)), more)) == 5
    assert with_row([], more) == [{"type": 1, "components": [more]}]


words = st.text(max_size=120)
options = st.builds(Option, words, words, st.booleans())
menus = st.builds(
    Menu,
    name=st.sampled_from(("choose-a", "choose-b", "choose-c", "choose-d", "choose-e", "choose-f")),
    title=words,
    project=st.just(ProjectId("p")),
    subject=words,
    options=st.lists(options, max_size=40).map(tuple),
)
actions = st.builds(
    Action,
    st.sampled_from(("mute", "upgraded", "snooze", "nothing")),
    words,
    st.sampled_from((ProjectId("p"), ProjectId("q"))),
    words,
)


@given(st.lists(menus, max_size=7), st.lists(actions, max_size=30), st.integers(0, 30))
def test_discord_takes_whatever_rows_are_made(card: list[Menu], buttons: list[Action], links: int) -> None:
    components = rows(
        Message(
            title="A card",
            tone=Tone.ANSWER,
            menus=tuple(card),
            actions=tuple(buttons),
            links=tuple(Link(f"Link {n}", f"https://example.org/{n}") for n in range(links)),
        )
    )
    body = {"content": "A card", "components": components}
    request = Recorded(method="POST", path="/channels/1/messages", body=body, content_type="application/json")
    assert complaints(request) == []


async def test_the_library_sends_the_rows_as_they_are() -> None:
    components = rows(message(menus=2, actions=6, links=1))
    made_by_library = view({"components": components})
    assert made_by_library is not None
    payload = made_by_library.to_components()
    assert [[each["custom_id"] for each in row["components"] if "custom_id" in each] for row in payload] == [
        [each["custom_id"] for each in row["components"] if "custom_id" in each] for row in components
    ]
    defaults = [[bool(o.get("default")) for o in row["components"][0]["options"]] for row in payload[:2]]
    assert defaults == [[True, False], [True, False]]
