"""What a Matrix room is, from its raw state: who may do what, whether it is encrypted, and where it went."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

Event = Mapping[str, Any]
Levels = Mapping[str, Any]

ROTATE_MESSAGES, ROTATE_MS = 100, 7 * 86_400_000  # how long a room key is used where the room does not say
LONGEST_NAME = 100  # characters of a room's name that are kept
CREATOR = 1 << 60  # more than any level that can be written down
_PLAIN_CREATORS = frozenset(str(number) for number in range(1, 12))  # versions whose creator is a user like others
_HIGH_CREATORS = frozenset({"12", "org.matrix.hydra.11"})  # versions whose creators stand above all levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What we remember of a room. Levels are the raw content of its newest `m.room.power_levels`, None where it has none.

    `direct` is the other person of a direct chat and `other` their membership; `joined` and `invited` count the members;
    `successor` is the room named by a tombstone and `closed_by` who set it; `invited_by` is set while an invitation waits for
    our answer; `moved` where everything was handed to the successor. A room key is changed after `rotate_messages` messages or
    `rotate_ms` milliseconds. `name` is what its members call it: their words, cut.
    """

    id: str
    version: str = "1"
    creators: tuple[str, ...] = ()
    levels: Levels | None = None
    encrypted: bool = False
    rotate_messages: int = ROTATE_MESSAGES
    rotate_ms: int = ROTATE_MS
    direct: str = ""
    other: str = ""
    joined: int = 0
    invited: int = 0
    predecessor: str = ""
    successor: str = ""
    closed_by: str = ""
    moved: bool = False
    invited_by: str = ""
    left: bool = False
    name: str = ""

    @classmethod
    def from_facts(cls, room: str, facts: Mapping[str, object]) -> Self:
        """Read what `facts` wrote, in this or an earlier version of the bot."""
        fields = {name: value for name, value in facts.items() if name in cls.__dataclass_fields__ and name != "id"}
        creators = fields.get("creators", ())
        fields["creators"] = tuple(creators) if isinstance(creators, (list, tuple)) else ()
        return cls(id=room, **fields)  # type: ignore[arg-type]  # JSON of our own writing

    def facts(self) -> dict[str, object]:
        """What is kept, as JSON; defaults are left out."""
        empty = Room(id=self.id)
        fields = asdict(self)
        return {name: value for name, value in fields.items() if name != "id" and value != getattr(empty, name)}

    @property
    def is_direct(self) -> bool:
        """Whether everything said here is said to us alone: a chat that was opened as direct, with nobody else in it or
        invited. Where the server does not say how many there are, it is not."""
        return bool(self.direct) and self.joined >= 1 and self.joined + self.invited <= 2

    @property
    def in_logs(self) -> str:
        """What a line of the log calls it: no line says who has a DM with the bot."""
        return "a DM" if self.direct else self.id

    @property
    def is_forgotten(self) -> bool:
        """Whether nothing need be kept: we never were in it. Who removed us from a room is not to see us come back."""
        return self.left and not self.creators

    def level(self, user: str) -> int:
        """The power level of a user. Creators have more than what is written down only in versions that are known for it."""
        if user in self.creators and self.version in _HIGH_CREATORS:
            return CREATOR
        if self.levels is None:  # a room without levels: who made it has 100, the others nothing
            return 100 if user in self.creators[:1] and self.version in _PLAIN_CREATORS else 0
        return _number(_mapping(self.levels.get("users")).get(user), _number(self.levels.get("users_default"), 0))

    def needed(self, kind: str, *, state: bool = False) -> int:
        """The level that sending an event of this kind takes."""
        levels = self.levels or {}
        usual = _number(levels.get("state_default"), 50) if state else _number(levels.get("events_default"), 0)
        if self.levels is None:
            usual = 0
        return _number(_mapping(levels.get("events")).get(kind), usual)

    def may_send(self, user: str) -> bool:
        return self.level(user) >= self.needed("m.room.message")

    def may_ping_room(self, user: str) -> bool:
        return self.level(user) >= self.needed_to_ping_room

    @property
    def needed_to_ping_room(self) -> int:
        """The level that mentioning all of its members takes."""
        return _number(_mapping((self.levels or {}).get("notifications")).get("room"), 50)

    def may_redact(self, user: str) -> bool:
        """May remove what others said. A room that lets everybody do so makes nobody a moderator."""
        return self.level(user) >= max(_number((self.levels or {}).get("redact"), 50), 1)

    def is_admin(self, user: str) -> bool:
        """May change the room's settings: has its level for state."""
        return self.level(user) >= max(_number((self.levels or {}).get("state_default"), 50), 1)

    def apply(self, event: Event, us: str) -> "Room":
        """The room after one state event. Levels are replaced, never merged: who was taken out of them is nobody again."""
        content, key = _mapping(event.get("content")), event.get("state_key")
        match event.get("type"), key:
            case "m.room.create", "":
                return self._created(content, str(event.get("sender", "")))
            case "m.room.power_levels", "":
                return replace(self, levels=dict(content))
            case "m.room.encryption", "":  # once encrypted, always encrypted, whatever a later event says
                return self._encrypted(content)
            case "m.room.name", "":
                name = content.get("name")
                return replace(self, name=name[:LONGEST_NAME] if isinstance(name, str) else "")
            case "m.room.tombstone", "":
                successor = content.get("replacement_room")
                place = successor if isinstance(successor, str) else ""
                return replace(self, successor=place, closed_by=str(event.get("sender", "")))
            case "m.room.member", str():
                return self._member(key, content, str(event.get("sender", "")), us)
            case _:
                return self

    def _encrypted(self, content: Mapping[str, Any]) -> "Room":
        messages = _between(content.get("rotation_period_msgs"), ROTATE_MESSAGES, 1, 10_000)
        milliseconds = _between(content.get("rotation_period_ms"), ROTATE_MS, 3_600_000, 52 * ROTATE_MS)
        return replace(self, encrypted=True, rotate_messages=messages, rotate_ms=milliseconds)

    def _created(self, content: Mapping[str, Any], sender: str) -> "Room":
        version = str(content.get("room_version", "1"))
        more = content.get("additional_creators")
        others = [user for user in more if isinstance(user, str)] if isinstance(more, list) else []
        old = content.get("creator")
        first = old if isinstance(old, str) and version in _PLAIN_CREATORS else sender
        before = _mapping(content.get("predecessor")).get("room_id")
        predecessor = before if isinstance(before, str) else ""
        return replace(self, version=version, creators=(first, *others), predecessor=predecessor)

    def _member(self, user: str, content: Mapping[str, Any], sender: str, us: str) -> "Room":
        membership = str(content.get("membership", "leave"))
        if user == us:
            direct = sender if content.get("is_direct") is True and sender != us else self.direct
            return replace(self, direct=direct, left=membership in ("leave", "ban"))
        if membership == "invite" and sender == us and content.get("is_direct") is True:
            return replace(self, direct=user, other=membership)
        return replace(self, other=membership) if user == self.direct else self


@dataclass(frozen=True, slots=True)
class Tracked:
    """The rooms by id, as one value that can be replaced when all of a sync was understood."""

    rooms: Mapping[str, Room] = field(default_factory=dict)

    def get(self, room: str) -> Room:
        return self.rooms.get(room) or Room(id=room)

    def direct_with(self, user: str) -> Room | None:
        """The direct chat with a person, one that they are in or invited to before one that they left."""
        rooms = [room for room in self.rooms.values() if room.direct == user and room.is_direct and not room.left]
        rooms = [room for room in rooms if not room.successor and not room.invited_by]
        return max(rooms, key=lambda room: (room.other != "leave", room.other == "join", room.id), default=None)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _between(value: object, default: int, least: int, most: int) -> int:
    return min(max(value, least), most) if isinstance(value, int) and not isinstance(value, bool) else default


def _number(value: object, default: int) -> int:
    """A level: an integer, or in rooms before version 10 a string of one; anything else counts as not written."""
    if isinstance(value, bool):
        return default
    try:
        return int(value) if isinstance(value, (int, str)) else default
    except ValueError:
        return default
