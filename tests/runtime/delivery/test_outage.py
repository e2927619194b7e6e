"""When an outage is over, and when a clock was set back."""

from datetime import UTC, datetime, timedelta

import pytest

from chatbot.runtime.delivery.outage import JUMP, MOST, SHORTEST, Clockwork, Outage

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
        ([timedelta(), timedelta()], SHORTEST, True),
    ],
)
def test_an_outage_begins_with_the_first_failure_and_ends_with_a_message_that_gets_through(
    failures: list[timedelta], success: timedelta, over: bool
) -> None:
    outage = Outage()
    for delivery, after in enumerate(failures):
        outage.record_failure(delivery, NOW + after)
    assert outage.has_ended(NOW + success) is over
    assert outage.worked_at == NOW + success
    assert outage.has_ended(NOW + 10 * success) is False, "it is over once"


def test_a_failure_is_a_deliverys_own_fault_where_another_got_through_since_it_last_failed() -> None:
    outage, faults = Outage(), []
    for second, deed in enumerate(["fail", "fail", "work", "fail", "fail", "work", "work", "fail", "fail"]):
        if deed == "work":
            outage.has_ended(NOW + second * SECOND)
        else:
            faults.append(outage.record_failure(1, NOW + second * SECOND))
    assert faults == [0, 0, 1, 1, 2, 2]
    assert outage.has_ended(NOW + 50 * SECOND) is False, "a delivery that fails for its own fault is no outage"
    assert outage.record_failure(2, NOW + 60 * SECOND) == 0, "the first time is nobody's fault"
    outage.forget(1)
    assert outage.record_failure(1, NOW + 60 * SECOND) == 0


def test_only_so_many_failing_deliveries_are_remembered() -> None:
    outage = Outage()
    for number in range(MOST + 5):
        outage.record_failure(number, NOW)
    assert len(outage._failures) == MOST


@pytest.mark.parametrize(
    ("passed", "steady", "back"),
    [
        (timedelta(seconds=30), 30.0, timedelta()),
        (timedelta(), 30.0, timedelta()),
        (-JUMP, 0.0, timedelta()),
        (-JUMP - SECOND, 0.0, JUMP + SECOND),
        (timedelta(minutes=5), 3600.0, timedelta(minutes=55)),
        (timedelta(days=1), 30.0, timedelta()),
    ],
)
def test_a_clock_that_was_set_back(passed: timedelta, steady: float, back: timedelta) -> None:
    clockwork = Clockwork()
    assert clockwork.set_back(NOW, 100.0) == timedelta()
    assert clockwork.set_back(NOW + passed, 100.0 + steady) == back
    assert clockwork.set_back(NOW + passed, 100.0 + steady) == timedelta()
