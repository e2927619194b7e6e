"""Every change of a delivery's state: one statement, built only where the table in `core.delivery` allows the move."""

import sqlalchemy as sa

from chatbot.core.delivery import State, States, may_move, states_before
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import deliveries

Condition = sa.ColumnElement[bool] | sa.TextClause


class ForbiddenMove(ValueError):
    """The table of states has no such move: a mistake in the program."""


def transition(to: State, *which: Condition, source: States | None = None, **values: object) -> sa.Update:
    """An UPDATE that moves deliveries to a state and sets other columns with it.

    It moves those of `which` that are in one of the `source` states; without `source`, in any that the table lets become `to`.
    Raises ForbiddenMove where the table does not allow one of these moves.
    """
    states = states_before(to) if source is None else source
    forbidden = [state.value for state in states if not may_move(state, to)]
    if forbidden or not states:
        raise ForbiddenMove(f"no delivery becomes {to.value} that is {', '.join(forbidden) or 'in no state'}")
    return sa.update(deliveries).where(*which, state_in(states)).values(state=to.value, **values)
