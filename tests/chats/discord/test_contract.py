"""Discord keeps the laws of every chat, over real sockets against the stand-in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.message import Mention
from tests.chats.contract import Law, every_law
from tests.standins.discord import DiscordStandIn


@dataclass
class DiscordStage:
    discord: DiscordStandIn
    chat: DiscordChat
    place: str
    nowhere: str = "discord:1"
    mention: Mention | None = field(default_factory=lambda: Mention("role", "5"))

    @property
    def room(self) -> str:
        return f"discord:{self.place}"

    async def texts(self) -> Sequence[str]:
        return [_text_of(message) for message in self.discord.world.posts(self.place)]

    async def calls(self) -> int:
        return sum(len(called) for called in self.discord.world.pings.values())


def _text_of(message: object) -> str:
    """The words of a message without the signs that keep them from acting."""
    payload = {name: value for name, value in dict(message).items() if name in ("content", "embeds", "components")}  # type: ignore[call-overload]  # JSON
    return json.dumps(payload, ensure_ascii=False).replace("\\\\", "").replace("\\n", "\n")


@every_law
async def test_the_laws_of_every_chat(law: Law, discord: DiscordStandIn, chat: DiscordChat) -> None:
    await law(DiscordStage(discord, chat, discord.room()))
