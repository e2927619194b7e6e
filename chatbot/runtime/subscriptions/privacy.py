"""`my-data` and `forget-me`; and whoever could not be reached for ninety days is forgotten unasked."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.model.message import Message
from chatbot.core.subscriptions.answers import privacy
from chatbot.runtime.subscriptions.visit import Parts, Visit, guarded_names_of
from chatbot.store.database.db import Store
from chatbot.store.maintainers import words
from chatbot.store.privacy import forgetting, personal
from chatbot.store.subscriptions import people

UNREACHABLE = timedelta(days=90)  # after which nothing is kept of somebody whom nobody could reach


@dataclass(frozen=True, slots=True)
class Privacy:
    """Its commands. Whose data it is about is the asker, whom the chat has proved, and nobody else."""

    parts: Parts

    async def my_data(self, guest: Visit) -> Message:
        """Everything that is stored of the asker; where others would read it, the way to a DM."""
        if guest.ask.room and not guest.profile.private_in_rooms and not guest.is_reachable:
            return privacy.in_a_dm_only(guest.prefix)
        async with self.parts.store.reading() as tx:
            data = await personal.read(tx, guest.address)
        return privacy.my_data(data, guarded_names_of(self.parts, guest), guest.prefix)

    async def forget_me(self, guest: Visit) -> Message:
        """Delete it all, at once."""
        rows = await forgetting.forget(self.parts.store, guest.address, self.parts.clock(), new_salt())
        async with self.parts.store.reading() as tx:
            decisions = await words.of_person(tx, guest.address)
        return privacy.forgot(rows, decisions)


async def forget_lost(store: Store, now: datetime) -> int:
    """Forget whoever could not be reached for so long; return how many people. Raises StoreUnavailable."""
    async with store.reading() as tx:
        gone = await people.lost_before(tx, now - UNREACHABLE)
    for person in gone:
        await forgetting.forget(store, person, now, new_salt())
    return len(gone)


def new_salt() -> str:
    """For the hashes of who was forgotten, where there is none yet."""
    return secrets.token_hex(16)
