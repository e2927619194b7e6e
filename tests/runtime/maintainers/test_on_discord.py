"""On Discord: maintainers walk a release through all that they can do, by buttons and commands over the real sockets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.chats.discord.questions.limits import QuestionLimits
from chatbot.core.maintainers.commands import MAINTAINERS_COMMANDS
from chatbot.core.model.ids import RoomAddress
from chatbot.core.rate_allowance import RateAllowance
from tests.chats.discord.conftest import make_chat, running
from tests.runtime.maintainers.walk import open_walk
from tests.standins.clock import ManualClock
from tests.standins.discord import DiscordStandIn, Exchange
from tests.standins.discord.deeds import components
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

    async def trespass(self, title: str) -> None:
        """By every command, by its completion, by each button of the card where it stands, where it was copied to and in a DM, and
        by the form that a maintainer has opened."""
        (card,) = [post for post in self._posts(self.ops) if _title(post) == f"Announce {title}?"]
        refusals: list[str] = []
        for command in MAINTAINERS_COMMANDS:
            if not command.hidden:
                values = {
                    each.name: each.choices[0] if each.choices else "v1.2.0"
                    for each in command.parameters
                    if each.required
                }
                exchange = await self.discord.slash(command.name, values, at=self.ops, asker=OLA)
                refusals.append(await _answer(exchange))
                assert exchange.private
        typing = await self.discord.typing("announce now", "id", "v", at=self.ops, asker=OLA)
        assert (await typing.answer())["choices"] == []
        form = await (await self.discord.press_on(card, "Add a note", at=self.ops, asker=MIRA)).answer()
        pressed = [button["custom_id"] for button in components(card) if button.get("label") in ("Announce", "Skip")]
        for at in (self.ops, self.channel, self.discord.direct(OLA), self.discord.group(OLA, MIRA)):
            presses = [await self.discord.press(each, at=at, message=card, asker=OLA) for each in pressed]
            refusals += [await _answer(press) for press in presses]
            submitted = await self.discord.submit(form, {"text": "mine now"}, at=at, message=card, asker=OLA)
            refusals.append(await _answer(submitted))
        assert len(refusals) == 14 + 4 * 3
        assert [each for each in refusals if "Only maintainers of the project can use this" not in each] == []

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
