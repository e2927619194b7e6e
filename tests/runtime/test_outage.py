"""When an outage is over, and when a clock was set back."""

from datetime import UTC, datetime, timedelta

import pytest

from chatbot.runtime.outage import JUMP, SHORTEST, Clockwork, Outage

NOW = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "success", "over"),
    [
        ([], SHORTEST, False),
        ([timedelta()], SHORTEST - SECOND, False),
        ([timedelta()], SHORTEST, True),
        ([timedelta(), SHORTEST - SECOND], SHORTEST, True),
        ([SECOND], SHORTEST, False),
    ],
)
def test_an_outage_begins_with_the_first_failure_and_ends_with_a_message_that_gets_through(
    failures: list[timedelta], success: timedelta, over: bool
) -> None:
    outage = Outage()
    for after in failures:
        outage.failed(NOW + after)
    assert outage.ended(NOW + success) is over
    assert outage.worked_at == NOW + success
    assert outage.ended(NOW + 10 * success) is False, "it is over once"


@pytest.mark.parametrize(
    ("passed", "steady", "back"),
    [
        (timedelta(seconds=30), 30.0, False),
        (timedelta(), 30.0, False),
        (-JUMP, 0.0, False),
        (-JUMP - SECOND, 0.0, True),
        (timedelta(minutes=5), 3600.0, True),
        (timedelta(days=1), 30.0, False),
    ],
)
def test_a_clock_that_was_set_back(passed: timedelta, steady: float, back: bool) -> None:
    clockwork = Clockwork()
    assert clockwork.went_back(NOW, 100.0) is False
    assert clockwork.went_back(NOW + passed, 100.0 + steady) is back
    assert clockwork.went_back(NOW + passed, 100.0 + steady) is False
