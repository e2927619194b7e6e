"""One answer of /sync, understood: the rooms as they now are, and the messages that may be questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chatbot.chats.matrix.rooms import Event, Room, Tracked

JSON = dict[str, Any]
NOTHING = {"not_types": ["*"]}
FILTER: JSON = {
    "presence": NOTHING,
    "account_data": NOTHING,
    "room": {
        "timeline": {"limit": 100, "lazy_load_members": True},
        "state": {"lazy_load_members": True},
        "ephemeral": NOTHING,
        "account_data": NOTHING,
    },
}
# For the first sync, and where an answer is too large to be taken in at once: what is left out is asked for room by room.
SMALL_FILTER: JSON = {**FILTER, "room": {**FILTER["room"], "timeline": {"limit": 1, "lazy_load_members": True}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A room whose timeline was cut: what was said between the last sync and `before` must be fetched. `behind` is the event
    with which the timeline goes on."""

    room: str
    before: str
    behind: Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncChanges:
    """What a sync told. `rooms` are those that changed, by id; `events` are messages in the clear or sealed, oldest first."""

    token: str
    rooms: Mapping[str, Room] = field(default_factory=dict)
    events: tuple[tuple[str, Event], ...] = ()
    gaps: tuple[Gap, ...] = ()


def understand(answer: Mapping[str, Any], rooms_known: Tracked, us: str) -> SyncChanges:
    """Read a /sync answer. Events of rooms that we have only just joined count from our joining on."""
    rooms, messages, gaps = dict[str, Room](), list[tuple[str, Event]](), list[Gap]()
    room_parts = _mapping(answer.get("rooms"))
    for room_id, part in _parts(room_parts, "join"):
        before = rooms_known.get(room_id)
        room = replace(_after(_entered(before), part, us), left=False, invited_by="")
        if room != before or room_id not in rooms_known.rooms:
            rooms[room_id] = room
        timeline = _mapping(part.get("timeline"))
        events = list(_events(timeline))
        newcomer = room_id not in rooms_known.rooms or before.left or bool(before.invited_by)
        if newcomer:
            events = _since_joining(events, us)
        elif timeline.get("limited") is True and isinstance(timeline.get("prev_batch"), str):
            gaps.append(Gap(room=room_id, before=timeline["prev_batch"], behind=next(iter(events), None)))
        messages += [(room_id, event) for event in events if is_message(event)]
    for room_id, part in _parts(room_parts, "leave"):
        before = rooms_known.get(room_id)
        never_in = before.invited_by or room_id not in rooms_known.rooms
        rooms[room_id] = Room(id=room_id, left=True) if never_in else replace(_after(before, part, us), left=True)
    for room_id, part in _parts(room_parts, "invite"):
        rooms[room_id] = _invitation(Room(id=room_id), part, us)
    return SyncChanges(token=str(answer["next_batch"]), rooms=rooms, events=tuple(messages), gaps=tuple(gaps))


def is_message(event: Event) -> bool:
    """Whether the event may be a question: a message, readable or sealed, or a reaction to one, and no state."""
    return event.get("type") in ("m.room.message", "m.room.encrypted", "m.reaction") and "state_key" not in event


def _after(room: Room, part: Mapping[str, Any], us: str) -> Room:
    for event in (*_events(_mapping(part.get("state"))), *_events(_mapping(part.get("timeline")))):
        if "state_key" in event:
            room = room.apply(event, us)
    summary = _mapping(part.get("summary"))
    joined, invited = summary.get("m.joined_member_count"), summary.get("m.invited_member_count")
    room = replace(room, joined=joined) if isinstance(joined, int) else room
    return replace(room, invited=invited) if isinstance(invited, int) else room


def _invitation(room: Room, part: Mapping[str, Any], us: str) -> Room:
    """Who invites us, and into what. The state is the word of the inviter's server: nothing of it is taken but whether it is to
    be a direct chat and what the room comes after; and where it names several inviters, there is none."""
    inviters = set[str]()
    for event in _events(_mapping(part.get("invite_state"))):
        ours = event.get("type") == "m.room.member" and event.get("state_key") == us
        if ours:
            inviters.add(str(event.get("sender", "")))
        if ours or event.get("type") == "m.room.create":
            room = room.apply(event, us)
    inviter = inviters.pop() if len(inviters) == 1 else ""
    return Room(
        id=room.id, direct=room.direct if inviter else "", predecessor=room.predecessor, invited_by=inviter or "unknown"
    )


def _entered(before: Room) -> Room:
    """What stays of an invitation once we are in the room: the rest is told by our own server now."""
    return Room(id=before.id, direct=before.direct) if before.invited_by else before


def _since_joining(events: list[Event], us: str) -> list[Event]:
    for index, event in reversed(list(enumerate(events))):
        if event.get("type") == "m.room.member" and event.get("state_key") == us:
            return events[index:]
    return events


def _parts(room_parts: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(room, _mapping(part)) for room, part in _mapping(room_parts.get(name)).items()]


def _events(part: Mapping[str, Any]) -> Iterator[Event]:
    events = part.get("events")
    return (event for event in events if isinstance(event, Mapping)) if isinstance(events, list) else iter(())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
