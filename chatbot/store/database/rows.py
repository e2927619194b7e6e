"""Many rows as one parameter: arrays on PostgreSQL, a JSON text on SQLite. One short statement, however many rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from chatbot.store.database.columns import to_number
from chatbot.store.database.db import Tx

Row = Mapping[str, object]


def parameters(tx: Tx, names: Sequence[str], rows: Iterable[Row]) -> dict[str, Any]:
    """What `table_of` these columns is filled with."""
    if tx.postgres:
        table = [[_plain(row[name]) for name in names] for row in rows]
        columns = zip(*table, strict=True) if table else [() for _ in names]
        return {f"b_{name}": list(column) for name, column in zip(names, columns, strict=True)}
    lists = [[row[name] for name in names] for row in rows]
    return {"b_rows": json.dumps(lists, ensure_ascii=False, default=to_number)}


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


def _is_shared(rows: Sequence[Row], name: str, value: object) -> bool:
    """Whether all have the same value in a column: it is written once then."""
    return rows[-1][name] == value and all(row[name] == value for row in rows)


async def insert(tx: Tx, table: sa.Table, rows: Sequence[Row], shared: Row | None = None) -> int:
    """Insert rows that all have the same columns, and the same values of `shared` ones; what is there already stays. Return
    how many are new."""
    if not rows:
        return 0
    alike = dict(shared or {})
    alike |= {name: value for name, value in rows[0].items() if len(rows) > 1 and _is_shared(rows, name, value)}
    names = tuple(name for name in rows[0] if name not in alike) or tuple(rows[0])
    statement = _inserting(tx.postgres, table, names, tuple(alike))
    return await tx.run(statement, parameters(tx, names, rows) | {f"b_{name}": alike[name] for name in alike})
