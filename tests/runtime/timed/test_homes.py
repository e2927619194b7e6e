"""A room that the configuration does not name for a while: subscriptions made there wait, and end only after a long time."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room
from chatbot.core.subscriptions.subscription import Scope
from chatbot.runtime.subscriptions.confidence import Configured
from chatbot.runtime.subscriptions.fan_out.members import Members
from chatbot.runtime.subscriptions.fan_out.registry import Registry
from chatbot.runtime.timed.homes import GRACE, MissingHomes
from chatbot.store.database.db import Store, open_store
from chatbot.store.subscriptions import homes, subscriptions
from tests.runtime.harness import FERRY, room
from tests.runtime.subscriptions.people import FERRY_ID, person, subscribe
from tests.standins.clock import ManualClock

ROOM, OTHER = RoomAddress("discord:9"), RoomAddress("discord:10")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class File:
    """The configuration, and the looks at the clock beside it."""

    store: Store
    clock: ManualClock
    projects: Sequence[Project] = (replace(FERRY, public=False),)
    rooms: Sequence[Room] = (room(ROOM), room(OTHER))

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.step = MissingHomes(self.store, Members(lambda: Registry(Configured(self.projects, self.rooms)))).step

    async def after(self, by: timedelta) -> list[bool]:
        """Whether the three people still have their subscriptions after a time."""
        self.clock.advance(by)
        await self.step(self.clock.now)
        async with self.store.reading() as tx:
            return [bool(await subscriptions.of(tx, person(number))) for number in range(3)]


@pytest.fixture
async def file(tmp_path: Path, clock: ManualClock) -> AsyncIterator[File]:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        for number, home in enumerate((ROOM, OTHER, NOWHERE)):
            await subscribe(store, number, Scope("project"), clock.now, home=home)
        yield File(store, clock)


@pytest.mark.parametrize("restart", [File.start, lambda _file: None])
async def test_a_room_that_comes_back_in_time_has_lost_nobody(file: File, restart: Callable[[File], None]) -> None:
    rooms, file.rooms = file.rooms, [room(OTHER)]
    assert await file.after(HOUR) == [True] * 3
    restart(file)
    assert await file.after(GRACE - DAY) == [True] * 3
    file.rooms = rooms
    assert await file.after(HOUR) == [True] * 3
    file.rooms = [room(OTHER)]
    assert (await file.after(2 * DAY))[:2] == [True, True], "it is counted from the new loss"


async def test_after_the_time_of_grace_those_end_and_no_others(file: File) -> None:
    file.rooms = [room(OTHER)]
    await file.after(HOUR)
    assert await file.after(GRACE - HOUR) == [True] * 3
    file.start()
    assert await file.after(HOUR) == [False, True, False], "who subscribed in a DM before it was hidden is in no room"
    async with file.store.reading() as tx:
        assert await homes.missing(tx) == {}


async def test_a_project_that_is_public_or_not_configured_for_now_ends_nothing(file: File) -> None:
    for projects in ([FERRY], []):
        file.projects, file.rooms = projects, []
        await file.after(HOUR)
        assert await file.after(3 * GRACE) == [True] * 3


async def test_a_room_that_was_upgraded_takes_its_subscribers_along(file: File) -> None:
    """Else the operator who names the new room would end what was subscribed to in the old one."""
    async with file.store.writing() as tx:
        await homes.hand_over(tx, FERRY_ID, ROOM, OTHER)
        await homes.hand_over(tx, ProjectId("raft"), OTHER, ROOM)
    file.rooms = [room(OTHER)]
    await file.after(HOUR)
    assert await file.after(GRACE) == [True, True, False]
