"""A number means what the last message in the DM offered under it, or the message that it was put to."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Action, Menu, Message, Option, Tone
from chatbot.core.queries.commands import CommandRequest
from chatbot.runtime.queries.picking import picked
from chatbot.store import outbox
from chatbot.store.database.db import Store, open_store

MAIL = ProjectId("mail")
NOW = datetime(2026, 11, 28, tzinfo=UTC)
DM = RoomAddress("matrix:dm:!a:example.org")
OFFER = Message(
    title="offer",
    tone=Tone.ANSWER,
    actions=(Action("status", "Is all well?", MAIL, ""),),
    menus=(Menu(name="pick", title="t", project=MAIL, subject="7", options=(Option("now", "Now"),)),),
)
OLDER = Message(title="older", tone=Tone.ANSWER, actions=(Action("report", "How do I report?", MAIL, ""),))


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("sqlite://") as in_memory:
        yield in_memory


async def post(store: Store, *messages: Message) -> None:
    async with store.writing() as tx:
        for number, message in enumerate(messages):
            await outbox.add_answer(tx, DM, "", message, f"key{number}", NOW)
        for _ in messages:
            claimed = await outbox.claim(tx, "matrix", NOW, 9)
            await outbox.record_sent(
                tx, [(each, f"!a:example.org $event-{each.outgoing.message.title}") for each in claimed], NOW
            )


async def pick(store: Store, dm: RoomAddress = DM, /, **arguments: str) -> CommandRequest | Message:
    ask = CommandRequest(
        command="pick", arguments=arguments, asker=RoomAddress("matrix:@alice:example.org"), dm=dm, asked_at=NOW
    )
    async with store.reading() as tx:
        return await picked(tx, ask)


@pytest.mark.parametrize(
    ("arguments", "command", "meant"),
    [
        ({"number": "2"}, "status", {"project": "mail"}),
        ({"number": "1"}, "pick", {"project": "mail", "id": "7", "value": "now"}),
        ({"number": "1", "message": "!a:example.org $event-older"}, "report", {"project": "mail"}),
    ],
)
async def test_it_is_the_question_behind_the_number(
    store: Store, arguments: dict[str, str], command: str, meant: dict[str, str]
) -> None:
    await post(store, OLDER, OFFER, Message(title="talk", tone=Tone.ANSWER))
    request = await pick(store, **arguments)
    assert isinstance(request, CommandRequest)
    assert (request.command, dict(request.arguments), request.asker, request.dm) == (
        command,
        meant,
        "matrix:@alice:example.org",
        DM,
    )


async def test_a_number_that_means_nothing_is_answered_so(store: Store) -> None:
    nothing = await pick(store, number="1")
    assert isinstance(nothing, Message)
    assert nothing.title == "I don't know what that number answers"
    await post(store, OFFER)
    for number in ("3", "0", "x", ""):
        answer = await pick(store, number=number)
        assert isinstance(answer, Message)
        assert answer.title.startswith("There is no number")
    elsewhere = await pick(store, RoomAddress(""), number="1")
    assert isinstance(elsewhere, Message)
    foreign = await pick(
        store, RoomAddress("matrix:dm:!b:example.org"), number="1", message="!a:example.org $event-offer"
    )
    assert isinstance(foreign, Message)  # what was said in somebody else's DM offers nothing here


async def test_a_number_that_may_mean_two_messages_is_asked_about(store: Store) -> None:
    """The newer one is on its way, or was cut off: the person may see it, or still the older one."""
    await post(store, OLDER)
    async with store.writing() as tx:
        await outbox.add_answer(tx, DM, "", OFFER, "on its way", NOW)
    waiting = await pick(store, number="1")
    assert isinstance(waiting, CommandRequest)  # nobody can see it yet
    assert waiting.command == "report"
    async with store.writing() as tx:
        (attempt,) = await outbox.claim(tx, "matrix", NOW, 9)
    for doubtful in (False, True):
        answer = await pick(store, number="1")
        assert isinstance(answer, Message)
        assert answer.title == "I can't tell which message that number answers"
        older = await pick(store, number="1", message="!a:example.org $event-older")
        assert isinstance(older, CommandRequest)
        if not doubtful:
            async with store.writing() as tx:
                await outbox.retry_at(tx, attempt, NOW, "cut off", doubtful=True)


async def test_a_number_that_was_sent_before_a_message_is_no_answer_to_it(store: Store) -> None:
    await post(store, OLDER, OFFER)
    async with store.reading() as tx:
        early = CommandRequest(
            command="pick",
            arguments={"number": "1"},
            asker=RoomAddress("matrix:@alice:example.org"),
            dm=DM,
            asked_at=NOW - timedelta(seconds=1),
        )
        answer = await picked(tx, early)
    assert isinstance(answer, Message)
    assert answer.title == "I can't tell which message that number answers"


async def test_the_only_message_is_meant_even_while_it_is_sent(store: Store) -> None:
    async with store.writing() as tx:
        await outbox.add_answer(tx, DM, "", OLDER, "on its way", NOW)
        await outbox.claim(tx, "matrix", NOW, 9)
    request = await pick(store, number="1")
    assert isinstance(request, CommandRequest)
    assert request.command == "report"
