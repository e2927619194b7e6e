"""Leases: which replica looks at a source or sends for an account, and until when unless it says that it lives."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.store.database.account_tables import leases, notes
from chatbot.store.database.db import Tx


async def take(tx: Tx, name: str, holder: str, now: datetime, for_: timedelta) -> bool:
    """Take a lease that is free, has run out, or is ours already; return whether it is ours until `now + for_`."""
    until = now + for_
    adding = tx.insert(leases).values(name=name, holder=holder, expires_at=until)
    ours = leases.c.holder == holder
    taking = adding.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "expires_at": until},
        where=ours | (leases.c.expires_at <= now),
    )
    return await tx.run(taking) > 0


async def heartbeat(tx: Tx, name: str, holder: str, now: datetime, for_: timedelta) -> bool:
    """Keep a lease that is ours and has not run out; return whether it is."""
    alive = (leases.c.name == name) & (leases.c.holder == holder) & (leases.c.expires_at > now)
    return await tx.run(sa.update(leases).where(alive).values(expires_at=now + for_)) > 0


async def left(tx: Tx, name: str, holder: str, now: datetime) -> timedelta:
    """For how long the lease is still ours; nothing where it is not. An attempt that could end later is not begun."""
    row = await tx.row(sa.select(leases.c.expires_at).where(leases.c.name == name, leases.c.holder == holder))
    return max(row.expires_at - now, timedelta()) if row else timedelta()


async def release(tx: Tx, name: str, holder: str) -> None:
    """Give the lease back, so that another takes it at once."""
    await tx.run(sa.delete(leases).where(leases.c.name == name, leases.c.holder == holder))


async def holders(tx: Tx) -> dict[str, tuple[str, datetime]]:
    """Lease → its holder and until when, run out or not: for `/readyz` and `chatbot deliveries`."""
    return {row.name: (row.holder, row.expires_at) for row in await tx.rows(sa.select(leases))}


# ---- many at once ---------------------------------------------------------------------------------------------------------


async def clock(tx: Tx, ours: datetime) -> datetime:
    """The time that all replicas agree on: the database server's. SQLite has none but ours."""
    row = await tx.row(sa.select(sa.func.clock_timestamp().label("now"))) if tx.postgres else None
    return row.now if row else ours


async def beat(tx: Tx, holder: str, now: datetime, for_: timedelta) -> set[str]:
    """Keep all leases that are ours and have not run out; return their names."""
    alive = (leases.c.holder == holder) & (leases.c.expires_at > now)
    extend = sa.update(leases).where(alive).values(expires_at=now + for_).returning(leases.c.name)
    return {row.name for row in await tx.rows(extend)}


async def free(tx: Tx, names: Collection[str], now: datetime) -> list[str]:
    """Which of these nobody holds, in order."""
    busy = {row.name for row in await tx.rows(sa.select(leases.c.name).where(leases.c.expires_at > now))}
    return sorted(set(names) - busy)


# ---- what belongs to an account, besides its lease ------------------------------------------------------------------------


async def read_note(tx: Tx, name: str) -> str | None:
    """What was noted under a name."""
    row = await tx.row(sa.select(notes.c.value).where(notes.c.name == name))
    return str(row.value) if row else None


async def note(tx: Tx, name: str, value: str) -> None:
    """Note something under a name, in place of what was there."""
    adding = tx.insert(notes).values(name=name, value=value)
    await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
