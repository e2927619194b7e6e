"""What the account of a chat must not do for a while, such as opening DMs: remembered, so that a restart does not try at once."""

from dataclasses import dataclass
from datetime import datetime

from chatbot.ports import ChatUnavailable
from chatbot.store import leases
from chatbot.store.database.db import Store, StoreUnavailable


@dataclass(frozen=True, slots=True)
class StoredPauses:
    """The pauses of one chat's account, as `ports.Pauses`."""

    store: Store
    chat: str

    async def until(self, what: str) -> datetime | None:
        try:
            async with self.store.reading() as tx:
                value = await leases.read_note(tx, self._name(what))
        except StoreUnavailable as away:
            raise ChatUnavailable(str(away)) from away
        return datetime.fromisoformat(value) if value else None

    async def pause(self, what: str, until: datetime) -> None:
        try:
            async with self.store.writing() as tx:
                await leases.note(tx, self._name(what), until.isoformat())
        except StoreUnavailable as away:
            raise ChatUnavailable(str(away)) from away

    def _name(self, what: str) -> str:
        return f"pause/{self.chat}/{what}"
