"""The state machine in the store: no move that the table forbids, and indexes that cover the sets of states that queries name."""

import ast
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

import chatbot.store
from chatbot.core.delivery import INITIAL, LIVE, MOVES, UNSETTLED, State, States, states_before
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store import outbox
from chatbot.store.database.db import Store
from chatbot.store.database.states import state_text
from chatbot.store.database.tables import announcements, deliveries
from chatbot.store.outbox.deliveries import listing
from chatbot.store.outbox.rows import new_delivery
from chatbot.store.outbox.transitions import ForbiddenMove, transition
from tests.store.make import NOW, at, planned_message

FORBIDDEN = [(old, new) for old in State for new in State if new not in MOVES[old]]
INDEXES = {
    "ix_deliveries_live": LIVE,
    "ix_deliveries_unsettled": UNSETTLED,
    "ix_deliveries_sending": (State.SENDING,),
    "ix_deliveries_refused": (State.REFUSED,),
}
WRITERS = {"outbox/transitions.py", "outbox/rows.py"}  # the first moves a delivery, the second makes new ones


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_a_forbidden_move_is_no_statement(old: State, new: State) -> None:
    with pytest.raises(ForbiddenMove, match=new.value):
        transition(new, source=(*states_before(new), old))


@pytest.mark.parametrize("new", [state for state in State if states_before(state)])
def test_without_a_source_it_moves_what_the_table_lets_it(new: State) -> None:
    assert state_text(states_before(new), "deliveries.state") in str(transition(new, deliveries.c.id == 1))


@pytest.mark.parametrize("state", State)
def test_a_delivery_begins_in_an_initial_state(state: State) -> None:
    if state in INITIAL:
        assert new_delivery(planned_message(), "a", RoomAddress("discord:1"), state)["state"] == state.value
    else:
        with pytest.raises(ForbiddenMove):
            new_delivery(planned_message(), "a", RoomAddress("discord:1"), state)


def test_only_transitions_change_a_state() -> None:
    """Statements that set `state` stand in one module, and so do the rows that are inserted."""
    root = Path(chatbot.store.__file__).parent
    writers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Dict) and any(_is_state(key) for key in node.keys))
        or (isinstance(node, ast.Call) and _is_values(node) and any(each.arg == "state" for each in node.keywords))
    }
    assert writers == WRITERS


def _is_state(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "state"


def _is_values(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "values"


async def test_the_partial_indexes_cover_the_named_sets(store: Store) -> None:
    async with store.reading() as tx:
        if tx.postgres:
            words = "SELECT indexrelid::regclass::text AS name, pg_get_expr(indpred, indrelid) AS text FROM pg_index"
            rows = await tx.rows(sa.text(f"{words} WHERE indrelid = 'deliveries'::regclass AND indpred IS NOT NULL"))
            covered = {row.name: _named(row.text) for row in rows}
            del covered["ix_deliveries_direct"]  # of DMs, whatever the state
            assert covered == INDEXES
            return
        words = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'deliveries' AND sql IS NOT NULL"
        )
        texts = {row.name: row.sql.partition(" WHERE ")[2] for row in await tx.rows(sa.text(words))}
        del texts["ix_deliveries_direct"]
        assert texts == {name: state_text(states) for name, states in INDEXES.items()}


def _named(text: str) -> States:
    return tuple(State(word) for word in re.findall(r"'(\w+)'", text))


async def test_a_doubtful_edit_expires_when_its_message_was_removed(store: Store) -> None:
    """There is nothing left to look for: the only way from doubtful to expired."""
    async with store.writing(ProjectId("p")) as tx:
        await outbox.add(tx, [planned_message()], NOW)
        (first,) = await outbox.claim(tx, "discord", NOW, 9)
        await outbox.record_sent(tx, [(first, "ref")], NOW)
        await outbox.add(tx, [planned_message(kind="edit", revision=2)], NOW)
        (edit,) = await outbox.claim(tx, "discord", NOW, 9)
        await outbox.retry_at(tx, edit, at(1), "cut off", doubtful=True)
        await tx.run(sa.update(announcements).values(removed=True))
        assert [item.id for item in await listing(tx, [State.DOUBTFUL])] == [edit.id]
        assert await outbox.claim(tx, "discord", at(2), 9) == []
        assert [item.id for item in await listing(tx, [State.EXPIRED])] == [edit.id]
