"""Address → room: aliases are resolved, upgrades followed, direct chats opened, and rooms that refuse us named."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from chatbot.chats.matrix.homeserver import Refusal, in_room, quoted
from chatbot.chats.matrix.locks import Locks
from chatbot.chats.matrix.rooms import Room
from chatbot.chats.matrix.session import Session
from chatbot.core.model.ids import DIRECT, NOWHERE, RoomAddress
from chatbot.ports import ChatRefused, ChatUnavailable, PersonLost

log = structlog.get_logger(__name__)

ALIAS_HOLDS = timedelta(minutes=10)
LATELY = timedelta(minutes=15)
MOST_ASKERS = 1000  # remembered
LONGEST_CHAIN = 10  # upgrades followed at most: a circle of tombstones must end
MEGOLM = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


HOW_TO_OPEN = "writing to the bot opens a DM"
MATRIX_TO = "https://matrix.to/#/"  # before what it leads to


@dataclass(slots=True)
class Places:
    """Where an address leads, and by which address of the configuration a room is called."""

    session: Session
    _aliases: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _urgent_until: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    _opening: Locks = field(default_factory=Locks)

    async def open(self, address: RoomAddress, *, urgent: bool = False) -> Room:
        """The room behind an address, ready to be written to. `asked`: the person of a direct chat waits for an answer."""
        place, _ = room_and_thread(address.place)
        if place.startswith("@"):
            return await self._direct(place, urgent=urgent)
        room = self._followed(await self.resolve(place))
        if room.id in self.session.tracked.rooms:
            if room.invited_by:
                raise ChatUnavailable(f"the invitation to {place} is being answered", timedelta(seconds=2))
            if room.left:
                raise ChatRefused(f"the bot is not in {place}: invite {self.session.us}")
            if address.is_direct and room.other not in ("join", "invite"):
                raise PersonLost("this person has left the DM with the bot: writing to the bot opens it again")
            return room
        return await self._enter(room.id)

    def expect(self, person: str) -> None:
        """This person has asked something just now: an answer may open the direct chat that they left."""
        self._urgent_until[person] = self.session.clock()
        self._urgent_until.move_to_end(person)
        while len(self._urgent_until) > MOST_ASKERS:
            self._urgent_until.popitem(last=False)

    def _expects(self, person: str) -> bool:
        at = self._urgent_until.get(person)
        return at is not None and self.session.clock() - at < LATELY

    async def resolve(self, place: str) -> str:
        """The room id behind an alias; an id is its own."""
        if not place.startswith("#"):
            return place
        now = self.session.clock()
        cached, until = self._aliases.get(place, ("", now))
        if until > now:
            return cached
        try:
            answer = await self.session.server.get(f"/v3/directory/room/{quoted(place)}")
        except Refusal as refusal:
            raise ChatRefused(f"there is no room {place} ({refusal.code}): correct the address") from refusal
        room_id = str(answer.get("room_id", ""))
        self._aliases[place] = (room_id, now + ALIAS_HOLDS)
        return room_id

    def address(self, room: str, thread: str, names: Iterable[RoomAddress]) -> RoomAddress:
        """How the configuration calls a room or its thread: by the alias or the id it uses, which may be that of the room
        before an upgrade; else by its own id."""
        fits = {name: self._fits(room, thread, name) for name in names}
        best = max(fits, key=lambda name: fits[name], default=NOWHERE)
        return best if fits.get(best) else RoomAddress(f"matrix:{room}")

    def _fits(self, room: str, thread: str, name: RoomAddress) -> int:
        """How well a name fits; nothing where it means another place."""
        place, root = room_and_thread(name.place)
        cached, _ = self._aliases.get(place, (place, None))
        if cached == room and root:
            return 4 if root == thread else 0
        if cached == room:
            return 3
        if self._followed(cached).id != self._followed(room).id:
            return 0
        return 2 if not root else 1  # its thread stayed behind in the room that was upgraded

    def before(self, room: Room) -> Iterator[Room]:
        """The rooms that were upgraded to this one, the newest first, as far as the bot is still in them."""
        for _ in range(LONGEST_CHAIN):
            old = self.session.tracked.get(room.predecessor)
            if not old.moved or old.successor != room.id:
                return
            if not old.left:
                yield old
            room = old

    def _followed(self, room_id: str) -> Room:
        room = self.session.tracked.get(room_id)
        for _ in range(LONGEST_CHAIN):
            if not room.moved:
                return room
            room = self.session.tracked.get(room.successor)
        return room

    async def _enter(self, room_id: str) -> Room:
        """Join a room that the operator named and that sync has not told of."""
        session = self.session
        try:
            await session.server.post(f"/v3/join/{quoted(room_id)}", {})
            room = await session.look_up(Room(id=room_id))
        except Refusal as refusal:
            raise ChatRefused(f"the bot is not in {room_id} ({refusal.code}): invite {session.us}") from refusal
        if room_id not in session.tracked.rooms:
            session.learn([room])
        return session.tracked.get(room_id)

    async def _direct(self, user: str, *, urgent: bool) -> Room:
        async with self._opening.of(user):
            room = self.session.tracked.direct_with(user)
            if room is None:
                return await self._create(user)
            if room.other in ("leave", "ban") or not room.other:
                return await self._invite_again(room, user, urgent=urgent)
            return room

    async def _invite_again(self, room: Room, user: str, *, urgent: bool) -> Room:
        if not urgent and not self._expects(user) and room.other:
            raise ChatRefused(f"{user} has left the DM with the bot: writing to the bot opens it again")
        try:
            await self.session.server.post(in_room(room.id, "invite"), {"user_id": user})
        except Refusal:  # already there, or not to be invited: a chat of its own is the way
            with suppress(Refusal):
                members = (await self.session.server.get(in_room(room.id, "joined_members"))).get("joined", {})
                if user in members:
                    self.session.learn([replace(room, other="join")])
                    return self.session.tracked.get(room.id)
            return await self._create(user)
        self.session.learn([replace(room, other="invite")])
        return self.session.tracked.get(room.id)

    async def _create(self, user: str) -> Room:
        session = self.session
        # the same preset for everybody: in newer rooms a “trusted” guest would stand above all levels
        body = {"is_direct": True, "preset": "private_chat", "invite": [user], "initial_state": [MEGOLM]}
        try:
            answer = await session.server.post("/v3/createRoom", body)
        except Refusal as refusal:
            if refusal.code == "M_INVITE_BLOCKED":
                raise ChatRefused(f"{user} accepts no invitations from the bot: {HOW_TO_OPEN}") from refusal
            raise ChatRefused(f"no DM with {user} can be opened ({refusal})") from refusal
        room_id = str(answer.get("room_id", ""))
        await self._must_be_invited(room_id, user)
        room = replace(session.tracked.get(room_id), encrypted=True, direct=user, other="invite", joined=1, invited=1)
        session.learn([replace(room, creators=(session.us,))])
        await self._note_direct(user, room_id)
        return session.tracked.get(room_id)

    async def _must_be_invited(self, room: str, user: str) -> None:
        """A room may be made though its only guest was refused (v1.18: `M_INVITE_BLOCKED`): nobody would read what is said there.
        Where the homeserver does not say, the person counts as invited."""
        try:
            await self.session.server.get(in_room(room, "state", "m.room.member", user))
        except ChatUnavailable:
            return
        except Refusal as refusal:
            if refusal.status != 404:
                return
            with suppress(Refusal, ChatUnavailable):
                await self.session.server.post(in_room(room, "leave"), {})
            raise ChatRefused(f"{user} accepts no invitations from the bot: {HOW_TO_OPEN}") from refusal

    async def _note_direct(self, user: str, room: str) -> None:
        """Tell the account's other clients that the room is a direct chat; nothing depends on it."""
        path = f"/v3/user/{quoted(self.session.us)}/account_data/m.direct"
        try:
            try:
                noted = await self.session.server.get(path)
            except Refusal:
                noted = {}
            rooms = noted.get(user)
            rooms_after = [*rooms, room] if isinstance(rooms, list) else [room]
            await self.session.server.put(path, {**noted, user: rooms_after})
        except (Refusal, ChatUnavailable) as failed:
            log.info("a DM could not be saved in the account data", reason=str(failed))


def room_and_thread(place: str) -> tuple[str, str]:
    """`!room:server/$event` is a thread in a room; most places have none, and `dm:!room:server` is the room of a DM."""
    room, separator, event = place.removeprefix(DIRECT).partition("/$")
    return room, f"${event}" if separator else ""
