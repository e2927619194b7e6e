"""What waits for its time is let go when that time means nothing any more: after an outage, a restart, or a wrong clock."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId
from chatbot.store import outbox
from chatbot.store.database import tables
from chatbot.store.database.db import Store
from chatbot.store.outbox import backoff, deliveries
from tests.store.make import NOW, planned_message

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUICK, BUSY, OTHER = "discord:1", "discord:2", "matrix:!r:b"


async def waiting(store: Store) -> None:
    """Two rooms that failed, one of which asked for an hour; and one of another chat."""
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message(rooms=[QUICK, BUSY, OTHER])], NOW)
    for chat in ("discord", "matrix"):
        async with store.writing() as tx:
            for item in await outbox.claim(tx, chat, NOW, 9):
                not_before = NOW + HOUR if item.outgoing.room == BUSY else None
                await outbox.retry_at(tx, item, NOW + 2 * HOUR, "503", doubtful=False, not_before=not_before)


async def due(store: Store) -> dict[str, timedelta]:
    async with store.reading() as tx:
        return {each.room: each.due - NOW for each in await deliveries.listing(tx, [State.PENDING, State.DOUBTFUL])}


async def tries(store: Store, chat: str, later: timedelta) -> dict[str, tuple[int, int]]:
    async with store.writing() as tx:
        claims = await outbox.claim(tx, chat, NOW + later, 9)
        return {item.outgoing.room: (item.attempts, item.tries) for item in claims}


async def test_nothing_waits_longer_than_the_chat_asked_for(store: Store) -> None:
    await waiting(store)
    async with store.writing() as tx:
        await backoff.reset(tx, "discord", NOW + MINUTE)
    assert await due(store) == {QUICK: MINUTE, BUSY: HOUR, OTHER: 2 * HOUR}
    assert await tries(store, "discord", MINUTE) == {QUICK: (2, 1)}, "what failed in the outage does not count"
    assert await tries(store, "discord", HOUR) == {BUSY: (2, 1)}
    assert await tries(store, "matrix", 3 * HOUR) == {OTHER: (2, 2)}


async def test_a_start_tries_everything_at_once_and_doubts_only_what_was_under_way(store: Store) -> None:
    await waiting(store)
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message("v2", ["discord:9"])], NOW)
        await outbox.claim(tx, "discord", NOW, 9)
        await outbox.recover(tx, "discord", NOW + MINUTE)
    async with store.reading() as tx:
        listed = await deliveries.listing(tx, [State.PENDING, State.DOUBTFUL])
    assert {each.room: (each.state, each.due - NOW) for each in listed} == {
        QUICK: (State.PENDING, MINUTE),
        BUSY: (State.PENDING, HOUR),
        OTHER: (State.PENDING, 2 * HOUR),
        "discord:9": (State.DOUBTFUL, MINUTE),
    }


@pytest.mark.parametrize("ahead", [HOUR * 3, DAY, 400 * DAY])
async def test_times_of_a_clock_that_ran_ahead_hold_up_nothing(ahead: timedelta, store: Store) -> None:
    wrong = NOW + ahead
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message("v1", [QUICK, BUSY]), planned_message("v2", ["discord:3"])], wrong)
        for item in await outbox.claim(tx, "discord", wrong, 9):
            if item.outgoing.room == "discord:3":
                await outbox.refuse(tx, item, wrong + HOUR, "no permission")
            else:
                not_before = wrong + HOUR if item.outgoing.room == BUSY else None
                await outbox.retry_at(tx, item, wrong + HOUR, "503", doubtful=True, not_before=not_before)
        await outbox.add(tx, [planned_message("v3", [QUICK])], NOW)
    async with store.writing() as tx:
        await backoff.clamp_future_times(tx, "discord", NOW)
        claims = await outbox.claim(tx, "discord", NOW, 9)
        assert {item.outgoing.room for item in claims} == {QUICK, BUSY, "discord:3"}
        first = [item.outgoing.first_attempt_at for item in claims if item.doubtful]
        assert first == [NOW - DAY] * 2, "when they really began is not known: it is looked for far enough back"
        assert all(item.enqueued_at == NOW for item in claims)


@pytest.mark.parametrize("by", [timedelta(minutes=2), timedelta(minutes=110), 30 * HOUR])
async def test_a_wait_that_a_chat_asks_for_lasts_as_long_though_the_clock_is_set_back(
    by: timedelta, store: Store
) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message(rooms=[BUSY, "discord:3"])], NOW)
        for item in await outbox.claim(tx, "discord", NOW, 9):
            if item.outgoing.room == BUSY:
                await outbox.retry_at(tx, item, NOW + MINUTE, "429", doubtful=False, not_before=NOW + MINUTE)
            else:
                await outbox.refuse(tx, item, NOW + MINUTE, "no permission")
        await backoff.clamp_future_times(tx, "discord", NOW - by, by)
        assert await outbox.claim(tx, "discord", NOW - by, 9) == []
        assert len(await outbox.claim(tx, "discord", NOW - by + MINUTE, 9)) == 2


async def test_the_clocks_of_replicas_may_differ_a_little(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message()], NOW)
        (only,) = await outbox.claim(tx, "discord", NOW, 9)
        await outbox.retry_at(tx, only, NOW, "cut", doubtful=True)
        await backoff.clamp_future_times(tx, "discord", NOW - timedelta(seconds=30))
        (again,) = await outbox.claim(tx, "discord", NOW, 9)
    assert again.outgoing.first_attempt_at == NOW


async def test_what_is_over_keeps_its_times(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message()], NOW + DAY)
        (only,) = await outbox.claim(tx, "discord", NOW + DAY, 9)
        await outbox.record_sent(tx, [(only, "ref")], NOW + DAY)
        await backoff.clamp_future_times(tx, "discord", NOW)
        row = await tx.row(sa.select(tables.deliveries))
    assert row is not None
    assert (row.enqueued_at, row.settled_at) == (NOW + DAY, NOW + DAY)
