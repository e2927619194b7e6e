"""Planned releases as events of the servers whose rooms were told of them: made once, moved, ended, or refused."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from chatbot.core.maintainers.controls import Scheduled
from chatbot.core.maintainers.schedule.phases import State, by_the_clock, state
from chatbot.core.maintainers.schedule.planning import schedule_subject
from chatbot.core.maintainers.schedule.server_events import ServerEvent, ServerEvents, event_of
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.ports import ChatRefused, ChatUnavailable
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.store import knowledge, ledger
from chatbot.store.maintainers import server_events, words
from chatbot.store.maintainers.server_events import StoredEvent

log = structlog.get_logger(__name__)

AGAIN = timedelta(hours=1)  # after a refusal: somebody may have given the permission
SHORTEST = timedelta(minutes=2)  # before its time an event can still be made
DELETED = "somebody deleted the event"


@dataclass(slots=True)
class ServerEventKeeper:
    """What it looked at last is in memory alone: a restart looks again, and finds by its name what was made.

    events: the chats that have events, by name
    page: where a project publishes, for people
    """

    planner: Planner
    projects: Callable[[], Sequence[Project]]
    events: Mapping[str, ServerEvents]
    page: Callable[[Project], str]
    _checked: dict[ProjectId, tuple[object, ...]] = field(default_factory=dict)

    async def step(self, now: datetime) -> None:
        """Make, move and end what is due. Raises StoreUnavailable; what a chat does not take now is tried again."""
        if not self.events:
            return
        async with self.planner.store.reading() as tx:
            planned, versions = await words.scheduled(tx), await knowledge.versions(tx)
            stored: dict[ProjectId, list[StoredEvent]] = {}
            for each in await server_events.every(tx):
                stored.setdefault(each.project, []).append(each)
        for project in self.projects():
            entries, ours = planned.get(project.id, {}), stored.get(project.id, [])
            due = [each for each in ours if not each.event and now >= each.at + AGAIN]
            key = (by_the_clock(entries, now), versions.get(project.id, 0), tuple(ours), tuple(due))
            if not entries or not project.public or self._checked.get(project.id) == key:
                continue  # everybody on a server sees its events, also who may not see the channel
            try:
                await self._of_project(project, entries, ours, now)
                self._checked[project.id] = key
            except ChatUnavailable as away:
                log.debug("events wait", project=project.id, reason=away.reason)

    async def _of_project(
        self, project: Project, entries: Mapping[str, Scheduled], stored: Collection[StoredEvent], now: datetime
    ) -> None:
        async with self.planner.store.reading() as tx:
            loaded = await snapshot.load(tx, project, self.planner.reader)
            subjects = {schedule_subject(project.id, version): version for version in entries}
            posted = [(each.room, subjects[each.subject]) for each in await ledger.posted(tx, project.id, subjects)]
        for version, entry in entries.items():
            became = state(entry, now, is_released=_is_there(loaded, version))
            by_server = {each.server: each for each in stored if each.version == version}
            if became != "planned":
                for each in by_server.values():
                    await self._end(each, became)
                continue
            if now >= entry.at - SHORTEST:
                continue
            event = event_of(project, entry, self.page(project))
            for server, room in (await self._servers([room for room, name in posted if name == version])).items():
                before = by_server.get(server)
                if before is None:
                    before = StoredEvent(server=server, project=project.id, version=version, room=room, at=now)
                    await self._make(before, event, now)
                elif before.shows != event.digest or (before.reason not in ("", DELETED) and now >= before.at + AGAIN):
                    await (self._move(before, event, now) if before.event else self._make(before, event, now))

    async def _servers(self, rooms: Sequence[RoomAddress]) -> dict[str, RoomAddress]:
        """The servers of these rooms, each with one of them."""
        servers: dict[str, RoomAddress] = {}
        for room in rooms:
            events = self.events.get(room.chat)
            if events is not None:
                try:
                    servers.setdefault(await events.server_of(room), room)
                except ChatRefused as refused:
                    log.info("a room has no server for an event", room=room, reason=str(refused))
        return servers

    async def _make(self, place: StoredEvent, event: ServerEvent, now: datetime) -> None:
        """Make it, unless it is there: a crash may have come between its making and this."""
        events = self.events[place.room.chat]
        try:
            there = await events.ours_with_name(place.server, event.name)
            if there:
                number = there[0]
                if await events.change(place.server, number, event) != "changed":
                    await events.finish(place.server, number, came=False)
                    number = await events.make(place.server, event)
            else:
                number = await events.make(place.server, event)
        except ChatRefused as refused:
            log.warning("an event could not be made", server=place.server, reason=str(refused))
            await self._put(replace(place, event="", shows=event.digest, reason=str(refused), at=now))
            return
        self.planner.failpoint("event made")
        await self._put(replace(place, event=number, shows=event.digest, reason="", at=now))
        log.info("an event is there", server=place.server, version=place.version)

    async def _move(self, place: StoredEvent, event: ServerEvent, now: datetime) -> None:
        """Make it show this. One that has begun is over, and another one is made."""
        events = self.events[place.room.chat]
        try:
            became = await events.change(place.server, place.event, event)
            if became == "begun":
                await events.finish(place.server, place.event, came=False)
        except ChatRefused as refused:
            log.warning("an event could not be moved", server=place.server, reason=str(refused))
            await self._put(replace(place, shows=event.digest, reason=str(refused), at=now))
            return
        if became == "begun":
            await self._make(place, event, now)
        elif became == "gone":
            await self._put(replace(place, event="", shows=event.digest, reason=DELETED, at=now))
        else:
            await self._put(replace(place, shows=event.digest, reason="", at=now))

    async def _end(self, place: StoredEvent, became: State) -> None:
        """It came, or does not come; that it is late it shows by its own end."""
        events = self.events.get(place.room.chat)
        if events is None:
            return
        if place.event and became != "late":
            try:
                await events.finish(place.server, place.event, came=became == "released")
            except ChatRefused as refused:
                log.warning("an event could not be ended", server=place.server, reason=str(refused))
        async with self.planner.store.writing() as tx:
            await server_events.remove(tx, place)

    async def _put(self, event: StoredEvent) -> None:
        async with self.planner.store.writing() as tx:
            await server_events.put(tx, event)


def _is_there(loaded: ProjectSnapshot, version: str) -> bool:
    release = loaded.look_up(version).release
    return release is not None and not loaded.knowledge.releases[release.release.tag].removal_confirmed
