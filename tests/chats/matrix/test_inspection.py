"""What a homeserver says of a room that the account is not in is somebody else's word."""

import aiohttp
import pytest
from aiohttp import web

from chatbot.chats.matrix.homeserver import Homeserver
from chatbot.chats.matrix.inspection import Trying
from chatbot.core.checks.result import RoomToCheck
from chatbot.core.model.ids import RoomAddress

ROOM = RoomToCheck(address=RoomAddress("matrix:!quay:example.org"))


@pytest.mark.parametrize(
    ("summary", "name", "verdict"),
    [
        ({"name": "n" * 9000, "join_rule": "public"}, "n" * 100, "note"),
        ({"name": ["n"], "join_rule": "public"}, "", "note"),
        ({"name": "Quay", "join_rule": "invite"}, "Quay", "wrong"),
        ({}, "", "wrong"),
    ],
)
async def test_a_summary_is_cut_and_believed_only_as_far_as_it_goes(
    summary: dict[str, object], name: str, verdict: str, unused_tcp_port: int
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(summary)

    app = web.Application()
    app.router.add_get("/_matrix/client/v1/room_summary/{room}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    try:
        async with aiohttp.ClientSession() as http:
            server, names = Homeserver(http, f"http://127.0.0.1:{unused_tcp_port}"), dict[str, str]()
            result = await Trying(server, "@bot:example.org", [], names).room(ROOM)
    finally:
        await runner.cleanup()
    assert names == {ROOM.address: name}
    assert (result.verdict, result.name) == (verdict, name)
