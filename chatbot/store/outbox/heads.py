"""Whose turn it is: for each room and lane its oldest live delivery, so that a claim reads as many rows as it takes.

An edit that has failed gives way: Discord may refuse it for an hour, and news must not wait for a correction. Of the edits that
give way and the oldest of the others the one goes first that is due first, so neither ever waits for the other for long.

What changes which deliveries of a room and lane are live calls `refresh` in the same transaction, or `extend` where it only
added some. On PostgreSQL both take the outbox's `lock`: of two that change one queue, the later sees what the earlier did.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from chatbot.core.delivery import LIVE, State
from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import Row, insert, parameters, table_of
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import deliveries, queues

_SENDING = state_in((State.SENDING,))
_LIVE = state_in(LIVE)
Place = tuple[RoomAddress, int]  # room, lane

_of_queue = (deliveries.c.room == queues.c.room) & (deliveries.c.lane == queues.c.lane)
_sending = sa.select(deliveries.c.id).where(_of_queue, _SENDING).limit(1)
_gives_way = (deliveries.c.kind == "edit") & (deliveries.c.attempts > 0)


def _first(what: sa.Column[Any], which: sa.ColumnElement[bool], *order: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    return sa.select(what).where(_of_queue, _LIVE, which).order_by(*order).limit(1).scalar_subquery()


def _oldest(what: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    return _first(what, sa.not_(_gives_way), deliveries.c.id)


def _waiting_edit(what: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    return _first(what, _gives_way, deliveries.c.due, deliveries.c.id)


_edit_is_first = sa.func.coalesce(_waiting_edit(deliveries.c.due) < _oldest(deliveries.c.due), sa.true())  # or alone
_waits = _first(deliveries.c.id, _gives_way, deliveries.c.id).is_not(None)
_turn = sa.update(queues).values(
    head=sa.func.coalesce(
        _sending.scalar_subquery(),
        sa.case((_waits & _edit_is_first, _waiting_edit(deliveries.c.id)), else_=_oldest(deliveries.c.id)),
    ),
    due=sa.case(
        (_sending.exists(), sa.null()),
        (_waits & _edit_is_first, _waiting_edit(deliveries.c.due)),
        else_=_oldest(deliveries.c.due),
    ),
)
_NAMES = ("room", "lane")
_LOCK = "chatbot outbox"


@cache
def _these(postgres: bool) -> sa.ColumnElement[bool]:
    return sa.tuple_(queues.c.room, queues.c.lane).in_(table_of(postgres, [queues.c.room, queues.c.lane]))


@cache
def _turning(postgres: bool) -> sa.Update:
    return _turn.where(_these(postgres))


@cache
def _lengthening(postgres: bool) -> sa.Update:
    late = queues.c.due > sa.bindparam("b_now", type_=queues.c.due.type)
    return _turning(postgres).where(sa.or_(queues.c.head.is_(None), late))


@cache
def _beginning(postgres: bool) -> sa.Executable:
    """The queues of new deliveries; one that was empty has a head now."""
    new = (deliveries.c.id > sa.bindparam("b_last", type_=sa.BigInteger())) & (
        deliveries.c.state == State.PENDING.value
    )
    first_ids = sa.func.min(deliveries.c.id)
    columns = (deliveries.c.room, deliveries.c.lane, deliveries.c.chat, deliveries.c.due)
    rows = sa.select(*columns[:3], first_ids, columns[3]).where(new).group_by(*columns)
    dialect = postgresql.insert(queues) if postgres else sqlite.insert(queues)
    adding = dialect.from_select(["room", "lane", "chat", "head", "due"], rows)
    turn = {"head": adding.excluded.head, "due": adding.excluded.due}
    return adding.on_conflict_do_update(index_elements=["room", "lane"], set_=turn, where=queues.c.head.is_(None))


_new_ones = sa.select(deliveries.c.room, deliveries.c.lane).where(
    deliveries.c.id > sa.bindparam("b_last", type_=sa.BigInteger())
)
_giving_way = _turn.where(
    queues.c.due > sa.bindparam("b_now", type_=queues.c.due.type),
    sa.tuple_(queues.c.room, queues.c.lane).in_(_new_ones),
)


@cache
def _claiming(postgres: bool) -> sa.Update:
    return sa.update(queues).where(_these(postgres)).values(due=None)


async def lock(tx: Tx) -> None:
    """Change the outbox one after the other: on PostgreSQL two that lock the same rows in another order would stop each other."""
    if tx.postgres and _LOCK not in tx.locks:
        await tx.run(sa.text(f"SELECT pg_advisory_xact_lock(hashtext('{_LOCK}'))"))
        tx.locks.add(_LOCK)


def _rows(places: Iterable[Place]) -> list[Row]:
    return [{"room": room, "lane": lane} for room, lane in sorted({(room, int(lane)) for room, lane in places})]


async def refresh(tx: Tx, places: Iterable[Place], *, new: bool = False) -> None:
    """Find again whose turn it is in these queues. `new`: some of them may not have existed."""
    rows = _rows(places)
    if not rows:
        return
    await lock(tx)
    if new:
        await _add(tx, rows)
    await tx.run(_turning(tx.postgres), parameters(tx, _NAMES, rows))


async def extend(tx: Tx, places: Iterable[Place], now: datetime) -> None:
    """These queues got something at their end that is due now: only where one was empty, or its head gives way, there is a new
    head."""
    rows = _rows(places)
    if rows:
        await lock(tx)
        await _add(tx, rows)
        await tx.run(_lengthening(tx.postgres), parameters(tx, _NAMES, rows) | {"b_now": now})


async def last_id(tx: Tx) -> int:
    """The number of the newest delivery. Whoever holds the lock knows that all with higher ones are its own."""
    await lock(tx)
    row = await tx.row(sa.select(sa.func.max(deliveries.c.id).label("last")))
    return row.last or 0 if row else 0


async def begin(tx: Tx, last: int, now: datetime) -> None:
    """As `extend`, for all deliveries that this transaction added since `last_id`; their queues may not have existed."""
    await tx.run(_beginning(tx.postgres), {"b_last": last})
    await tx.run(_giving_way, {"b_last": last, "b_now": now})


async def _add(tx: Tx, rows: Sequence[Row]) -> None:
    await insert(tx, queues, [{**row, "chat": RoomAddress(str(row["room"])).chat} for row in rows])


async def refresh_all(tx: Tx, chat: str) -> None:
    """Find again whose turn it is in every queue of a chat."""
    await lock(tx)
    live = sa.select(deliveries.c.room, deliveries.c.lane, deliveries.c.chat).where(deliveries.c.chat == chat, _LIVE)
    adding = tx.insert(queues).from_select(["room", "lane", "chat"], live.distinct())
    await tx.run(adding.on_conflict_do_nothing())
    await tx.run(_turn.where(queues.c.chat == chat))


async def mark_claimed(tx: Tx, places: Iterable[Place]) -> None:
    """The heads of these queues are under way: nothing is due there until they are recorded."""
    await tx.run(_claiming(tx.postgres), parameters(tx, _NAMES, _rows(places)))


async def earliest(tx: Tx, chat: str, lowest: int) -> datetime | None:
    """When the next head of a chat's queues is due, in the lanes down to `lowest`."""
    ours = (queues.c.chat == chat) & (queues.c.lane <= lowest)
    row = await tx.row(sa.select(sa.func.min(queues.c.due).label("due")).where(ours))
    return row.due if row else None
