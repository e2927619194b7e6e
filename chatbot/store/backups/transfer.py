"""Every row of a store copied into an empty one, of either kind."""

import sqlalchemy as sa

from chatbot.store.database.account_tables import leases
from chatbot.store.database.columns import metadata
from chatbot.store.database.db import Store, Tx, open_store
from chatbot.store.database.failure import StoreUnavailable

_BATCH = 500  # rows at once


async def transfer(source: Store, to: str) -> int:
    """Copy everything into the empty store at `to`; return how many rows that was. Raises StoreUnavailable if it is in use."""
    async with open_store(to) as target, target.writing() as tx:
        if await _in_use(tx):
            raise StoreUnavailable(f"{target.where} is not empty: name an empty one in `database`")
        many = await fill(source, tx)
        await tx.run(sa.delete(leases))  # nobody holds anything there
        return many


async def _in_use(tx: Tx) -> bool:
    return any([await tx.row(sa.select(sa.literal(1)).select_from(table)) for table in metadata.sorted_tables])


async def empty(tx: Tx) -> None:
    for table in metadata.sorted_tables:
        await tx.run(sa.delete(table))


async def fill(source: Store, into: Tx) -> int:
    """Copy every table from one state of the source, in batches."""
    many = 0
    async with source.reading() as tx:
        if tx.postgres:
            await tx.run(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        for table in metadata.sorted_tables:
            rows = await tx.connection.stream(sa.select(table))
            async for batch in rows.mappings().partitions(_BATCH):
                many += len(batch)
                await into.run(sa.insert(table), [dict(row) for row in batch])
            if into.postgres:
                await _count_on(into, table)
    return many


async def _count_on(tx: Tx, table: sa.Table) -> None:
    """Numbers that count up by themselves go on after the highest that was copied."""
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, sa.BigInteger):
        return
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
    await tx.run(sa.select(sa.func.setval(sequence, highest, sa.false())))
