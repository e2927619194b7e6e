"""Which rooms hear a decision: equal rooms are grouped, bridged rooms are told once, and who is called is added last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chatbot.core.model.message import Message
from chatbot.core.model.watches import Room, WatchFilter


@dataclass(frozen=True, slots=True)
class Watch:
    """A room as one project's plan sees it. `since` is when it began to listen (the source's clock): what was published
    before is not news to it. `introduce` are subjects it is told once although they are older (`first_run = "newest"`)."""

    room: Room
    since: datetime
    introduce: frozenset[str] = frozenset()


def by_filter(watches: Iterable[Watch]) -> dict[WatchFilter, list[Watch]]:
    """Rooms that want the same, together: they share one decision and one rendering."""
    groups: dict[WatchFilter, list[Watch]] = {}
    for watch in watches:
        groups.setdefault(watch.room.watch_filter, []).append(watch)
    return groups


def bridged_away(room: Room, rooms: Sequence[Room]) -> Room | None:
    """The room that says it already where `room` is bridged with one configured earlier, else None."""
    for earlier in rooms:
        if earlier.address == room.address:
            return None
        if earlier.address in room.bridged_with or room.address in earlier.bridged_with:
            return earlier
    return None


def calling(message: Message, watch_filter: WatchFilter, *, call: bool) -> Message:
    """The message with the room's mention, or with none."""
    return replace(message, mentions=(watch_filter.mention,) if call and watch_filter.mention else ())
