"""`my-data` shows all that is stored of the asker and of nobody else; `forget-me` deletes it; the lost are forgotten unasked."""

from datetime import timedelta

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.runtime.subscriptions.privacy import UNREACHABLE, forget_lost
from chatbot.store.subscriptions import people
from tests.core.make import lines_of
from tests.looks import windlass as w
from tests.runtime.subscriptions.stage import ANN, BEN, OLA, ROOM, Stage, dm_of


def text(message: Message) -> str:
    return "\n".join(lines_of(message))


async def test_a_person_who_never_subscribed_is_not_stored(stage: Stage) -> None:
    for line in ("my-data", "forget-me"):
        answer = await stage.type(line)
        assert answer.title == "I store nothing about you"
    assert await stage.person() is None


async def test_the_asker_sees_what_is_theirs_and_nobody_elses(stage: Stage) -> None:
    await stage.type("subscribe 4.1.8")
    await stage.type("subscribe 4.2", BEN)
    await stage.type(f"mute {w.CRITICAL.id}")
    await stage.type(f"mute {w.HIGH.id}")
    answer = await stage.type("my-data")
    words = text(answer)
    assert answer.title == "This is all that I store about you"
    assert answer.private
    for part in (ANN, dm_of(ANN), "Windlass 4.1.x", w.CRITICAL.id, w.HIGH.id, "/forget-me"):
        assert part in words
    assert "4.2.x" not in words
    assert BEN not in words
    assert [action.name for action in answer.actions] == ["forget-me"]


async def test_forgotten_is_forgotten_at_once(stage: Stage) -> None:
    await stage.type("subscribe 4.1.8")
    await stage.type("subscribe 4.2", BEN)
    answer = await stage.type("forget-me")
    assert answer.title == "I have forgotten you"
    assert await stage.person() is None
    assert await stage.own() == []
    assert (await stage.type("my-data")).title == "I store nothing about you"
    assert len(await stage.own(BEN)) == 1
    await stage.type("subscribe 4.1")
    assert len(await stage.own()) == 1  # who comes back is welcome


@pytest.mark.parametrize("why", ["this person does not accept DMs from the bot"])
async def test_a_person_who_cannot_be_reached_may_still_be_forgotten(stage: Stage, why: str) -> None:
    await stage.type("subscribe 4.1.8")
    await stage.suspend(why)
    before = stage.dms["discord"].attempts
    assert (await stage.type("forget-me")).title == "I have forgotten you"
    assert stage.dms["discord"].attempts == before  # nobody is written to who wants to be forgotten
    assert await stage.person() is None


async def test_in_a_room_where_others_read_along_it_is_not_shown(stage: Stage) -> None:
    answer = await stage.type("my-data", OLA, room=ROOM)
    assert answer.title == "I show that in a DM only"
    await stage.type("subscribe 4.1", OLA, dm=True)
    assert "Windlass 4.1.x" in text(await stage.type("my-data", OLA, dm=True))
    assert (await stage.type("my-data", OLA, room=ROOM)).private  # it goes to the DM that is there


@pytest.mark.parametrize(("days", "is_left"), [(89, True), (91, False)])
async def test_whom_nobody_could_reach_for_ninety_days_is_forgotten(stage: Stage, days: int, *, is_left: bool) -> None:
    await stage.type("subscribe 4.1.8")
    await stage.type("subscribe 4.1.8", BEN)
    async with stage.store.writing() as tx:
        await people.lost(tx, dm_of(ANN), stage.clock())
    stage.clock.advance(timedelta(days=days))
    assert await forget_lost(stage.store, stage.clock()) == (0 if is_left else 1)
    assert (await stage.person() is not None) is is_left
    assert await stage.person(BEN) is not None
    assert timedelta(days=90) == UNREACHABLE


async def test_nobody_reads_or_forgets_for_somebody_else(stage: Stage) -> None:
    """What was typed never says who is meant."""
    await stage.type("subscribe 4.1.8")
    for command in ("my-data", "forget-me"):
        answer = await stage.ask(
            command, {"person": ANN, "id": "1", "project": "windlass"}, RoomAddress("discord:user:9")
        )
        assert answer.title == "I store nothing about you"
    assert len(await stage.own()) == 1
