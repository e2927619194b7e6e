"""Trying a Matrix account and its rooms without disturbing a running bot: what works and what is wrong, a result for each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import aiohttp

from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.device.store import DeviceStore
from chatbot.chats.matrix.homeserver import Homeserver, Refusal, in_room, quoted
from chatbot.chats.matrix.places import room_and_thread
from chatbot.chats.matrix.rooms import LONGEST_NAME, Room
from chatbot.chats.matrix.session import state_of
from chatbot.core.checks.result import CheckResult, RoomToCheck, account_wrong
from chatbot.core.model.message import Mention
from chatbot.core.text.words import listed
from chatbot.ports import ChatUnavailable

_CHAT = "matrix"


async def inspect(account: Account, rooms: Sequence[RoomToCheck], names: dict[str, str]) -> list[CheckResult]:
    """A result for the account and one for each room. `names` is filled with what the rooms are called. The kept token is used; a
    password is tried, and its login ended at once. Raises ChatUnavailable and ChatStopped."""
    async with aiohttp.ClientSession() as http:
        server = Homeserver(http, account.homeserver)
        stored = DeviceStore(account.store_path).load()
        server.token = account.access_token or (stored.access_token if stored else "")
        try:
            if not server.token:
                return await _try_password(server, account, rooms, names)
            return await _inspected(server, account, rooms, names)
        except Refusal as failed:
            return [account_wrong(_CHAT, f"the homeserver refuses the account ({failed})", rooms)]


async def _try_password(
    server: Homeserver, account: Account, rooms: Sequence[RoomToCheck], names: dict[str, str]
) -> list[CheckResult]:
    who = {"type": "m.id.user", "user": account.user_id}
    try:
        answer = await server.post(
            "/v3/login", {"type": "m.login.password", "identifier": who, "password": account.password}
        )
    except Refusal as refusal:
        words = f"{account.user_id} cannot log in ({refusal}): check matrix.user_id and matrix.password"
        return [account_wrong(_CHAT, words, rooms)]
    server.token = str(answer.get("access_token", ""))
    try:
        return await _inspected(server, account, rooms, names)
    finally:
        await server.post("/v3/logout", {})


async def _inspected(
    server: Homeserver, account: Account, rooms: Sequence[RoomToCheck], names: dict[str, str]
) -> list[CheckResult]:
    user = str((await server.get("/v3/account/whoami")).get("user_id", ""))
    if user != account.user_id:
        words = f"the token belongs to {user}, not to {account.user_id}: correct matrix.user_id"
        return [account_wrong(_CHAT, words, rooms)]
    joined = (await server.get("/v3/joined_rooms")).get("joined_rooms", [])
    trying = Trying(server, user, joined, names)
    results = [CheckResult(kind="account", chat=_CHAT, subject=_CHAT, name=user, right=("the login works",))]
    for room in rooms:
        try:
            results.append(await trying.room(room))
        except ChatUnavailable as away:
            results.append(CheckResult(kind="room", chat=_CHAT, subject=room.address, away=str(away)))
    return results


@dataclass(frozen=True, slots=True)
class Trying:
    """One check of one account's rooms. `joined`: the ids of those that it is in."""

    server: Homeserver
    user: str
    joined: Collection[str]
    names: dict[str, str]

    async def room(self, wanted_room: RoomToCheck) -> CheckResult:
        address = wanted_room.address
        place, thread = room_and_thread(address.place)
        result = CheckResult(kind="room", chat=_CHAT, subject=address)
        if place.startswith("@"):
            return replace(result, notes=("a DM cannot be tried without writing there",))
        if place.startswith("#"):
            try:
                place = str((await self.server.get(f"/v3/directory/room/{quoted(place)}")).get("room_id", ""))
            except Refusal:
                return replace(result, wrong=("there is no such alias; correct the address",))
        if place not in self.joined:
            return await self._outside(result, place)
        try:
            room = await state_of(self.server, Room(id=place), self.user)
            self.names[address] = room.name
            result = replace(result, name=room.name)
            if room.successor:
                return replace(result, wrong=(f"the room was upgraded to {room.successor}; name that one",))
            if thread and not await self._is_there(room, thread):
                return replace(result, wrong=("the message that begins this thread is not there; correct the address",))
            return await self._inside(result, room, wanted_room.mention)
        except Refusal as refusal:
            return replace(result, wrong=(f"the room cannot be looked at ({refusal}); invite {self.user} again",))

    async def _outside(self, result: CheckResult, place: str) -> CheckResult:
        """A room that the account is not in, by the server's summary of it."""
        try:
            summary = await self.server.get(f"/v1/room_summary/{quoted(place)}")
        except (Refusal, ChatUnavailable):
            summary = {}
        name = summary.get("name")
        result = replace(result, name=name[:LONGEST_NAME] if isinstance(name, str) else "")
        self.names[result.subject] = result.name
        if summary.get("join_rule") == "public":
            return replace(result, notes=("the bot is not in it yet; the room is public, so it will join",))
        return replace(result, wrong=(f"the bot is not in the room; invite {self.user}",))

    async def _inside(self, result: CheckResult, room: Room, mention: Mention | None) -> CheckResult:
        """What the account may do in a room that it is in."""
        right, lacks, needed, wrong = ["can post, edit and read back"], list[str](), 0, list[str]()
        if not room.may_send(self.user):
            lacks, needed = ["write"], room.needed("m.room.message")
        if mention is not None and mention.kind == "room":
            if room.may_ping_room(self.user):
                right.append("mentions the whole room")
            else:
                lacks, needed = [*lacks, "mention the room"], max(needed, room.needed_to_ping_room)
        if mention is not None and mention.kind == "user":
            if await self._is_in(room, mention.id):
                right.append("mentions the member that `mention` names")
            else:
                wrong.append("the person that `mention` names is not in the room; invite them, or correct it")
        if lacks:
            wrong.insert(0, f"the bot cannot {listed(lacks)}; raise the power level of {self.user} to {needed}")
        if room.encrypted:
            right.append("it is encrypted")
        return replace(result, right=() if wrong else tuple(right), wrong=tuple(wrong))

    async def _is_there(self, room: Room, event: str) -> bool:
        try:
            await self.server.get(in_room(room.id, "event", event))
        except Refusal as refusal:
            if refusal.status == 404:
                return False
            raise
        return True

    async def _is_in(self, room: Room, user: str) -> bool:
        try:
            member = await self.server.get(in_room(room.id, "state", "m.room.member", user))
        except Refusal as refusal:
            if refusal.status == 404:
                return False
            raise
        return member.get("membership") == "join"
