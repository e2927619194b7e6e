"""Sets of delivery states as SQL: literals in one order, so that a query is seen to fit a partial index."""

import sqlalchemy as sa

from chatbot.core.delivery import States


def state_text(states: States, column: str = "state") -> str:
    """The condition of a set of states. Its text is the index's own: SQLite compares the two word for word."""
    if len(states) == 1:
        return f"{column} = '{states[0].value}'"
    names = ", ".join(f"'{state.value}'" for state in states)
    return f"{column} IN ({names})"


def state_in(states: States) -> sa.TextClause:
    """Whether a delivery is in one of these states."""
    return sa.text(state_text(states, "deliveries.state"))
