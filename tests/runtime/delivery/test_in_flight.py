"""Attempts under way: slow ones hold up nobody, urgent ones find a place, and none outlives its sender."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from chatbot.core.delivery import LAST, Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import Outgoing
from chatbot.runtime.delivery.attempt import Failed, Outcome, Sent
from chatbot.runtime.delivery.in_flight import AT_ONCE, MOST, RESERVED, SLOW, InFlight
from chatbot.store.outbox import Claimed

NOW = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)


def claimed(number: int) -> Claimed:
    return Claimed(
        id=number,
        outgoing=Outgoing(
            key=f"k{number}",
            announcement=f"a{number}",
            room=RoomAddress("console"),
            message=Message(title="M", tone=Tone.ROUTINE),
        ),
        chat="console",
        project=ProjectId("ferry"),
        subject="release/ferry/v1.0.2",
        kind="new",
        revision=1,
        lane=Lane.ROUTINE,
        attempts=1,
        tries=1,
        enqueued_at=NOW,
    )


async def for_ever(_: Claimed) -> Outcome:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize(
    ("slow", "quick", "room"),
    [
        (0, 0, (AT_ONCE, LAST)),
        (0, AT_ONCE - 1, (1, LAST)),
        (0, AT_ONCE, (0, Lane.CRITICAL)),
        (AT_ONCE, 0, (AT_ONCE, LAST)),
        (MOST - 3, 0, (3, LAST)),
        (MOST, 0, (RESERVED, Lane.SECURITY)),
        (MOST + RESERVED - 1, 1, (0, Lane.CRITICAL)),
    ],
)
async def test_how_many_more_may_begin(slow: int, quick: int, room: tuple[int, Lane]) -> None:
    in_flight = InFlight()
    for number in range(slow):
        in_flight.begin(claimed(number), for_ever, 0.0)
    for number in range(quick):
        in_flight.begin(claimed(1000 + number), for_ever, SLOW)
    assert in_flight.room(SLOW + 0.1) == room
    assert in_flight.slower_in(SLOW + 0.1) == (pytest.approx(SLOW - 0.1) if quick else None)
    await in_flight.end(within=0.0)
    assert {type(result) for _, result in in_flight.take()} == ({Failed} if slow + quick else set())
    assert len(in_flight) == 0


async def fails(_: Claimed) -> Outcome:
    raise RuntimeError("a defect")


async def is_cut_off(_: Claimed) -> Outcome:
    raise asyncio.CancelledError


async def succeeds(_: Claimed) -> Outcome:
    return Sent("ref")


@pytest.mark.parametrize(
    ("attempt", "result"),
    [
        (succeeds, "Sent(reference='ref')"),
        (fails, "RuntimeError('a defect')"),
        (is_cut_off, repr(Failed("the attempt was cut off", None, doubtful=True))),
    ],
)
async def test_what_became_of_it(attempt: Callable[[Claimed], Awaitable[Outcome]], result: str) -> None:
    in_flight = InFlight()
    in_flight.begin(claimed(1), attempt, 0.0)  # type: ignore[arg-type]  # an Awaitable of a coroutine function
    await in_flight.wait(10)
    assert [(item.id, repr(outcome)) for item, outcome in in_flight.take()] == [(1, result)]


async def test_none_outlives_its_sender_though_that_is_cut_off_while_it_waits() -> None:
    wrote: list[str] = []
    started, go = asyncio.Event(), asyncio.Event()

    async def slow(_: Claimed) -> Outcome:
        started.set()
        await go.wait()
        wrote.append("into the room")
        return Sent("ref")

    in_flight = InFlight()
    in_flight.begin(claimed(1), slow, 0.0)
    await started.wait()
    ending = asyncio.create_task(in_flight.end(within=1000))
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    go.set()
    await asyncio.sleep(0)
    assert wrote == []
    ((_, result),) = in_flight.take()
    assert isinstance(result, Failed)
    assert result.doubtful


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again() -> None:
    cancellations = 0
    started = asyncio.Event()

    async def stubborn(_: Claimed) -> Outcome:
        nonlocal cancellations
        started.set()
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancellations += 1
                if cancellations == 3:
                    raise

    in_flight = InFlight()
    in_flight.begin(claimed(1), stubborn, 0.0)
    await started.wait()
    await in_flight.end(within=0.01)
    assert cancellations == 3
