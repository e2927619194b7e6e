"""Questions typed at the terminal, and answers shown there."""

import pytest

from chatbot.core.checks.result import RoomToCheck, attention
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Action, Menu, Message, Option, Tone
from chatbot.core.queries.commands import Right
from chatbot.ports import DirectMessages
from tests.chats.console.stage import ConsoleStage
from tests.core.make import START


async def test_typed_questions_are_answered_until_the_lines_end() -> None:
    stage = ConsoleStage("/supported 0.11", "   ", "latest")
    await stage.chat.run()
    assert [(ask.command, ask.arguments) for ask in stage.answers.requests] == [
        ("supported", {"version": "0.11"}),
        ("latest", {}),
    ]
    assert len(await stage.texts()) == 2
    assert "answer to latest" in (await stage.texts())[1]


async def test_the_person_at_the_terminal_has_all_rights_in_its_room() -> None:
    stage = ConsoleStage("help")
    await stage.chat.run()
    (ask,) = stage.answers.requests
    assert (ask.asker, ask.room, ask.rights, ask.asked_at) == ("console:user", "console", frozenset(Right), START)


@pytest.mark.parametrize("line", ["brew coffee", "affected", "x" * 10_000])
async def test_what_is_no_question_gets_the_reason(line: str) -> None:
    """The answerer says it, with an example that the project really has."""
    stage = ConsoleStage(line)
    await stage.chat.run()
    (request,) = stage.answers.requests
    assert request.command == "help"
    assert request.arguments["reason"]


@pytest.mark.parametrize(("rooms", "wrong"), [([], 0), (["console"], 0), (["console", "console:2"], 1)])
async def test_a_terminal_has_one_room(rooms: list[str], wrong: int) -> None:
    results = await ConsoleStage().chat.check([RoomToCheck(address=RoomAddress(each)) for each in rooms])
    assert (len(results), len(attention(results))) == (len(rooms), wrong)


@pytest.mark.parametrize("panels", [True, False])
def test_what_happens_to_a_message_is_stated_above_it(panels: bool) -> None:
    stage = ConsoleStage(panels=panels)
    stage.chat.show(Message(title="News", tone=Tone.ROUTINE), heading="edited")
    text = stage.output.getvalue()
    assert text.index("edited") < text.index("News")


CARD = Message(
    title="You get alerts",
    tone=Tone.GOOD,
    menus=(
        Menu(
            name="choose-releases",
            title="Releases",
            project=ProjectId("mail"),
            subject="7",
            options=(Option("now", "At once"), Option("never", "Never", chosen=True)),
        ),
    ),
    actions=(Action("unsubscribe", "Unsubscribe", ProjectId("mail"), "#7"),),
)


@pytest.mark.parametrize(
    ("line", "command", "arguments"),
    [
        ("1", "choose-releases", {"project": "mail", "id": "7", "value": "now"}),
        (" 2 ", "choose-releases", {"project": "mail", "id": "7", "value": "never"}),
        ("3", "unsubscribe", {"project": "mail", "version": "#7"}),
    ],
)
async def test_a_number_chooses_what_the_last_card_offers(line: str, command: str, arguments: dict[str, str]) -> None:
    stage = ConsoleStage(panels=False)
    stage.chat.show(CARD)
    stage.chat.show(Message(title="News", tone=Tone.ROUTINE))
    await stage.chat.ask(line)
    (request,) = stage.answers.requests
    assert (request.command, request.arguments, request.dm) == (command, arguments, "console")
    assert "Releases:\n1  At once\n2* Never\n3  Unsubscribe" in stage.output.getvalue()


async def test_a_number_that_nothing_offers_is_no_command() -> None:
    stage = ConsoleStage()
    stage.chat.show(CARD)
    await stage.chat.ask("4")
    assert [request.command for request in stage.answers.requests] == ["help"]


@pytest.mark.parametrize("panels", [True, False])
async def test_the_terminal_is_the_dm_of_who_sits_there(panels: bool) -> None:
    stage = ConsoleStage(panels=panels)
    assert await stage.chat.greet(RoomAddress("console:user"), CARD, "key") == "console"
    assert "You get alerts" in stage.output.getvalue()
    assert isinstance(stage.chat, DirectMessages)
