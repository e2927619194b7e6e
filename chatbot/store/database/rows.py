"""Many rows as one parameter: arrays on PostgreSQL, a JSON text on SQLite. One short statement, however many rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import repeat
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from chatbot.store.database.columns import to_number
from chatbot.store.database.db import Tx

Row = Mapping[str, object]
Columns = Mapping[str, Sequence[object]]  # of rows: the values of each column, all of one length


def parameters(tx: Tx, names: Sequence[str], rows: Iterable[Row]) -> dict[str, Any]:
    """What `table_of` these columns is filled with."""
    there = list(rows)
    return _filled(tx, names, [[row[name] for row in there] for name in names])


def _filled(tx: Tx, names: Sequence[str], columns: Sequence[Sequence[object]]) -> dict[str, Any]:
    if tx.postgres:
        return {f"b_{name}": list(map(_plain, column)) for name, column in zip(names, columns, strict=True)}
    return {"b_rows": json.dumps(list(zip(*columns, strict=True)), ensure_ascii=False, default=to_number)}


def _plain(value: object) -> object:
    return to_number(value) if isinstance(value, datetime) else value


def table_of(postgres: bool, columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
    """A SELECT of the rows that come as a parameter; its columns are called as these are."""
    if postgres:
        binds = [sa.bindparam(f"b_{column.name}", type_=postgresql.ARRAY(_kind(column))) for column in columns]
        values = sa.func.unnest(*binds).table_valued(*(sa.column(column.name, column.type) for column in columns))
        values = values.render_derived(name="given")
        return sa.select(*(values.c[column.name] for column in columns))
    each = sa.func.json_each(sa.bindparam("b_rows", type_=sa.Text())).table_valued("value", name="given")
    return sa.select(
        *(
            sa.type_coerce(sa.func.json_extract(each.c.value, f"$[{place}]"), column.type).label(column.name)
            for place, column in enumerate(columns)
        )
    )


def numbers(postgres: bool, name: str = "b_ids") -> sa.Select[Any]:
    """A SELECT of the ids in one parameter (`listed`), for `id IN (…)`: the same words however many there are."""
    if postgres:
        return sa.select(sa.func.unnest(sa.bindparam(name, type_=postgresql.ARRAY(sa.BigInteger()))))
    each = sa.func.json_each(sa.bindparam(name, type_=sa.Text())).table_valued("value", name="listed")
    return sa.select(each.c.value)


def listed(tx: Tx, values: Iterable[int]) -> Any:
    """The parameter of `numbers`."""
    return list(values) if tx.postgres else json.dumps(list(values))


def texts(postgres: bool, name: str = "b_texts") -> sa.Select[Any]:
    """The same for texts (`listed_texts`)."""
    if postgres:
        return sa.select(sa.func.unnest(sa.bindparam(name, type_=postgresql.ARRAY(sa.Text()))))
    each = sa.func.json_each(sa.bindparam(name, type_=sa.Text())).table_valued("value", name="listed")
    return sa.select(each.c.value)


def listed_texts(tx: Tx, values: Iterable[str]) -> Any:
    """The parameter of `texts`."""
    return list(values) if tx.postgres else json.dumps(list(values), ensure_ascii=False)


def _kind(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    kind = column.type
    return kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind


@cache
def _inserting(postgres: bool, table: sa.Table, names: tuple[str, ...], shared: tuple[str, ...]) -> sa.Executable:
    values = table_of(postgres, [table.c[name] for name in names]).where(sa.text("true"))  # SQLite: else ON is a join's
    values = values.add_columns(*(sa.bindparam(f"b_{name}", type_=table.c[name].type) for name in shared))
    dialect = postgresql.insert(table) if postgres else sqlite.insert(table)
    return dialect.from_select([*names, *shared], values).on_conflict_do_nothing()


async def insert(tx: Tx, table: sa.Table, rows: Sequence[Row], shared: Row | None = None) -> int:
    """Insert rows that all have the same columns, and the same values of `shared` ones; what is there already stays. Return
    how many are new."""
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    return await insert_columns(tx, table, columns, shared or {})


async def insert_columns(tx: Tx, table: sa.Table, columns: Columns, shared: Row) -> int:
    """As `insert`, of rows that come column by column. A value that all have is written once."""
    many = len(next(iter(columns.values()), ()))
    if not many:
        return 0
    same = {name for name, values in columns.items() if many > 1 and values.count(values[0]) == many}
    own = [name for name in columns if name not in same] or list(columns)
    alike = {name: values[0] for name, values in columns.items() if name not in own} | dict(shared)
    statement = _inserting(tx.postgres, table, tuple(own), tuple(alike))
    filled = _filled(tx, own, [columns[name] for name in own])
    return await tx.run(statement, filled | {f"b_{name}": value for name, value in alike.items()})


def extend(columns: dict[str, list[Any]], own: Mapping[str, Sequence[object]], alike: Row) -> None:
    """Add rows to columns: each has its own of some, and the rest is alike."""
    many = len(next(iter(own.values())))
    for name, values in own.items():
        columns.setdefault(name, []).extend(values)
    for name, value in alike.items():
        columns.setdefault(name, []).extend(repeat(value, many))


async def at_once(tx: Tx, statement: sa.Select[Any]) -> Sequence[Sequence[Any]]:
    """The rows of a statement of numbers and texts. From SQLite they come in one: of many that come one by one, its thread waits
    for the interpreter each time."""
    if tx.postgres:
        return await tx.rows(statement)
    each = statement.subquery()
    row = await tx.row(sa.select(sa.func.json_group_array(sa.func.json_array(*each.c), type_=sa.Text()).label("rows")))
    rows: list[list[Any]] = json.loads(row.rows) if row is not None else []
    return rows
