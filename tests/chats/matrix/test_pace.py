"""The pace of an account and the allowance of a person, by a clock of the test's own."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.chats.matrix.pace import FEW, MARGIN, Pace
from chatbot.core.rate_allowance import AT_ONCE, EVERY, RateAllowance
from chatbot.ports import ChatUnavailable
from tests.patience import PATIENCE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_without_a_refusal_nobody_waits() -> None:
    pace = Pace(lambda: 0.0)
    for _ in range(1000):
        await pace.turn()
        pace.accepted()
    assert pace.free_at == 0.0


async def test_after_a_refusal_messages_keep_their_distance() -> None:
    pace = Pace(asyncio.get_running_loop().time)
    pace.refused(0.05, pace.now())
    began, times = pace.now(), []
    for _ in range(3):
        await pace.turn()
        times.append(pace.now() - began)
    assert times[0] >= 0.04
    assert times[2] - times[0] >= 0.09


async def test_an_answer_goes_before_announcements_that_stand_in_line() -> None:
    pace, went = Pace(asyncio.get_running_loop().time), list[str]()

    async def go(name: str, *, answer: bool) -> None:
        await pace.turn(answer=answer)
        went.append(name)

    pace.refused(0.03, pace.now())
    await asyncio.gather(*(go(f"news {number}", answer=False) for number in range(3)), go("answer", answer=True))
    assert went == ["news 0", "answer", "news 1", "news 2"]


async def test_a_request_that_waits_too_long_learns_when_to_come_again() -> None:
    pace = Pace(asyncio.get_running_loop().time)
    pace.refused(9.0, pace.now())
    with pytest.raises(ChatUnavailable, match="others were before") as late:
        await pace.turn(within=0.01)
    assert late.value.retry_after is not None
    assert 8 < late.value.retry_after.total_seconds() < 10
    assert not late.value.doubtful


async def test_a_slow_room_gives_its_place_back_and_only_once() -> None:
    pace = Pace(asyncio.get_running_loop().time, slow=0.02)
    everybody, finished, inside = asyncio.Event(), asyncio.Event(), list[int]()

    async def send(number: int) -> None:
        async with pace.crowd(answer=False):
            inside.append(number)
            if len(inside) == 2 * FEW:
                everybody.set()
            await finished.wait()

    async with pace.crowd(answer=False):
        """One that ends in time has nothing left to give back."""
    slow = [asyncio.create_task(send(number)) for number in range(2 * FEW)]
    async with asyncio.timeout(PATIENCE):
        await everybody.wait()
        finished.set()
        await asyncio.gather(*slow)
    async with AsyncExitStack() as stack:
        for _ in range(FEW):
            await stack.enter_async_context(pace.crowd(answer=False))
        with pytest.raises(ChatUnavailable, match="others were before"):
            await stack.enter_async_context(pace.crowd(answer=False, within=0.001))


def test_of_refusals_that_came_together_the_longest_counts_and_success_heals() -> None:
    pace = Pace(lambda: 100.0)
    pace.refused(5.0, 99.0)
    pace.refused(1.0, 99.0)
    assert (pace.step, pace.free_at) == (5.0 * MARGIN, 105.0)
    for _ in range(1000):
        pace.accepted()
    assert pace.step == 0.0


@pytest.mark.parametrize("period", [0.1, 0.5, 5.0])
def test_the_distance_that_a_server_wants_is_learned_soon(period: float) -> None:
    """It tells by how much a message came too early, half a second late, as Synapse does."""
    now, next_allowed, refusals = [0.0], 0.0, list[int]()
    pace = Pace(lambda: now[0])
    for number in range(100):
        now[0] = max(now[0] + 0.02, pace.free_at)
        while (early := next_allowed - now[0]) > 0:
            began = now[0]
            now[0] += 0.5
            pace.refused(early, began)
            refusals.append(number)
            now[0] = max(now[0], pace.free_at)
        next_allowed = max(next_allowed, now[0]) + period
        pace.free_at = max(pace.free_at, now[0] + pace.step)
        pace.accepted()
    assert refusals[0] == 1
    assert len(refusals) <= 12
    assert now[0] < 100 * period * MARGIN + 12 * 0.5


def test_a_person_may_ask_a_few_times_and_then_every_so_often() -> None:
    allowance = RateAllowance()
    assert [allowance.take("@a", NOON) for _ in range(AT_ONCE + 2)] == [True] * AT_ONCE + [False] * 2
    assert allowance.take("@b", NOON)
    assert allowance.take("@a", NOON + timedelta(seconds=EVERY))
    assert not allowance.take("@a", NOON + timedelta(seconds=EVERY))
    assert not allowance.take("@a", NOON)  # a clock that goes back gives nothing


def test_a_limit_that_was_felt_for_a_moment_only_is_forgotten_soon() -> None:
    """As after an overload of the server: eight refusals in a row, and then none any more."""
    now, messages = [0.0], 0
    pace = Pace(lambda: now[0])
    for _ in range(8):
        began, now[0] = now[0], now[0] + 0.3
        pace.refused(0.3, began)
    assert pace.step > 2.0
    while pace.step:
        now[0] += pace.step
        pace.accepted()
        messages += 1
    assert messages < 100
    assert now[0] < 150
