"""Questions typed at the terminal, and answers shown there."""

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import Right
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


async def test_who_sits_at_the_terminal_has_all_rights_in_its_room() -> None:
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
    assert len(await ConsoleStage().chat.check(dict.fromkeys(map(RoomAddress, rooms)))) == wrong


@pytest.mark.parametrize("panels", [True, False])
def test_what_happens_to_a_message_is_said_above_it(panels: bool) -> None:
    stage = ConsoleStage(panels=panels)
    stage.chat.show(Message(title="News", tone=Tone.ROUTINE), heading="edited")
    text = stage.output.getvalue()
    assert text.index("edited") < text.index("News")
