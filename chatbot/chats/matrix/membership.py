"""Coming and going: invitations are taken or declined by the operator's list, and upgraded rooms are followed."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from chatbot.chats.matrix.homeserver import Refusal, in_room, quoted
from chatbot.chats.matrix.people.company import Company
from chatbot.chats.matrix.places import Places, room_and_thread
from chatbot.chats.matrix.rooms import Room
from chatbot.chats.matrix.session import Session
from chatbot.core.model.ids import RoomAddress
from chatbot.core.rate_allowance import RateAllowance
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # seconds between tries of what did not work yet
# DMs that people of one homeserver may open: so many at once, and one more every so many seconds. What is
# more waits for its turn.
OPENED_AT_ONCE, OPENED_EVERY = 20, 60.0
AGAIN = 20.0  # seconds after which the configuration may name other rooms


@dataclass(slots=True)
class Membership:
    """`allowed_inviters` are user ids and server names; `configured_rooms` gives the rooms of the configuration as they are now.
    `company` says who shares one of them with us: they may open a DM; without it, only who is on the list. `due` is set whenever
    a sync brought an invitation or a tombstone."""

    session: Session
    places: Places
    allowed_inviters: Sequence[str]
    configured_rooms: Callable[[], Sequence[RoomAddress]] = tuple
    company: Company | None = None
    due: asyncio.Event = field(default_factory=asyncio.Event)
    is_open: Callable[[Room], bool] = lambda _room: True  # whether a room may be entered, left or followed
    _tried: set[RoomAddress] = field(
        default_factory=set
    )  # rooms of the configuration that cannot be joined without an invitation
    _openings: RateAllowance = field(default_factory=lambda: RateAllowance(at_once=OPENED_AT_ONCE, every=OPENED_EVERY))
    _moved_rooms: set[str] = field(default_factory=set)  # upgraded rooms that the memory was told of since the start

    async def run(self) -> None:
        """Work off what is open, again and again, until cancelled."""
        pause = FIRST_PAUSE
        while True:
            self.due.clear()
            results = [await self._attend(room) for room in self._open()]
            results += [await self._join(address) for address in self._missing()]
            longest = AGAIN if all(results) else pause * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret
            pause = min(pause * 2, LONGEST_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(longest):
                    await self.due.wait()
                    pause = FIRST_PAUSE

    def _open(self) -> list[Room]:
        """What waits for us, invitations first: one of them may be to an upgraded room."""
        rooms = [room for room in self.session.tracked.rooms.values() if self.is_open(room)]
        invited = [room for room in rooms if room.invited_by]
        moved = [room for room in rooms if room.moved and room.id not in self._moved_rooms]
        return [*invited, *moved, *(room for room in rooms if room.successor and not room.moved and not room.left)]

    async def _attend(self, room: Room) -> bool:
        """Whether nothing is left to be done for this room."""
        try:
            if room.invited_by:
                return await self._invitation(room)
            return await (self._tell(room) if room.moved else self._upgrade(room))
        except (ChatUnavailable, Refusal) as refused:
            log.info("a room could not be entered yet; trying again", room=room.in_logs, reason=str(refused))
        except ChatStopped:
            raise
        except Exception:  # the store is away, or one strange room: the others must not wait for it
            log.exception("a room could not be handled", room=room.in_logs)
        return False

    def _missing(self) -> list[RoomAddress]:
        """Rooms of the configuration that were not tried yet; none before the first sync has told where we are."""
        places = (
            [address for address in self.configured_rooms() if not address.place.startswith("@")]
            if self.session.token
            else []
        )
        self._tried &= set(places)  # one that comes back into the configuration is tried again
        return [address for address in places if address not in self._tried]

    async def _join(self, address: RoomAddress) -> bool:
        """Join a room of the configuration, if it is public. Whoever removed us from a room does not see us come back."""
        try:
            room = await self.places.resolve(room_and_thread(address.place)[0])
            if room not in self.session.tracked.rooms and room:
                await self.session.server.post(f"/v3/join/{quoted(room)}", {})
                log.info("joined a room", room=room, address=address)
        except (ChatRefused, Refusal) as refused:
            log.warning("a configured room cannot be joined; invite the bot", address=address, reason=str(refused))
        except ChatUnavailable as busy:
            log.info("a room could not be entered yet; trying again", room=address, reason=busy.reason)
            return False
        self._tried.add(address)
        return True

    async def _invitation(self, room: Room) -> bool:
        server = self.session.server
        welcome = is_allowed(room.invited_by, self.allowed_inviters) or self._succeeds(room)
        if not welcome and room.direct == room.invited_by and self.company is not None:
            shares = await self._may_open(room.invited_by)
            if shares is None:
                return False
            welcome = shares
        try:
            if welcome:
                await server.post(in_room(room.id, "join"), {})
                if room.direct:
                    log.info("joined a DM")
                else:
                    log.info("joined a room", room=room.id, invited_by=room.invited_by)
                await self._write(room.id, invited_by="")
                return True
            await server.post(in_room(room.id, "leave"), {})
            await server.post(in_room(room.id, "forget"), {})
        except Refusal as refusal:  # withdrawn meanwhile, or a dead room
            log.info("an invitation could not be accepted", room=room.in_logs, reason=str(refusal))
        else:
            why = "matrix.allow_invites_from does not name them" + (
                ", and they are in no room of ours" if room.direct and self.company is not None else ""
            )
            log.info("invitation declined", reason=why, invited_by=room.invited_by)
        async with self.session.changing:
            await self.session.remember([Room(id=room.id, left=True)])
        return True

    async def _may_open(self, person: str) -> bool | None:
        """Whether the person may open a DM; None where that is to be asked again later."""
        homeserver, now = person.partition(":")[2], self.session.clock()
        if self.company is None or not self._openings.take(homeserver, now):
            return None
        return await self.company.shares_any(person)

    def _succeeds(self, room: Room) -> bool:
        """Whether this is where a room of ours moved to, by the word of both."""
        old = self.session.tracked.get(room.predecessor)
        return bool(room.predecessor) and old.successor == room.id and not old.left

    async def _upgrade(self, old: Room) -> bool:
        """Follow a tombstone, provided that the new room names the old one as its predecessor."""
        new = self.session.tracked.get(old.successor)
        if new.invited_by:
            return False  # its turn comes with the invitation
        if new.id not in self.session.tracked.rooms or new.left:
            via = old.closed_by.partition(":")[2]
            try:
                await self.session.server.post(f"/v3/join/{quoted(new.id)}", {}, {"via": via, "server_name": via})
            except Refusal as refusal:
                log.info("an upgraded room needs an invitation for the bot", room=old.in_logs, reason=str(refusal))
                return False
        return await self._hand_over(old, await self.session.look_up(new))

    async def _hand_over(self, old: Room, new: Room) -> bool:
        if new.predecessor != old.id:
            log.warning(
                "a room upgrade is not followed: the new room does not name the old one",
                room=old.in_logs,
                successor=new.id,
            )
            with suppress(Refusal):
                await self.session.server.post(in_room(new.id, "leave"), {})
            await self._write(old.id, successor="")
            return True
        log.info("a room was upgraded", room=old.in_logs, successor=new.id)
        if new.id not in self.session.tracked.rooms:
            self.session.learn([replace(new, direct=old.direct, other=old.other, joined=old.joined)])
        await self._write(old.id, moved=True)  # first: what the memory lets go then is to be said in the new room
        return await self._tell(self.session.tracked.get(old.id))

    async def _tell(self, old: Room) -> bool:
        """Let the memory know where a room went; once in every run, for what an earlier one did not come to."""
        await self.session.memory.moved(old.id, old.successor)
        self._moved_rooms.add(old.id)
        return True

    async def _write(self, room: str, **changes: Any) -> None:
        async with self.session.changing:
            await self.session.remember([replace(self.session.tracked.get(room), **changes)])


def is_allowed(inviter: str, patterns: Sequence[str]) -> bool:
    """Whether the list names the person, or their whole server."""
    if not inviter.startswith("@"):
        return False
    return inviter in patterns or inviter.partition(":")[2] in [name for name in patterns if not name.startswith("@")]
