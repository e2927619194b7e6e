"""Whom the bot writes to on a moderator's word: a person whom the chat itself has looked up, and once a day at most."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.runtime.queries.answer import Answers
from chatbot.sources.github.profile import forge_profile
from chatbot.store.database.db import Store
from chatbot.store.database.tables import deliveries
from tests.runtime.readers import policy_reader

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FERRY = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry")
ASK = CommandRequest(
    command="redirect",
    asker=RoomAddress("matrix:@mod:hs.test"),
    room=RoomAddress("matrix:!room:hs.test"),
    rights=frozenset({Right.EVERYONE, Right.MODERATOR}),
    asked_at=NOW,
    key="$1",
)


async def written_to(store: Store, *asks: CommandRequest) -> list[str]:
    answers = Answers(
        store,
        lambda: (FERRY,),
        lambda: (),
        policy_reader(lambda: NOW),
        lambda: NOW,
        lambda _project: forge_profile("https://github.com"),
    )
    for ask in asks:
        await answers.answer(ask)
    async with store.reading() as tx:
        return [row.room for row in await tx.rows(sa.select(deliveries.c.room).order_by(deliveries.c.room))]


@pytest.mark.parametrize("command", ["redirect", "Redirect", "REDIRECT"])
@pytest.mark.parametrize(
    "author",
    [
        "matrix:@victim:hs.test",
        "@victim:hs.test",
        "!room:hs.test",
        "#public:hs.test",
        "discord:user:1",
        "discord:1234",
        "user:1",
        "console:user",
    ],
)
async def test_an_argument_names_nobody(store: Store, command: str, author: str) -> None:
    request = replace(ASK, command=command, arguments={"author": author, "target": author, "message": author})
    assert await written_to(store, request) == []


@pytest.mark.parametrize(
    "target",
    ["matrix:!room:hs.test", "matrix:#x:hs.test", "discord:user:1", "matrix:", "", "matrix:@a b:hs", "discord:1"],
)
async def test_a_room_and_another_chat_is_no_person_here(store: Store, target: RoomAddress) -> None:
    assert await written_to(store, replace(ASK, target=target)) == []


async def test_a_person_who_is_no_moderator_reaches_nobody(store: Store) -> None:
    assert (
        await written_to(
            store, replace(ASK, target=RoomAddress("matrix:@eve:hs.test"), rights=frozenset({Right.EVERYONE}))
        )
        == []
    )


async def test_one_person_is_written_to_once_a_day(store: Store) -> None:
    eve, ann = (
        replace(ASK, target=RoomAddress("matrix:@eve:hs.test")),
        replace(ASK, target=RoomAddress("matrix:@ann:hs.test"), key="$2"),
    )
    again, later = replace(eve, key="$3"), replace(eve, key="$4", asked_at=NOW + timedelta(days=1))
    assert await written_to(store, eve, again, again, ann, later) == [ann.target, eve.target, eve.target]
