"""A bot with a digest that may be ended at any named point, as a process of its own; its chat is the file of `crashing_bot`."""

import asyncio
import os
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import DigestSchedule, Room, WatchFilter
from chatbot.runtime.delivery.loop import Delivery
from chatbot.runtime.services import ServicesConfig, open_services
from chatbot.runtime.timed.loop import timed
from tests.runtime.crashing_bot import FERRY, LIMITS, FileChat
from tests.standins.failpoints import Failpoint, failpoint_of, go_on

ROOMS = ("console:daily", "console:other")
DAILY = DigestSchedule(every="daily", at=time(9), zone=UTC)


async def live(
    database: str, github: str, paper: Path, now: datetime, minutes: int, failpoint: Failpoint = go_on
) -> None:
    """Poll, look at the clock and deliver as often as minutes pass."""
    watch_filter = WatchFilter(digest=DAILY)
    config = ServicesConfig(
        database=database,
        projects=(FERRY,),
        rooms=tuple(Room(address=RoomAddress(at), projects=(FERRY.id,), watch_filter=watch_filter) for at in ROOMS),
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
        by_the_clock = timed(
            services.ingestor.planner, lambda: services.config.projects, services.fan_outs.members, clock
        )
        for _ in range(minutes):
            delivery = Delivery(chat=FileChat(paper), store=services.store, clock=clock, failpoint=config.failpoint)
            await delivery.recover()
            await services.look_once()
            await by_the_clock.step()
            await delivery.drain()
            moment += timedelta(minutes=1)


def main() -> None:
    url, server, file, at, many = sys.argv[1:]
    crash = failpoint_of(os.environ)
    asyncio.run(live(url, server, Path(file), datetime.fromisoformat(at), int(many), failpoint=crash))
