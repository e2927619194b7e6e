"""A release and a critical advisory to a thousand Discord channels, while twenty people a second ask `/supported`."""

import asyncio
import logging
import multiprocessing
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import structlog

from chatbot.chats.discord.client import DiscordChat
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.demo.github.data import Advisory, GitHub, Release, Repository, Vulnerability
from chatbot.demo.github.server import serve
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import Services, ServicesConfig, open_services
from tests.standins.discord import DiscordStandIn, Exchange
from tests.standins.discord.limits import Limits

CHANNELS = 1_000
ASKS_A_SECOND = 20
LONGEST = 180.0  # seconds
LATENCY = 0.05  # seconds that Discord takes to answer
START = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
POLICY = "# Security policy\n\n| Version | Supported |\n|---|---|\n| 1.0.x | ✅ |\n"


def main() -> None:
    """Discord runs in a process of its own, so that only its answers are waited for."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    ours, theirs = multiprocessing.Pipe()
    platform = multiprocessing.get_context("fork").Process(target=_platform, args=(theirs,))
    platform.start()
    try:
        asyncio.run(_bot(ours))
        figures = ours.recv()
    finally:
        platform.terminate()
        platform.join()
    print(
        f"fan-out: {figures['said']} messages into {CHANNELS} Discord channels in {figures['seconds']:.1f} s, "
        f"{figures['said'] / figures['seconds']:.1f}/s (Discord allows 50/s); 429s provoked: {figures['refused']}; "
        f"said twice: {figures['twice']}; critical ones after the first routine one: {figures['late']}"
    )
    print(
        f"meanwhile {figures['asked']} questions, {ASKS_A_SECOND}/s: acknowledged within {figures['ack'] * 1000:.0f} ms, "
        f"answered within {figures['answer'] * 1000:.0f} ms at the 99th percentile (goal: acknowledged within 1000 ms)"
    )


# ---- the platform's side --------------------------------------------------------------------------------------------------


def _platform(pipe: Connection) -> None:
    asyncio.run(_stand_in(pipe))


async def _stand_in(pipe: Connection) -> None:
    async with DiscordStandIn(
        limits=Limits(per_channel=5, window=5.0, global_per_second=50), latency=LATENCY
    ) as discord:
        rooms = [discord.room(name=f"room-{n}") for n in range(CHANNELS)]
        pipe.send({"rooms": rooms, "api": discord.api_url, "gateway": discord.gateway_url, "token": discord.token})
        await asyncio.to_thread(pipe.recv)  # the bot is connected and about to speak
        began = asyncio.get_running_loop().time()
        exchanges: list[Exchange] = []
        asking = asyncio.create_task(_ask(discord, rooms, exchanges))
        await discord.until(lambda: len(discord.world.pings) >= 2 * CHANNELS, within=LONGEST)
        seconds = asyncio.get_running_loop().time() - began
        asking.cancel()
        pipe.send(_figures(discord, rooms, exchanges, seconds))
        await asyncio.Event().wait()


async def _ask(discord: DiscordStandIn, rooms: list[str], exchanges: list[Exchange]) -> None:
    while True:
        exchanges.append(await discord.slash("supported", {"version": "1.0"}, at=rooms[len(exchanges) % CHANNELS]))
        await asyncio.sleep(1 / ASKS_A_SECOND)


def _figures(discord: DiscordStandIn, rooms: list[str], exchanges: list[Exchange], seconds: float) -> dict[str, Any]:
    posts = [r for r in discord.requests if r.method == "POST" and r.path.endswith("/messages") and r.status == 200]
    loud = [not r.body.get("flags") for r in posts]
    first = loud.index(False) if False in loud else len(loud)
    counts = [len(discord.world.posts(room)) for room in rooms]
    complete = [each for each in exchanges if each.answered.is_set()]
    return {
        "said": sum(counts),
        "seconds": seconds,
        "refused": discord.answers_429,
        "twice": sum(number > 2 for number in counts),
        "late": sum(loud[first:]),
        "asked": len(complete),
        "ack": _percentile([each.acked_at - each.fired_at for each in complete]),
        "answer": _percentile([each.answered_at - each.fired_at for each in complete]),
    }


def _percentile(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)] if values else float("nan")


# ---- the bot's side -------------------------------------------------------------------------------------------------------


async def _bot(pipe: Connection) -> None:
    message = pipe.recv()
    skip = [timedelta()]

    def clock() -> datetime:
        return datetime.now(UTC) + skip[0]

    async with _services(message["rooms"], clock) as (services, world):
        await services.look_once()
        _publish(world, clock())
        for _ in range(2):
            skip[0] += timedelta(minutes=2)
            await services.look_once()
        chat = DiscordChat(
            token=lambda: str(message["token"]),
            answerer=services.answers,
            clock=clock,
            api_url=message["api"],
            gateway_url=message["gateway"],
        )
        tasks = [asyncio.create_task(chat.run())]
        await chat.ready()
        pipe.send("go")
        tasks.append(asyncio.create_task(Delivery(chat=chat, store=services.store, clock=clock).run()))
        await asyncio.to_thread(pipe.poll, LONGEST)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@asynccontextmanager
async def _services(rooms: list[str], clock: Any) -> AsyncIterator[tuple[Services, Repository]]:
    repository = Repository(owner="harbour", name="ferry")
    repository.releases = [Release(tag="v1.0.0", name="1.0.0", body="First.", created_at=START, published_at=START)]
    repository.commit("SECURITY.md", POLICY, START)
    watch_filter = WatchFilter()
    with tempfile.TemporaryDirectory() as folder:
        async with serve(GitHub(repositories=[repository], quota_anonymous=10**9), clock) as url:
            config = ServicesConfig(
                database=f"sqlite:///{folder}/bench.db",
                projects=(Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry"),),
                rooms=tuple(
                    Room(
                        address=RoomAddress(f"discord:{room}"),
                        projects=(ProjectId("ferry"),),
                        watch_filter=watch_filter,
                    )
                    for room in rooms
                ),
                api_url=url,
                web_url=url,
                token=None,
                poll_seconds=60,
                settle=timedelta(seconds=30),
                per_second=1e9,
            )
            async with open_services(config, clock) as services:
                yield services, repository


def _publish(repository: Repository, now: datetime) -> None:
    """A plain release first, then a critical advisory about what was there before it."""
    repository.releases.append(Release(tag="v1.0.1", name="1.0.1", body="Better.", created_at=now, published_at=now))
    repository.advisories.append(
        Advisory(
            ghsa="GHSA-2222-3333-4444",
            summary="All mail is readable",
            severity="critical",
            created_at=now,
            published_at=now,
            vulnerabilities=(Vulnerability(package="ferry", range="< 1.0.0", patched="1.0.0"),),
        )
    )


if __name__ == "__main__":
    main()
