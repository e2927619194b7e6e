"""Questions that cannot be answered, read or even refused: each is passed, once, and those behind it are answered."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.ports import Question
from chatbot.runtime.queries.answer import Answers
from chatbot.runtime.queries.inbox import NO_ANSWER, Inbox
from chatbot.sources.github.profile import forge_profile
from chatbot.store.database import wire
from chatbot.store.database.account_tables import inbox as rows
from chatbot.store.database.db import Store
from chatbot.store.database.tables import deliveries, messages
from chatbot.store.inbox import StoredSyncMemory, pending
from tests.runtime.readers import policy_reader

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROOM = "!room:hs.test"


def inbox_of(store: Store, now: datetime = NOW) -> Inbox:
    clock = lambda: now  # noqa: E731 - one line says it
    answers = Answers(
        store, lambda: (), lambda: (), policy_reader(clock), clock, lambda _project: forge_profile("https://github.com")
    )
    return Inbox(chat="matrix", store=store, answers=answers, clock=lambda: now)


def question(event: str, command: str = "help", place: str = ROOM) -> Question:
    ask = CommandRequest(
        command=command,
        asker=RoomAddress("matrix:@a:hs.test"),
        room=RoomAddress(f"matrix:{place}"),
        asked_at=NOW,
        key=event,
    )
    return Question(event=event, place=place, ask=ask)


async def answers_of(store: Store) -> dict[str, str]:
    """The title of what every question was answered."""
    async with store.reading() as tx:
        joined = sa.select(deliveries.c.reply_to, messages.c.body).join(
            messages, messages.c.digest == deliveries.c.message
        )
        return {row.reply_to: str(json.loads(row.body)["title"]) for row in await tx.rows(joined)}


async def test_a_question_that_fails_is_answered_so_and_stops_no_other(store: Store) -> None:
    questions = [question("$1"), question("$2", "\ud800"), question("$3")]
    await StoredSyncMemory(store, "matrix", "matrix").remember("t", questions, [])
    inbox = inbox_of(store)
    with capture_logs() as logs:
        await inbox.answer_all()
        await inbox.answer_all()
    assert await answers_of(store) == {"$1": "What you can ask me", "$2": NO_ANSWER.title, "$3": "What you can ask me"}
    assert [line["key"] for line in logs if line["log_level"] == "error"] == ["$2"]
    async with store.reading() as tx:
        assert await pending(tx, "matrix") == []


GOOD = wire.dumps(question("$bad").ask)
STORED = {
    "no JSON": "{",
    "a list": "[]",
    "nested deeply": "[" * 100_000,
    "nothing": "{}",
    "an unknown version": json.dumps({"place": ROOM, "thread": "", "ask": GOOD.replace('"v":1', '"v":99')}),
    "another kind": json.dumps({"place": ROOM, "thread": "", "ask": GOOD.replace('"ask"', '"message"')}),
    "no JSON within": json.dumps({"place": ROOM, "thread": "", "ask": "{"}),
    "a field of another type": json.dumps({"place": ROOM, "thread": "", "ask": GOOD.replace('"rights":[', '"rights":[[],')}),
    "no time": json.dumps({"place": ROOM, "thread": "", "ask": GOOD.replace("2026", "never")}),
    "a place that is a number": json.dumps({"place": 5, "thread": "", "ask": GOOD}),
    "a place that no store takes": json.dumps({"place": "\ud800", "thread": "", "ask": GOOD}),
    "a question that is a number": json.dumps({"place": ROOM, "thread": "", "ask": 5}),
}  # fmt: skip


@pytest.mark.parametrize("stored", STORED.values(), ids=STORED)
@pytest.mark.parametrize("late", [False, True])
async def test_a_stored_question_that_cannot_be_read_stops_no_other(store: Store, stored: str, late: bool) -> None:
    row = {"account": "matrix", "event": "$bad", "question": stored, "came_at": NOW}
    async with store.writing() as tx:
        await tx.run(sa.insert(rows).values(**row))
    await StoredSyncMemory(store, "matrix", "matrix").remember("t", [question("$good")], [])
    inbox = inbox_of(store, NOW + timedelta(minutes=20 if late else 1))
    await inbox.answer_all()
    answers = await answers_of(store)
    assert answers.keys() <= {"$bad", "$good"}
    assert ("$good" in answers) != late
    async with store.reading() as tx:
        assert await pending(tx, "matrix") == []


async def test_what_was_copied_with_invisible_characters_is_read_as_it_looks(store: Store) -> None:
    answers = inbox_of(store).answers
    ask = CommandRequest(
        command="help",
        arguments={"near": "\u200fsupported\u00a0\u2069"},
        asker=RoomAddress("discord:user:1"),
        asked_at=NOW,
    )
    plain = CommandRequest(
        command="help", arguments={"near": "supported"}, asker=RoomAddress("discord:user:1"), asked_at=NOW
    )
    assert await answers.answer(ask) == await answers.answer(plain)
