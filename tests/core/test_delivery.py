"""How a delivery lives: its moves, its retries, and when a repeat may already be in the room."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.chats import profile_named
from chatbot.core import delivery
from chatbot.core.delivery import (
    INITIAL,
    LIVE,
    MOVES,
    UNSETTLED,
    Lane,
    State,
    expires_at,
    may_move,
    must_look_first,
    next_attempt,
    operator_may_move,
    states_before,
)
from tests.core.make import START

SECOND = timedelta(seconds=1)


def test_every_state_has_its_moves_and_none_moves_to_itself() -> None:
    assert set(MOVES) == set(State)
    assert not any(state in after for state, after in MOVES.items())


@pytest.mark.parametrize(
    ("old", "new", "is_allowed"),
    [
        (State.PENDING, State.SENDING, True),
        (State.PENDING, State.SENT, False),  # nothing is sent without a claim
        (State.SENDING, State.SENT, True),
        (State.SENDING, State.DOUBTFUL, True),
        (State.DOUBTFUL, State.PARKED, False),  # whether it is there must be found out first
        (State.DOUBTFUL, State.EXPIRED, True),  # an edit whose message was removed
        (State.PENDING, State.DOUBTFUL, True),  # after a restoration
        (State.SENT, State.DOUBTFUL, False),
        (State.WAITING, State.SENDING, False),
        (State.SENT, State.PENDING, False),
        (State.SUPERSEDED, State.PENDING, False),
        (State.EXPIRED, State.PENDING, True),
    ],
)
def test_moves(old: State, new: State, is_allowed: bool) -> None:
    assert may_move(old, new) is is_allowed


def test_every_state_can_be_reached_and_left_unless_it_is_an_end() -> None:
    reached = set(INITIAL)
    for _ in State:
        reached |= {new for old in reached for new in MOVES[old]}
    assert reached == set(State)
    assert {state for state, after in MOVES.items() if not after} == {State.SENT, State.SUPERSEDED}


def test_the_sets_of_states_agree() -> None:
    assert set(State) - set(UNSETTLED) == {State.SENT, State.EXPIRED, State.DROPPED, State.SUPERSEDED}
    assert set(LIVE) < set(UNSETTLED)
    assert set(states_before(State.SENDING)) == set(delivery.CLAIMABLE)
    assert set(states_before(State.SENT)) == set(delivery.IN_FLIGHT)
    assert set(states_before(State.SUPERSEDED)) == set(delivery.REPLACEABLE)
    assert set(delivery.NOT_CLAIMED) == set(UNSETTLED) - {State.SENDING}
    for states in (UNSETTLED, LIVE, delivery.CLAIMABLE, delivery.IN_FLIGHT, delivery.REWORDABLE, delivery.PRUNABLE):
        assert len(states) == len(set(states))


def test_a_person_moves_nothing_that_is_under_way_or_follows_its_message() -> None:
    assert operator_may_move(State.PENDING) == (
        State.DOUBTFUL,
        State.PARKED,
        State.REFUSED,
        State.EXPIRED,
        State.DROPPED,
    )
    assert operator_may_move(State.DROPPED) == (State.PENDING, State.DOUBTFUL, State.PARKED, State.REFUSED)


@pytest.mark.parametrize(
    ("failures", "retry_after", "chance", "after"),
    [
        (1, None, 0.0, 1.5 * SECOND),
        (1, None, 1.0, 2.5 * SECOND),
        (0, None, 0.5, 2 * SECOND),
        (3, None, 0.5, 8 * SECOND),
        (11, None, 0.5, 2048 * SECOND),
        (12, None, 0.5, 3600 * SECOND),
        (10**6, None, 0.5, 3600 * SECOND),
        (1, timedelta(minutes=5), 1.0, timedelta(minutes=5)),
        (9, timedelta(seconds=1), 0.5, 512 * SECOND),
    ],
)
def test_when_to_try_again(failures: int, retry_after: timedelta | None, chance: float, after: timedelta) -> None:
    assert next_attempt(failures, retry_after, START, chance) == START + after


@given(
    st.integers(-3, 10**9),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=30)),
    st.floats(0, 1),
)
def test_a_retry_is_later_and_never_before_it_was_asked(
    failures: int, retry_after: timedelta | None, chance: float
) -> None:
    due = next_attempt(failures, retry_after, START, chance)
    assert due >= START + max(SECOND, retry_after or timedelta())
    assert due <= START + max(timedelta(hours=1.25), retry_after or timedelta())


def test_security_is_tried_longest_and_answers_shortest() -> None:
    waits = {lane: expires_at(lane, START) - START for lane in Lane}
    assert waits[Lane.CRITICAL] == waits[Lane.SECURITY] == timedelta(days=7)
    assert waits[Lane.ANSWER] == timedelta(minutes=15)
    assert min(waits.values()) == waits[Lane.ANSWER]
    assert sorted(Lane)[:2] == [Lane.CRITICAL, Lane.SECURITY]


@pytest.mark.parametrize(
    ("chat", "waited", "look"),
    [
        ("discord", None, False),
        ("discord", 59 * SECOND, False),
        ("discord", 60 * SECOND, True),
        ("matrix", timedelta(hours=19), False),
        ("matrix", timedelta(hours=20), True),
        ("console", timedelta(0), True),
    ],
)
def test_past_its_window_a_repeat_is_searched_for(chat: str, waited: timedelta | None, look: bool) -> None:
    window = profile_named(chat).key_window
    assert must_look_first(window, None if waited is None else START, START + (waited or timedelta())) is look
