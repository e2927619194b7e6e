"""Matrix keeps the laws of every chat, against a real Synapse."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.format import MARK
from chatbot.core.message import Mention
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
        shown: dict[str, dict[str, Any]] = {}
        for event in await self._ours():
            relation = event["content"].get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace":
                shown[relation["event_id"]] = event["content"]["m.new_content"]
            else:
                shown[event["event_id"]] = event["content"]
        return [f"{content['body']}\n{content['formatted_body']}" for content in shown.values()]

    async def calls(self) -> int:
        mentions = [event["content"]["m.mentions"] for event in await self._ours()]
        return sum(len(each.get("user_ids", [])) + bool(each.get("room")) for each in mentions)

    async def _ours(self) -> list[dict[str, Any]]:
        """The bot's messages as Synapse has them, the oldest first."""
        events = await away(self.reader.history, self.place)
        return sorted((each for each in events if MARK in each["content"]), key=lambda each: each["origin_server_ts"])


@every_law
async def test_the_laws_of_every_chat(law: Law, homeserver: Synapse, tmp_path: Path) -> None:
    alice = homeserver.register("alice")
    async with running(homeserver, tmp_path) as bot:
        room = await away(lambda: alice.create_room(invite=[bot.user.id]))
        await bot.knows(room, joined=2)
        await law(MatrixStage(bot.chat, alice, room, f"matrix:!nowhere:{homeserver.name}"))
