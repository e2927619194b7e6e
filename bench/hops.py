"""Our modules and the SQL statements between a release and its Discord message, and between a question and its answer."""

import asyncio
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import sqlalchemy as sa

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.demo.github.data import GitHub, Release, Repository
from chatbot.demo.github.server import serve
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import Services, ServicesConfig, open_services
from tests.standins.discord import DiscordStandIn

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
POLICY = "# Security policy\n\n| Version | Supported |\n|---|---|\n| 1.0.x | ✅ |\n"
NOT_COUNTED = ("chatbot.demo",)


@dataclass(slots=True)
class Hops:
    """What ran: our modules in the order in which each was first entered, and every SQL statement."""

    modules: list[str] = field(default_factory=list)
    statements: list[tuple[str, str]] = field(default_factory=list)

    @property
    def repeats(self) -> int:
        """Statements that were run before with the same parameters, transactions' own words apart."""
        real = [each for each in self.statements if each[0].split()[0] not in ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")]
        return len(real) - len(set(real))

    def entered(self, frame: FrameType, event: str, _argument: Any) -> None:
        name = str(frame.f_globals.get("__name__", ""))
        if (
            event == "call"
            and name.startswith("chatbot.")
            and not name.startswith(NOT_COUNTED)
            and name not in self.modules
        ):
            self.modules.append(name)

    def run(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.statements.append((statement, repr(parameters)))


@contextmanager
def counted() -> Iterator[Hops]:
    """Count in this thread and in those that start within."""
    hops = Hops()
    sa.event.listen(sa.engine.Engine, "before_cursor_execute", hops.run)
    threading.setprofile(hops.entered)
    sys.setprofile(hops.entered)
    try:
        yield hops
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", hops.run)


@asynccontextmanager
async def _services(room: str, clock: Any) -> AsyncIterator[tuple[Services, Repository]]:
    repository = Repository(owner="harbour", name="ferry")
    repository.releases = [Release(tag="v1.0.0", name="1.0.0", body="First.", created_at=START, published_at=START)]
    repository.commit("SECURITY.md", POLICY, START)
    with tempfile.TemporaryDirectory() as folder:
        async with serve(GitHub(repositories=[repository], quota_anonymous=10**9), clock) as url:
            config = ServicesConfig(
                database=f"sqlite:///{folder}/bench.db",
                projects=(Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry"),),
                rooms=(
                    Room(
                        address=RoomAddress(f"discord:{room}"),
                        projects=(ProjectId("ferry"),),
                        watch_filter=WatchFilter(),
                    ),
                ),
                api_url=url,
                web_url=url,
                token=None,
                poll_seconds=60,
                settle=timedelta(),
                per_second=1e9,
            )
            async with open_services(config, clock) as services:
                yield services, repository


async def measured() -> tuple[Hops, Hops]:
    """A release on its way into a channel, and a cold question."""
    skip = [timedelta()]

    def clock() -> datetime:
        return datetime.now(UTC) + skip[0]

    async with DiscordStandIn() as discord:
        room = discord.room(name="news")
        async with _services(room, clock) as (services, repository):
            await services.look_once()
            chat = DiscordChat(
                token=lambda: str(discord.token),
                answerer=services.answers,
                clock=clock,
                api_url=discord.api_url,
                gateway_url=discord.gateway_url,
            )
            tasks = [asyncio.create_task(chat.run())]
            await chat.ready()
            skip[0] += timedelta(minutes=2)
            now = clock()
            repository.releases.append(
                Release(tag="v1.0.1", name="1.0.1", body="Better.", created_at=now, published_at=now)
            )
            (poller,) = [each for each in services.pollers if each.source.name.startswith("github-releases")]
            tasks.append(asyncio.create_task(Delivery(chat=chat, store=services.store, clock=clock).run()))
            await asyncio.sleep(0.5)  # it has done what it does at a start
            with counted() as release:
                await poller.look()
                await discord.until(lambda: len(discord.world.posts(room)) == 1, within=30)
            await asyncio.sleep(0.5)  # nothing of the release is left for the question
            with counted() as question:
                exchange = await discord.slash("supported", {"version": "1.0"}, at=room)
                await exchange.answered.wait()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
    return release, question


def main() -> None:
    """Print both listings."""
    for name, hops in zip(("a release", "a question"), asyncio.run(measured()), strict=True):
        print(
            f"{name}: {len(hops.modules)} modules, {len(hops.statements)} SQL statements, {hops.repeats} of them repeats"
        )
        print("  " + " → ".join(module.removeprefix("chatbot.") for module in hops.modules))
        if "--sql" in sys.argv:
            for statement, parameters in hops.statements:
                print("   ", " ".join(statement.split())[:150], parameters[:80])
