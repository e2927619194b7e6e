"""What `chatbot check --online` finds wrong with a Matrix account and its rooms, without disturbing a running bot."""

from collections.abc import Sequence

import aiohttp

from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.device.store import DeviceStore
from chatbot.chats.matrix.homeserver import Homeserver, Refusal, quoted
from chatbot.chats.matrix.places import room_and_thread
from chatbot.chats.matrix.rooms import Room
from chatbot.chats.matrix.session import state_of
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import ChatStopped, ChatUnavailable, Note, OutOfReach


async def inspect(account: Account, rooms: Sequence[RoomAddress], names: dict[str, str]) -> list[str]:
    """Sentences, each with its fix. `names` is filled with what the rooms are called. The kept token is used; a password is
    tried, and its login ended at once."""
    async with aiohttp.ClientSession() as http:
        server = Homeserver(http, account.homeserver)
        stored = DeviceStore(account.store_path).load()
        server.token = account.access_token or (stored.access_token if stored else "")
        try:
            if not server.token:
                return await _try_password(server, account, rooms, names)
            return await _inspected(server, account, rooms, names)
        except ChatUnavailable as away:
            return [OutOfReach(f"Matrix: {away}")]
        except (ChatStopped, Refusal) as failed:
            return [f"Matrix: {failed}"]


async def _try_password(
    server: Homeserver, account: Account, rooms: Sequence[RoomAddress], names: dict[str, str]
) -> list[str]:
    who = {"type": "m.id.user", "user": account.user_id}
    try:
        answer = await server.post(
            "/v3/login", {"type": "m.login.password", "identifier": who, "password": account.password}
        )
    except Refusal as refusal:
        return [f"Matrix: {account.user_id} cannot log in ({refusal}): check matrix.user_id and matrix.password"]
    server.token = str(answer.get("access_token", ""))
    try:
        return await _inspected(server, account, rooms, names)
    finally:
        await server.post("/v3/logout", {})


async def _inspected(
    server: Homeserver, account: Account, rooms: Sequence[RoomAddress], names: dict[str, str]
) -> list[str]:
    user = str((await server.get("/v3/account/whoami")).get("user_id", ""))
    if user != account.user_id:
        return [f"Matrix: the token belongs to {user}, not to {account.user_id}: correct matrix.user_id"]
    joined = (await server.get("/v3/joined_rooms")).get("joined_rooms", [])
    return [wrong for room in rooms for wrong in await _room(server, user, room, joined, names)]


async def _room(
    server: Homeserver, user: str, address: RoomAddress, joined: Sequence[str], names: dict[str, str]
) -> list[str]:
    place, _ = room_and_thread(address.place)
    if place.startswith("@"):
        return []
    if place.startswith("#"):
        try:
            place = str((await server.get(f"/v3/directory/room/{quoted(place)}")).get("room_id", ""))
        except Refusal:
            return [f"{address}: there is no such alias; correct the address"]
    if place not in joined:
        if await _is_public(server, place):
            return [Note(f"{address}: the bot is not in it yet; the room is public, so it will join")]
        return [f"{address}: the bot is not in the room; invite {user}"]
    room = await state_of(server, Room(id=place), user)
    names[address] = room.name
    where = f"{address} ({room.name})" if room.name else address
    if room.successor:
        return [f"{where}: the room was upgraded to {room.successor}; name that one"]
    if not room.may_send(user):
        return [f"{where}: the bot cannot write; raise the power level of {user} to {room.needed('m.room.message')}"]
    return []


async def _is_public(server: Homeserver, room: str) -> bool:
    """Whether anybody may join the room, by the server's summary of it; no, where it has none."""
    try:
        summary = await server.get(f"/v1/room_summary/{quoted(room)}")
    except (Refusal, ChatUnavailable):
        return False
    return summary.get("join_rule") == "public"
