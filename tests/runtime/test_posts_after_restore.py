"""After a restoration a room is asked for announcements of which the store knows nothing: they are found though they were edited
or answered since, so that nothing is said twice and later words go into the right message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.core.announce.messages import announcement_id, delivery_key
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.ports import Chat, Outgoing
from tests.chats.discord.conftest import Answers, make_chat
from tests.chats.discord.conftest import running as on_discord
from tests.chats.matrix.bot import away
from tests.chats.matrix.bot import running as on_matrix
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import FORUM, TEXT
from tests.standins.synapse import Synapse

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:nio", "ignore::DeprecationWarning:aiohttp")
FLAW = Message(title="Ferry – A flaw", tone=Tone.SECURITY, url="https://example.org/flaw")


def delivery(room: RoomAddress, kind: str, revision: int, **more: str) -> Outgoing:
    name = announcement_id(room, "advisory/ferry/GHSA-2222-2222-2222")
    outgoing = Outgoing(key=delivery_key(name, revision, kind), announcement=name, room=room, message=FLAW)
    return replace(outgoing, **more)  # type: ignore[arg-type]  # only its text fields are named


@asynccontextmanager
async def a_room(kind: str, homeserver: Synapse, folder: Path) -> AsyncIterator[tuple[Chat, str]]:
    if kind in ("matrix", "thread"):
        alice = homeserver.register("alice")
        async with on_matrix(homeserver, folder, answers=False) as bot:
            room = str(await away(lambda: alice.create_room(invite=[bot.user.id])))
            await bot.knows(room, joined=2)
            root = await away(alice.send_text, room, "news here")
            yield bot.chat, f"matrix:{room}/{root}" if kind == "thread" else f"matrix:{room}"
        return
    async with DiscordStandIn() as discord:
        channel = discord.room(kind=FORUM if kind == "forum" else TEXT)
        chat = make_chat(discord, Answers())
        async with on_discord(chat):
            yield chat, f"discord:{channel}"


@pytest.mark.parametrize("since", ["nothing", "edited", "answered", "edited, answered"])
@pytest.mark.parametrize("kind", ["channel", "forum", "matrix", "thread"])
async def test_an_announcement_is_found_whatever_became_of_it(
    kind: str, since: str, homeserver: Synapse, tmp_path: Path
) -> None:
    async with a_room(kind, homeserver, tmp_path) as (chat, room):
        backed_up = datetime.now(UTC) - timedelta(hours=1)
        first = await chat.send(delivery(RoomAddress(room), "new", 1))
        if "edited" in since:
            await chat.edit(delivery(RoomAddress(room), "edit", 2, replaces=first))
        if "answered" in since:
            await chat.send(delivery(RoomAddress(room), "reply", 2, reply_to=first))
        missing = replace(delivery(RoomAddress(room), "new", 1), first_attempt_at=backed_up)
        assert await chat.find(missing) == first
        other = announcement_id(RoomAddress(room), "advisory/ferry/GHSA-3333-3333-3333")
        assert await chat.find(replace(missing, announcement=other, key=delivery_key(other, 1, "new"))) is None
