"""Whether people changed anything of theirs: a fan-out that prepared a slice beside a command must not pass the command by."""

import sqlalchemy as sa

from chatbot.store.database.account_tables import notes
from chatbot.store.database.db import Tx

_NAME = "people/changes"  # among the notes: how many there were
_MARK = ("people", "changed")


async def note(tx: Tx) -> None:
    """Something changes in this transaction: whom alerts reach, or of what. Call it first: on PostgreSQL whoever else changes or
    sends something waits for its end."""
    if _MARK in tx.remembered:
        return
    tx.remembered[_MARK] = True
    more = sa.cast(sa.cast(notes.c.value, sa.BigInteger) + 1, sa.Text)
    adding = tx.insert(notes).values(name=_NAME, value="1")
    await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_={"value": more}))


async def count(tx: Tx, *, lock: bool = False) -> str:
    """Stands for everything that people have changed. `lock`: nobody changes anything until this transaction ends."""
    if lock and tx.postgres:  # whoever writes to SQLite keeps everybody else from it
        await tx.run(tx.insert(notes).values(name=_NAME, value="0").on_conflict_do_nothing())
    statement = sa.select(notes.c.value).where(notes.c.name == _NAME)
    row = await tx.row(statement.with_for_update() if lock else statement)
    return str(row.value) if row else "0"
