"""What came in by Matrix's sync: questions to be answered, the rooms as they were told, and where the sync goes on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.ports import Question, RoomFacts
from chatbot.store import rooms
from chatbot.store.database import wire
from chatbot.store.database.account_tables import inbox, sync_rooms, sync_tokens
from chatbot.store.database.db import Store, Tx
from chatbot.store.outbox import restore_gap

KEEP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class StoredSyncMemory:
    """`ports.SyncMemory` for one account, such as `@bot:example.org`. Each call is one transaction."""

    store: Store
    account: str
    chat: str  # the first word of its rooms' addresses

    async def token(self) -> str | None:
        """Where the last sync ended."""
        async with self.store.reading() as tx:
            row = await tx.row(sa.select(sync_tokens.c.token).where(sync_tokens.c.account == self.account))
        return row.token if row else None

    async def rooms(self) -> dict[str, Mapping[str, object]]:
        """What sync told of the rooms that the account is in."""
        async with self.store.reading() as tx:
            rows = await tx.rows(sa.select(sync_rooms).where(sync_rooms.c.account == self.account))
        return {row.place: json.loads(row.facts) for row in rows}

    async def remember(self, token: str, questions: Sequence[Question], rooms: Sequence[RoomFacts]) -> None:
        """Remember questions, rooms and the token: all or nothing. A repeated event changes nothing."""
        async with self.store.writing() as tx:
            gap = await restore_gap.gap(tx)  # what was asked before a restoration was answered, or is too old to be
            rows = [self._row(question) | _too_late(gap, question) for question in questions]
            if rows:
                tx.woken.add(f"inbox:{self.account}")  # whoever answers sleeps until then
            await tx.run(tx.insert(inbox).on_conflict_do_nothing(index_elements=["account", "event"]), rows)
            for room in rooms:
                await self._room(tx, room)
            adding = tx.insert(sync_tokens).values(account=self.account, token=token)
            await tx.run(adding.on_conflict_do_update(index_elements=["account"], set_={"token": token}))

    def _row(self, question: Question) -> dict[str, Any]:
        text = {"place": question.place, "thread": question.thread, "ask": wire.dumps(question.ask)}
        return {
            "account": self.account,
            "event": question.event,
            "question": json.dumps(text),
            "came_at": question.ask.asked_at,
        }

    async def _room(self, tx: Tx, room: RoomFacts) -> None:
        if room.left:
            ours = (sync_rooms.c.account == self.account) & (sync_rooms.c.place == room.place)
            await tx.run(sa.delete(sync_rooms).where(ours))
            return
        facts = json.dumps(dict(room.facts), ensure_ascii=False)
        adding = tx.insert(sync_rooms).values(account=self.account, place=room.place, facts=facts)
        await tx.run(adding.on_conflict_do_update(index_elements=["account", "place"], set_={"facts": facts}))

    async def moved(self, old: str, new: str) -> None:
        """A room was upgraded: its address leads to the new one, and what waits is said there."""
        async with self.store.writing() as tx:
            await rooms.record_upgrade(tx, RoomAddress(f"{self.chat}:{old}"), RoomAddress(f"{self.chat}:{new}"))


def _too_late(gap: restore_gap.Gap | None, question: Question) -> dict[str, Any]:
    late = gap is not None and question.ask.asked_at <= gap.end
    return {"done_at": gap.end if gap is not None and late else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A stored question that cannot be read: a newer program wrote it, or the row is damaged. `place` where that much can."""

    event: str
    place: str
    asked_at: datetime


async def pending(tx: Tx, account: str) -> list[Question | Unread]:
    """The questions that are not answered yet, in the order they came."""
    ours = sa.select(inbox).where(inbox.c.account == account, inbox.c.done_at.is_(None)).order_by(inbox.c.id)
    return [_question(row) for row in await tx.rows(ours)]


def _question(row: Any) -> Question | Unread:
    place = ""
    try:
        text = json.loads(row.question)
        place = text["place"] if isinstance(text["place"], str) else ""
        ask = wire.loads(CommandRequest, text["ask"])
        return Question(event=row.event, place=place, thread=text["thread"], ask=ask)
    except (wire.Unreadable, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Unread(event=row.event, place=place, asked_at=row.came_at)


async def mark_done(tx: Tx, event: str, now: datetime, *, forget: bool = False) -> None:
    """The question is answered, or needs no answer any more; `forget`: nothing of it is kept but that it was."""
    blank = {"question": "{}"} if forget else {}
    await tx.run(sa.update(inbox).where(inbox.c.event == event).values(done_at=now, **blank))


async def prune(tx: Tx, now: datetime) -> int:
    """Forget what came in more than thirty days ago; return how much that was."""
    return await tx.run(sa.delete(inbox).where(inbox.c.came_at < now - KEEP))
