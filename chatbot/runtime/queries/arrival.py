"""How soon critical news arrives, as measured lately; where nothing was measured, by the chats' own pace."""

from collections.abc import Collection
from datetime import datetime

from chatbot.chats import PROFILES
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.queries.answers.arrival import Arrival
from chatbot.store.database.db import Tx
from chatbot.store.outbox import pace
from chatbot.store.subscriptions import subscriptions


async def arrival(tx: Tx, projects: Collection[ProjectId], room: RoomAddress, now: datetime) -> Arrival:
    """How soon news of these projects reaches a room, and their subscribers."""
    profiles = {profile.name: profile for profile in PROFILES}
    counts = await subscriptions.count_by_chat(tx, projects, profiles)
    paces = {chat: await pace.rate(tx, chat, now) or profiles[chat].pace for chat in counts}
    return Arrival(delay=await pace.delay(tx, [room], now) if room else None, subscribers=counts, paces=paces)
