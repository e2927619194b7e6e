"""The pace of an account and the allowance of a person, by a clock of the test's own."""

import asyncio
from datetime import UTC, datetime, timedelta

from chatbot.chats.matrix.allowance import AT_ONCE, EVERY, Allowance
from chatbot.chats.matrix.pace import Pace

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_without_a_refusal_nobody_waits() -> None:
    pace = Pace(lambda: 0.0)
    for _ in range(1000):
        await pace.turn()
        pace.taken()
    assert pace.free_at == 0.0


async def test_after_a_refusal_messages_keep_their_distance() -> None:
    pace = Pace(asyncio.get_running_loop().time)
    pace.refused(0.05)
    began, left = pace.now(), []
    for _ in range(3):
        await pace.turn()
        left.append(pace.now() - began)
    assert left[0] >= 0.04
    assert left[2] - left[0] >= 0.09


def test_a_longer_refusal_wins_and_success_heals() -> None:
    pace = Pace(lambda: 100.0)
    pace.refused(5.0)
    pace.refused(1.0)
    assert (pace.step, pace.free_at) == (5.0, 105.0)
    for _ in range(1000):
        pace.taken()
    assert pace.step == 0.0


def test_a_person_may_ask_a_few_times_and_then_every_so_often() -> None:
    allowance = Allowance()
    assert [allowance.take("@a", NOON) for _ in range(AT_ONCE + 2)] == [True] * AT_ONCE + [False] * 2
    assert allowance.take("@b", NOON)
    assert allowance.take("@a", NOON + timedelta(seconds=EVERY))
    assert not allowance.take("@a", NOON + timedelta(seconds=EVERY))
    assert not allowance.take("@a", NOON)  # a clock that goes back gives nothing
