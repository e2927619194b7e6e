"""On Discord: maintainers walk a release through all that they can do, by buttons and commands over the real sockets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.chats.discord.questions.limits import QuestionLimits
from chatbot.core.model.ids import RoomAddress
from chatbot.core.rate_allowance import RateAllowance
from tests.chats.discord.conftest import make_chat, running
from tests.runtime.maintainers.walk import open_walk
from tests.standins.clock import ManualClock
from tests.standins.discord import DiscordStandIn, Exchange
from tests.standins.discord.objects import user

MIRA, OLA = user("mira", identifier="4711"), user("ola", identifier="4712")


@dataclass
class Discord:
    """A server with a channel of the project and one of its maintainers."""

    discord: DiscordStandIn
    channel: str
    ops: str

    async def approve(self, title: str, *, stranger: bool = False) -> str:
        (card,) = [post for post in self._posts(self.ops) if _title(post) == f"Announce {title}?"]
        pressed = await self.discord.press_on(card, "Announce", at=self.ops, asker=OLA if stranger else MIRA)
        return await _answer(pressed)

    async def say(self, command: str, **arguments: str) -> str:
        return await _answer(await self.discord.slash(command, arguments, at=self.ops, asker=MIRA))

    async def ask(self, command: str, **arguments: str) -> str:
        return await _answer(await self.discord.slash(command, arguments, at=self.channel, asker=OLA))

    async def room(self) -> list[tuple[str, bool]]:
        titles = [_title(post) for post in self._posts(self.channel)]
        return [(title.strip("~✅⚠️ "), title.startswith("~~")) for title in titles]

    async def cards(self) -> list[str]:
        return [_words(post) for post in self._posts(self.ops)]

    def _posts(self, channel: str) -> list[Any]:
        return self.discord.world.posts(channel)


def _title(post: Any) -> str:
    return str(post["embeds"][0]["title"])


def _words(post: Any) -> str:
    return "\n".join(f"{embed.get('title', '')}\n{embed.get('description', '')}" for embed in post["embeds"])


async def _answer(exchange: Exchange) -> str:
    return _words(await exchange.answer())


async def test_maintainers_walk_a_release_through_everything(tmp_path: Path) -> None:
    clock = ManualClock()
    async with DiscordStandIn() as discord:
        channel, ops = discord.room(), discord.room(name="maintainers")
        addresses = RoomAddress(f"discord:{channel}"), RoomAddress(f"discord:{ops}")
        async with open_walk(tmp_path, clock, *addresses, RoomAddress(f"discord:user:{MIRA['id']}")) as walk:
            limits = QuestionLimits(allowance=RateAllowance(100, 1.0))
            chat = make_chat(discord, walk.harness.services.answers, limits=limits)  # type: ignore[arg-type]  # who answers in a running bot
            async with running(chat):
                walk.harness.chat = chat  # type: ignore[assignment]  # a chat all the same
                walk.place = Discord(discord, channel, ops)
                await walk.all()
        assert set().union(*discord.world.pings.values()) == set()
