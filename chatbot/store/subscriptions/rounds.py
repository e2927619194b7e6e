"""Rounds: going through all people once a week for their lists, and how far each has come. One for each time zone in use."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from chatbot.core.model.ids import RoomAddress
from chatbot.store.database.account_tables import notes
from chatbot.store.database.columns import from_number, to_number
from chatbot.store.database.db import Tx

_START = "people/weekly/"  # of their names among the notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The last round of a time zone.

    due: when its lists were due
    before: when those of the round before were; None for the first one
    after: the last person who was gone through; empty: nobody yet
    is_over: everybody was gone through
    has_gaps: somebody was passed over, of whom nobody could tell whether they may know of what is news
    """

    zone: str
    due: datetime
    before: datetime | None = None
    after: str = ""
    is_over: bool = False
    has_gaps: bool = False

    def following(self, due: datetime) -> "Round":
        """The next one. What one that was not finished left out is part of it."""
        return Round(zone=self.zone, due=due, before=self.due if self.is_over else self.before)


async def get(tx: Tx, zone: str) -> Round | None:
    """The zone's last round; None where there was none."""
    row = await tx.row(sa.select(notes.c.value).where(notes.c.name == _name(zone)))
    if row is None:
        return None
    due, before, after, is_over, *more = json.loads(row.value)
    previous = from_number(before) if before is not None else None
    return Round(
        zone=zone, due=from_number(due), before=previous, after=after, is_over=is_over, has_gaps=more == [True]
    )


async def put(tx: Tx, item: Round) -> None:
    """It has come this far."""
    before = to_number(item.before) if item.before is not None else None
    gaps = [True] if item.has_gaps else []
    value = json.dumps([to_number(item.due), before, item.after, item.is_over, *gaps])
    adding = tx.insert(notes).values(name=_name(item.zone), value=value)
    await tx.run(adding.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def forget(tx: Tx, person: RoomAddress) -> None:
    """Nothing names this person any more: rounds that had come as far as them begin again, which repeats no list."""
    for row in await tx.rows(sa.select(notes.c.name).where(notes.c.name.startswith(_START, autoescape=True))):
        item = await get(tx, row.name.removeprefix(_START))
        if item is not None and item.after == person:
            await put(tx, replace(item, after=""))


def advanced(item: Round, person: RoomAddress | None, *, has_gaps: bool = False) -> Round:
    """Everybody up to this person was gone through; None: everybody. Then nobody is named, and where somebody was passed over,
    it begins again."""
    has_gaps = has_gaps or item.has_gaps
    is_last = person is None
    return replace(item, after=person or "", is_over=is_last and not has_gaps, has_gaps=has_gaps and not is_last)


def _name(zone: str) -> str:
    return f"{_START}{zone}"
