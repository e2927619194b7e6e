"""Matrix keeps the laws of every chat, in a plain room of a real Synapse."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.chats.matrix.client import MatrixChat
from chatbot.core.model.message import Mention
from tests.chats.contract import Law, every_law
from tests.chats.matrix.bot import away, running
from tests.standins.synapse import Synapse, User


@dataclass
class MatrixStage:
    chat: MatrixChat
    reader: User
    place: str
    nowhere: str

    @property
    def room(self) -> str:
        return f"matrix:{self.place}"

    @property
    def mention(self) -> Mention | None:
        return Mention("user", self.reader.id)

    async def texts(self) -> Sequence[str]:
        """What clients with and without HTML show, each message in its newest words."""
        html = dict[str, str]()
        for event in await away(self.reader.history, self.place):
            content: dict[str, Any] = event["content"]
            if event["type"] == "m.room.message" and content:  # a removed one has none
                edited = content.get("m.relates_to", {}).get("rel_type") == "m.replace"
                name = content["m.relates_to"]["event_id"] if edited else event["event_id"]
                words = content["m.new_content"] if edited else content
                html[name] = f"{words['body']}\n{words['formatted_body']}"
        return list(html.values())

    async def calls(self) -> int:
        response = await away(self.reader.call, "GET", "/v3/sync")
        return int(response["rooms"]["join"][self.place]["unread_notifications"]["highlight_count"])


@every_law
async def test_the_laws_of_every_chat(law: Law, homeserver: Synapse, tmp_path: Path) -> None:
    reader, user = homeserver.register("reader"), homeserver.register("bot")
    room = await away(lambda: reader.create_room(invite=[user.id]))
    await away(user.join, room)
    closed = await away(reader.create_room)
    async with running(homeserver, tmp_path, user=user) as bot:
        await law(MatrixStage(bot.chat, reader, room, f"matrix:{closed}"))
