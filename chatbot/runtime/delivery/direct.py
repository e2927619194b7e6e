"""Deliveries to a person's DM: one that is refused ends them all, and no log and no notice says whose DM it is."""

from datetime import datetime

from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.delivery.attempt import Refused
from chatbot.store.database.db import Tx
from chatbot.store.outbox import Claimed
from chatbot.store.subscriptions import people, undelivered

NAME = "a DM"


def shown(room: RoomAddress) -> str:
    """A room as people other than its own may read of it."""
    return NAME if room.is_personal else room


async def suspend(tx: Tx, claimed: Claimed, refused: Refused, now: datetime) -> None:
    """Send the person nothing more until their next command, which says why: each refusal counts at Discord, and the next one
    would be the same. Where nobody can be reached any more, the time until all is forgotten begins."""
    dm = claimed.outgoing.room
    if refused.final:
        await people.lost(tx, dm, now)
    await undelivered.suspend(tx, dm, refused.reason, now, attempt=claimed.id)
