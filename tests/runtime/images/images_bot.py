"""A bot with images that may be ended at any named point, as a process of its own; its chat is the file of `crashing_bot`."""

import asyncio
import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from chatbot.core.images.reference import parse_image
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import ServicesConfig, open_services
from tests.runtime.crashing_bot import FERRY, LIMITS, FileChat
from tests.standins.failpoints import Failpoint, failpoint_of, go_on

IMAGE = "harbour/ferry"
ROOM = "console:news"


async def live(
    database: str, github: str, registry: str, paper: Path, now: datetime, minutes: int, failpoint: Failpoint = go_on
) -> None:
    """Poll, ask the registry and deliver as often as minutes pass."""
    project = replace(FERRY, images=(parse_image(f"{registry}/{IMAGE}", ("linux/amd64", "linux/arm64")),))
    config = ServicesConfig(
        database=database,
        projects=(project,),
        rooms=(Room(address=RoomAddress(ROOM), projects=(project.id,), watch_filter=WatchFilter()),),
        api_url=github,
        web_url=github,
        token=None,
        poll_seconds=60,
        settle=timedelta(seconds=30),
        per_second=1e6,
        parsing=LIMITS,
        failpoint=failpoint,
    )
    moment = now

    def clock() -> datetime:
        return moment

    async with open_services(config, clock) as services:
        await services.quarantine.recover()
        for _ in range(minutes):
            delivery = Delivery(chat=FileChat(paper), store=services.store, clock=clock, failpoint=config.failpoint)
            await delivery.recover()
            await services.look_once()
            await services.images.step()
            await delivery.drain()
            moment += timedelta(minutes=1)


def main() -> None:
    url, server, registry, file, at, many = sys.argv[1:]
    crash = failpoint_of(os.environ)
    asyncio.run(live(url, server, registry, Path(file), datetime.fromisoformat(at), int(many), failpoint=crash))
