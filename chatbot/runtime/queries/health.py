"""What `/status` says of deliveries and chats: what waits, what is refused or parked, and how soon news arrives."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.delivery import State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.queries.answers.arrival import words as arrival_words
from chatbot.core.queries.answers.status import Health, Refusing
from chatbot.runtime.queries.arrival import arrival
from chatbot.runtime.queries.names import chat_name
from chatbot.store import outbox, parsing
from chatbot.store.database.db import Tx

_WAITING = (State.PENDING, State.SENDING, State.DOUBTFUL, State.REFUSED)


@dataclass(frozen=True, slots=True)
class RoomsShown:
    """Which rooms may be named to the asker: all of them (`everything`), or the one where it is asked. `word` is what people call
    a room in that chat."""

    here: RoomAddress
    word: str
    everything: bool
    name_of: Callable[[RoomAddress], str]

    def refusing(self, room: RoomAddress, reason: str, waiting: int) -> Refusing:
        """A room that takes no messages. Which it is, and why, is for those who keep it."""
        is_shown = self.everything or room == self.here
        return Refusing(room=self.name_of(room) if is_shown else "", reason=reason if is_shown else "", waiting=waiting)


async def health_of(
    tx: Tx, projects: Collection[ProjectId], rooms: RoomsShown, stopped: Mapping[str, str], now: datetime
) -> Health:
    """How these projects fare; what waits of others would hint at them. `stopped`: the chats that are, each with the reason."""
    counted = await outbox.counts(tx, projects=projects)
    unparsed: dict[str, list[tuple[str, str]]] = {}
    for item in await parsing.quarantined(tx, projects, now):
        unparsed.setdefault(item.project, []).append((item.name, item.reason))
    return Health(
        waiting=sum(counted.get(state, 0) for state in _WAITING),
        unparsed=unparsed,
        refusing=[rooms.refusing(*each) for each in await outbox.refusing(tx, projects=projects)],
        failing=await outbox.failing(tx, projects=projects),
        stopped={chat_name(name): reason for name, reason in stopped.items()},
        parked=counted.get(State.PARKED, 0),
        oldest_waiting=await outbox.oldest_pending(tx, projects=projects),
        arrival=arrival_words(await arrival(tx, projects, rooms.here, now), rooms.word),
    )
