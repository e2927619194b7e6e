"""Which rooms get a message: rooms with equal filters are grouped, bridged rooms get it once, and the ping is added last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.model.message import Mention, Message
from chatbot.core.model.watches import Room, WatchFilter


@dataclass(frozen=True, slots=True)
class Watch:
    """One room watching one project.

    since: when it began to watch, by the source's clock; what was published before is not news to it
    introduce: older subjects that are announced once all the same (`first_run = "newest"`), and wait for no digest
    line_roles: the roles of the project's release lines in the room's server: line → role. They are no part of the filter:
        rooms that differ in them alone share a rendering
    last_digest: when the last digest that was posted in the room was due
    followed: whether other rooms follow this one, and would not see an edit
    """

    room: Room
    since: datetime
    introduce: frozenset[str] = frozenset()
    line_roles: Mapping[str, str] = field(default_factory=dict, hash=False)
    last_digest: datetime | None = None
    followed: bool = False


def by_filter(watches: Iterable[Watch]) -> dict[WatchFilter, list[Watch]]:
    """The watches by filter: rooms with equal filters share one decision and one rendering."""
    groups: dict[WatchFilter, list[Watch]] = {}
    for watch in watches:
        groups.setdefault(watch.room.watch_filter, []).append(watch)
    return groups


def bridge_for(room: Room, rooms: Sequence[Room]) -> Room | None:
    """The earlier configured room that `room` is bridged with, and that gets the message in its place; None if there is none."""
    for earlier in rooms:
        if earlier.address == room.address:
            return None
        if earlier.address in room.bridged_with or room.address in earlier.bridged_with:
            return earlier
    return None


def with_mention(message: Message, watch_filter: WatchFilter, *, ping: bool, roles: Sequence[Mention] = ()) -> Message:
    """The message with the room's mention and these roles if it should ping, else without any."""
    own = [watch_filter.mention] if watch_filter.mention else []
    return replace(message, mentions=tuple(dict.fromkeys([*own, *roles])) if ping else ())
