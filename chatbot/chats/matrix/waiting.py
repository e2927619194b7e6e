"""Messages whose key has not come yet: a few for each sender, so that nobody's flood displaces what others wait for."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OF_ONE = 20  # messages of one sender in one room
MOST = 400  # messages of everybody


@dataclass(slots=True)
class Waiting:
    """A message that cannot be read yet. `seen_at`: when it came; `noted`: its reader knows that it cannot be read."""

    room: str
    sender: str
    event: Mapping[str, Any]
    seen_at: datetime
    noted: bool = False


@dataclass(slots=True)
class WaitingRoom:
    """At most `OF_ONE` messages of one sender in a room, and `MOST` in all. When it is full, the room with most messages
    loses the oldest one of its busiest sender."""

    _rooms: dict[str, dict[str, OrderedDict[str, Waiting]]] = field(default_factory=dict)
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Waiting]:
        return iter([one for room in self._rooms.values() for sender in room.values() for one in sender.values()])

    def add(self, waiting: Waiting) -> None:
        theirs = self._rooms.setdefault(waiting.room, {}).setdefault(waiting.sender, OrderedDict())
        name = str(waiting.event.get("event_id", ""))
        if name in theirs:
            return
        theirs[name] = waiting
        self._count += 1
        if len(theirs) > OF_ONE:
            self.remove(next(iter(theirs.values())))
        if self._count > MOST:
            busiest = max(self._rooms.values(), key=lambda room: sum(map(len, room.values())))
            self.remove(next(iter(max(busiest.values(), key=len).values())))

    def remove(self, waiting: Waiting) -> None:
        room = self._rooms.get(waiting.room, {})
        theirs = room.get(waiting.sender, OrderedDict())
        if theirs.pop(str(waiting.event.get("event_id", "")), None) is None:
            return
        self._count -= 1
        if not theirs:
            room.pop(waiting.sender, None)
        if not room:
            self._rooms.pop(waiting.room, None)
