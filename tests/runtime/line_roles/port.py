"""A Discord server with one channel that has line roles, the bot in it, and the pipeline that writes there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.line_roles.server_roles import server_roles
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.demo.github.data import Advisory, Repository, Vulnerability
from chatbot.runtime.line_roles.keeper import Keeper, keeper_of
from chatbot.store import line_roles
from chatbot.store.subscriptions import subscriptions
from tests.runtime.harness import Harness, room
from tests.standins.discord import DiscordStandIn
from tests.standins.discord.objects import user

PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| 2.1.x | yes |\n| 1.4.x | {} |\n| < 1.4 | no |\n"
DAY = timedelta(days=1)
ADA, BEN = user("ada"), user("ben")
QUIET = WatchFilter()


@dataclass
class Port:
    """A server with one channel, the bot in it, and the pipeline that writes there."""

    discord: DiscordStandIn
    harness: Harness
    chat: DiscordChat
    repository: Repository
    guild: str
    channel: str

    def keeper(self, failpoint: Callable[[str], None] = lambda _name: None) -> Keeper:
        roles = server_roles(self.chat)
        assert roles is not None
        services = self.harness.services
        services.config = replace(services.config, failpoint=failpoint)
        return keeper_of(services, "discord", roles)

    async def look(self) -> None:
        await self.keeper().look()

    async def pass_time(self, by: timedelta = timedelta(minutes=2)) -> None:
        """Time passes: sources are polled, roles looked after, messages delivered."""
        await self.harness.run_for(by)
        await self.look()
        await self.harness.deliver()

    def publish(self, name: str, affected: str, patched: str, severity: str = "high") -> None:
        at = self.harness.clock()
        self.repository.advisories.append(
            Advisory(
                ghsa=name,
                summary=f"A flaw before {patched}",
                severity=severity,
                created_at=at,
                published_at=at,
                vulnerabilities=(Vulnerability(package="ferry", range=affected, patched=patched),),
            )
        )

    def change_policy(self, old_line: str) -> None:
        self.repository.commit("SECURITY.md", PAGE.format(old_line), self.harness.clock())

    @property
    def roles(self) -> dict[str, str]:
        """Name → id of the server's roles, without those of the bot and everybody."""
        everything = {each["name"]: each["id"] for each in self.discord.world.guilds[self.guild]["roles"]}
        return {name: number for name, number in everything.items() if name not in ("@everyone", "chatbot")}

    @property
    def posts(self) -> list[Any]:
        return self.discord.world.posts(self.channel)

    def titled(self, words: str) -> Any:
        """The one message whose title has these words."""
        (post,) = [each for each in self.posts if words in each["embeds"][0]["title"]]
        return post

    def pinged(self, words: str) -> set[str]:
        return self.discord.world.pings[self.titled(words)["id"]]

    async def subscriptions(self, person: Any) -> list[Subscription]:
        async with self.harness.services.store.reading() as tx:
            return await subscriptions.of(tx, RoomAddress(f"discord:user:{person['id']}"))

    async def stored(self) -> list[LineRole]:
        async with self.harness.services.store.reading() as tx:
            return await line_roles.every(tx)


def with_roles(channel: str, watch_filter: WatchFilter = QUIET) -> Room:
    return replace(room(f"discord:{channel}", watch_filter), line_roles=True)
