"""Deliveries: their states and moves, their lanes, when to try again and when to give up."""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class Lane(IntEnum):
    """How urgent a delivery is; a smaller number is sent first, also within a room. All that is for rooms comes before what is
    for single people, of whom there may be many."""

    CRITICAL = 0
    SECURITY = 1
    ANSWER = 2
    ROUTINE = 3
    DIGEST = 4
    ALERT_URGENT = 5  # to a person: critical, or known to be exploited
    ALERT_HIGH = 6
    ALERT = 7
    PERSONAL = 8  # to a person: what is no alert


LAST = max(Lane)


class State(StrEnum):
    PENDING = "pending"  # to be sent when due
    SENDING = "sending"  # claimed; an attempt is in progress
    DOUBTFUL = "doubtful"  # it may have reached the room, which is looked into before another attempt
    WAITING = "waiting"  # waits for another delivery, such as the message it edits
    SENT = "sent"
    PARKED = "parked"  # needs a person: `chatbot deliveries`
    REFUSED = "refused"  # its room does not take messages now
    EXPIRED = "expired"  # too old to be worth sending
    DROPPED = "dropped"  # a person decided so, or its message was removed from the room
    SUPERSEDED = "superseded"  # a newer revision took its place before it was sent


States = tuple[State, ...]  # a set of states, in the order in which SQL lists them

# ---- the state machine ----------------------------------------------------------------------------------------------------
#
#   PENDING ──claim──▶ SENDING ──▶ SENT
#      ▲                  │ ├────▶ PARKED, EXPIRED, DROPPED
#      │◀──try again──────┤ └────▶ REFUSED   with everything live in its room; PENDING again when the room takes messages
#      │                  ▼
#   WAITING            DOUBTFUL              claimed again, it is looked for in its room before it is sent
#
# Every change of a state goes through `store.outbox.transitions`, which refuses what this table does not allow.

INITIAL: States = (State.PENDING, State.WAITING, State.REFUSED)

MOVES: dict[State, frozenset[State]] = {
    State.PENDING: frozenset(
        {
            State.SENDING,
            State.DOUBTFUL,  # after a restoration: it may have been sent since the backup
            State.REFUSED,
            State.EXPIRED,
            State.DROPPED,
            State.SUPERSEDED,
        }
    ),
    State.WAITING: frozenset({State.PENDING, State.EXPIRED, State.SUPERSEDED}),
    State.SENDING: frozenset(
        {
            State.SENT,
            State.PENDING,
            State.DOUBTFUL,
            State.PARKED,
            State.REFUSED,
            State.EXPIRED,
            State.DROPPED,
        }
    ),
    State.DOUBTFUL: frozenset(
        {
            State.SENDING,
            State.SENT,  # the result of an attempt came late
            State.PENDING,
            State.REFUSED,
            State.EXPIRED,  # only an edit whose message is no longer in the room
            State.DROPPED,
        }
    ),
    State.REFUSED: frozenset({State.PENDING, State.DROPPED, State.SUPERSEDED}),
    State.PARKED: frozenset({State.PENDING, State.DROPPED, State.SUPERSEDED}),
    State.SENT: frozenset(),
    State.EXPIRED: frozenset({State.PENDING}),  # an operator retries it, or the news became urgent
    State.DROPPED: frozenset({State.PENDING}),
    State.SUPERSEDED: frozenset(),
}

# ---- sets of states; the partial indexes of the store cover LIVE, UNSETTLED, SENDING and REFUSED --------------------------

LIVE: States = (State.PENDING, State.SENDING, State.DOUBTFUL)  # they are in their room's queue
UNSETTLED: States = (*LIVE, State.WAITING, State.REFUSED, State.PARKED)  # not at an end yet
CLAIMABLE: States = (State.PENDING, State.DOUBTFUL)
IN_FLIGHT: States = (State.SENDING, State.DOUBTFUL)  # they may be in their room
NOT_CLAIMED: States = tuple(state for state in UNSETTLED if state is not State.SENDING)
REWORDABLE: States = (State.PENDING, State.REFUSED, State.PARKED)  # a first message whose words can still be replaced
REPLACEABLE: States = (
    State.PENDING,
    State.WAITING,
    State.REFUSED,
    State.PARKED,
)  # an edit that a newer edit replaces
PRUNABLE: States = (State.SENT, State.EXPIRED, State.DROPPED, State.PARKED, State.REFUSED)  # an old answer


def may_move(old: State, new: State) -> bool:
    """Whether a delivery in state `old` may become `new`."""
    return new in MOVES[old]


def states_before(new: State) -> States:
    """The states that a delivery may have been in before it becomes `new`."""
    return tuple(state for state in State if may_move(state, new))


def operator_may_move(new: State) -> States:
    """The states out of which an operator may move a delivery to `new`: not while an attempt is in progress, nor while it waits
    for the message that it edits."""
    return tuple(state for state in states_before(new) if state not in (State.SENDING, State.WAITING))


_FIRST = timedelta(seconds=2)
_LONGEST = timedelta(hours=1)
_GIVE_UP = {
    Lane.CRITICAL: timedelta(days=7),
    Lane.SECURITY: timedelta(days=7),
    Lane.ANSWER: timedelta(minutes=15),
    Lane.ROUTINE: timedelta(days=3),
    Lane.DIGEST: timedelta(days=7),  # what a digest lists is said nowhere else
    Lane.ALERT_URGENT: timedelta(days=7),
    Lane.ALERT_HIGH: timedelta(days=7),
    Lane.ALERT: timedelta(days=7),
    Lane.PERSONAL: timedelta(days=1),
}


def next_attempt(failures: int, retry_after: timedelta | None, now: datetime, chance: float) -> datetime:
    """When to try again after 1, 2, … `failures`: doubling from 2 s up to an hour, spread by `chance` (0 to 1) over half of
    the step so that rooms do not come back together, and never before `retry_after` has passed."""
    step = min(_FIRST * (1 << min(max(failures, 1) - 1, 20)), _LONGEST)
    return now + max(step * (0.75 + chance / 2), retry_after or timedelta())


def expires_at(lane: Lane, enqueued: datetime) -> datetime:
    """When a delivery that could not be sent expires."""
    return enqueued + _GIVE_UP[lane]


def must_look_first(key_window: timedelta, first_attempt: datetime | None, now: datetime) -> bool:
    """Whether the room must be looked into before another attempt, since the chat no longer drops a repeat with this key."""
    return first_attempt is not None and now - first_attempt >= key_window
