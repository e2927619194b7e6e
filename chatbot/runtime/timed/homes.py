"""Rooms that the configuration no longer names: who subscribed there to a project that is not public keeps that for a while."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog

from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.runtime.subscriptions.queued import end_queued
from chatbot.store.database.db import Store
from chatbot.store.subscriptions import homes, people, subscriptions
from chatbot.store.subscriptions.homes import Home

log = structlog.get_logger(__name__)

GRACE = timedelta(days=30)  # in which somebody who left a room out by mistake notices it


@dataclass(slots=True)
class MissingHomes:
    """Ends subscriptions whose room has been missing for long. Until then nothing is sent because of them, and nothing is lost:
    what is news meanwhile comes once the room is back.

    looked_at: the homes that must be configured, and the day, at the last look
    """

    store: Store
    members: Members
    looked_at: tuple[frozenset[Home], date] | None = field(default=None)

    async def step(self, now: datetime) -> None:
        """Look each day, and whenever the configuration has changed."""
        registry = self.members.registry()
        projects = [each.id for each in registry.configuration.projects if not each.public]
        configured = frozenset((project, room) for project in projects for room in registry.rooms_of(project))
        if self.looked_at == (configured, now.date()):
            return
        async with self.store.reading() as tx:
            before = await homes.missing(tx)
            there = await homes.of(tx, projects) if projects else set()
        since = {home: min(before.get(home, now), now) for home in there - configured}
        over = [home for home, at in since.items() if now - at >= GRACE]
        for home in sorted(over):
            await self._end(home, now)
        since = {home: at for home, at in since.items() if home not in over}
        if since != before:
            async with self.store.writing() as tx:
                await homes.keep_missing(tx, since)
        self.looked_at = (configured, now.date())

    async def _end(self, home: Home, now: datetime) -> None:
        async with self.store.reading() as tx:
            everybody = await homes.people(tx, home)
        for address in everybody:
            await self._end_of(address, home, now)
        project, room = home
        log.warning(
            "subscriptions ended: their room is no longer configured", project=project, room=room, count=len(everybody)
        )

    async def _end_of(self, address: RoomAddress, home: Home, now: datetime) -> None:
        async with self.store.writing() as tx:
            own = await subscriptions.of(tx, address)
            ending = [each for each in own if (each.project, each.home) == home]
            await subscriptions.remove(tx, [each.id for each in ending])
            rest = [each for each in own if each not in ending]
            await end_queued(tx, await people.get(tx, address), ending, rest, now)
