"""The loop that looks at the clock: a digest that is due, a digest to correct, a reminder to give, for rooms and for people."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import structlog

from chatbot.core.maintainers.schedule.server_events import ServerEvents, server_events
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import Project
from chatbot.ports import Chat, Clock
from chatbot.runtime.delivery.links import links_of
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.services import Services
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.runtime.timed.corrections import ListCorrections
from chatbot.runtime.timed.digests import Digests
from chatbot.runtime.timed.drift import DriftAlarm
from chatbot.runtime.timed.ends import EndsForPeople
from chatbot.runtime.timed.events import ServerEventKeeper
from chatbot.runtime.timed.homes import MissingHomes
from chatbot.runtime.timed.lists import WeeklyLists
from chatbot.runtime.timed.policy_news import PolicyNewsOfRoom
from chatbot.runtime.timed.reminders import Reminders
from chatbot.runtime.timed.schedules import Schedules
from chatbot.runtime.timed.waits import WaitsForWord
from chatbot.runtime.timed.went_out import WentOut
from chatbot.store.database.failure import StoreUnavailable

log = structlog.get_logger(__name__)

EVERY = 20.0  # seconds
NO_EVENTS: Mapping[str, ServerEvents] = MappingProxyType({})


def timed(
    planner: Planner,
    projects: Callable[[], Sequence[Project]],
    members: Members,
    clock: Clock,
    *,
    room_name: Callable[[RoomAddress], str] = lambda _room: "",
    link: Callable[[RoomAddress, str], str] = lambda _room, _reference: "",
    events: Mapping[str, ServerEvents] = NO_EVENTS,
    page: Callable[[Project], str] = lambda project: project.repository,
) -> "Timed":
    """Who does what is due by the clock in the rooms of these projects, and for their subscribers and maintainers.
    `members` may know of projects that are not public; `room_name` is what people call a room, `link` leads to a message in
    it; `events` are those of the chats' servers, `page` is where a project publishes."""
    digests = Digests(planner, projects, PolicyNewsOfRoom(planner))
    ends, lists = EndsForPeople(planner, projects), WeeklyLists(planner, members)
    drift, schedules = DriftAlarm(planner, projects), Schedules(planner, projects)
    went_out, homes = WentOut(planner, projects, room_name, link), MissingHomes(planner.store, members)
    reminders, keeper = Reminders(planner, projects), ServerEventKeeper(planner, projects, events, page)
    waits, corrections = WaitsForWord(planner, projects), ListCorrections(planner, members)
    return Timed(
        digests,
        reminders,
        ends,
        homes,
        lists,
        corrections,
        drift,
        schedules,
        keeper,
        waits,
        went_out,
        clock,
    )


def timed_of(services: Services, chats: Sequence[Chat], room_name: Callable[[RoomAddress], str]) -> "Timed":
    """The same for a running bot with these chats."""
    return timed(
        services.ingestor.planner,
        lambda: services.config.projects,
        services.fan_outs.members,
        services.clock,
        room_name=room_name,
        link=links_of(chats),
        events={each.name: events for each in chats if (events := server_events(each)) is not None},
        page=lambda project: f"{services.forge(project).web_url.rstrip('/')}/{project.repository}",
    )


@dataclass(slots=True)
class Timed:
    """All that is due by the clock. Each step computes anew what is due, so that a step that failed, or that never came since
    the bot was down, is made up for by the next one."""

    digests: Digests
    reminders: Reminders
    ends: EndsForPeople
    homes: MissingHomes
    lists: WeeklyLists
    corrections: ListCorrections
    drift: DriftAlarm
    schedules: Schedules
    events: ServerEventKeeper
    waits: WaitsForWord
    went_out: WentOut
    clock: Clock

    async def run(self) -> None:
        """Look at the clock until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(EVERY)

    async def step(self) -> None:
        """Do what is due now; what fails is tried again at the next step, and keeps nothing else from being done."""
        await self._guarded("digests", self.digests.step)
        await self._guarded("reminders", self.reminders.step)
        await self._guarded("drift", self.drift.step)
        await self._guarded("reminders of subscribers", self.ends.step)
        await self._guarded("rooms of subscribers", self.homes.step)
        await self._guarded("weekly lists", self.lists.step)
        await self._guarded("corrections of lists", self.corrections.step)
        await self._guarded("planned releases", self.schedules.step)
        await self._guarded("events of servers", self.events.step)
        await self._guarded("what waits for maintainers", self.waits.step)
        await self._guarded("what went out", self.went_out.step)

    async def _guarded(self, what: str, step: Callable[[datetime], Awaitable[None]]) -> None:
        try:
            await step(self.clock())
        except StoreUnavailable as full:
            log.warning("what is due by the clock waits for the database", what=what, reason=str(full))
        except Exception:  # a fault in one must not keep the other from being done, nor end the loop
            log.exception("what is due by the clock failed", what=what)
