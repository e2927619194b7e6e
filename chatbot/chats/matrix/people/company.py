"""Who shares a room with us, as the homeserver says at this moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatbot.chats.matrix.homeserver import Refusal, in_room
from chatbot.chats.matrix.places import Places, room_and_thread
from chatbot.chats.matrix.session import Session
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatRefused, ChatUnavailable

MOST_ROOMS = 50  # that are looked into for one person


@dataclass(slots=True)
class Company:
    """`configured_rooms` gives the addresses of the rooms that we watch for, as they are now."""

    session: Session
    places: Places
    configured_rooms: Callable[[], Sequence[RoomAddress]]

    async def shares(self, person: str, address: RoomAddress) -> bool | None:
        """Whether the person is in the room now; None where the homeserver does not say."""
        try:
            place = await self.places.resolve(room_and_thread(address.place)[0])
            room = self.session.tracked.get(place)
            while room.moved:
                room = self.session.tracked.get(room.successor)
            if room.left or room.id not in self.session.tracked.rooms:
                return None
            member = await self.session.server.get(in_room(room.id, "state", "m.room.member", person))
        except Refusal as refusal:
            return False if refusal.status == 404 else None
        except (ChatRefused, ChatUnavailable):
            return None
        content = member.get("content")
        membership = content.get("membership") if isinstance(content, dict) else member.get("membership")
        return membership == "join"

    async def shares_any(self, person: str) -> bool | None:
        """Whether the person is in one of our rooms now; None where the homeserver does not say of all that are left."""
        unsure = False
        for address in list(dict.fromkeys(self.configured_rooms()))[:MOST_ROOMS]:
            if address.place.startswith("@"):
                continue
            answer = await self.shares(person, address)
            if answer:
                return True
            unsure = unsure or answer is None
        return None if unsure else False
