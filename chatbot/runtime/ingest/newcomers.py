"""Rooms that are new in the configuration listen from the start or the reload on, whenever their sources answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project, Room
from chatbot.ports import Clock
from chatbot.store import rooms, watches
from chatbot.store.database.db import Store, Tx
from chatbot.store.knowledge import source_states


@dataclass(slots=True)
class Newcomers:
    """Writes down since when each room watches each project.

    `configured_rooms` are the rooms as configured, `sources` the names and profiles of a project's sources; `introduce` is the
    setting `first_run`; `began` says when this process first saw a room configured for a project.
    """

    store: Store
    clock: Clock
    configured_rooms: Callable[[], Sequence[Room]]
    sources: Callable[[ProjectId], Sequence[tuple[str, SourceProfile]]]
    introduce: bool = False
    began: dict[tuple[ProjectId, RoomAddress], datetime] = field(default_factory=dict)
    stored: set[tuple[ProjectId, RoomAddress]] = field(default_factory=set)

    def note(self, projects: Iterable[Project]) -> None:
        """At the start and at a reload: what is configured now listens from now on."""
        now, ids = self.clock(), {project.id for project in projects}
        pairs = {
            (project, room.address) for room in self.configured_rooms() for project in room.projects if project in ids
        }
        self.began = {pair: self.began.get(pair, now) for pair in pairs}
        self.stored &= pairs

    def here(self, project: ProjectId) -> list[Room]:
        """The rooms that watch the project."""
        return [room for room in self.configured_rooms() if project in room.projects]

    def unwritten(self, project: ProjectId) -> bool:
        """Whether some room of the project is not written down yet."""
        return any((project, room.address) not in self.stored for room in self.here(project))

    async def skip_known(self, projects: Iterable[Project]) -> None:
        """What is written down already needs no transaction of its own: after most starts that is everything."""
        async with self.store.reading() as tx:
            watching, source_names = await watches.pairs(tx), await source_states.names(tx)
        for project in projects:
            pairs = {(project.id, room.address) for room in self.here(project.id)}
            if pairs <= watching and {name for name, _ in self.sources(project.id)} <= source_names:
                self.arrived(project.id)

    async def leave(self, projects: Iterable[Project]) -> None:
        """Rooms that the configuration no longer names stop to listen; named again, they begin again, silent."""
        ids = {project.id for project in projects}
        pairs = {
            (project, room.address) for room in self.configured_rooms() for project in room.projects if project in ids
        }
        async with self.store.writing() as tx:
            await watches.end_others(tx, pairs, self.clock())

    async def arrive(self, tx: Tx, project: ProjectId) -> None:
        """Rooms that watch the project for the first time begin silent; one that was upgraded goes on under its new name."""
        rooms_here = self.here(project)
        now, here = self.clock(), [room.address for room in rooms_here]
        states = await source_states.ensure_all(tx, project, self.sources(project), now)
        await rooms.take_over(tx, project, here)
        began = {room: self.began.get((project, room), now) for room in here}
        last_read = source_states.server_time(states.values())
        await watches.begin(tx, project, began, last_read, introduce=self.introduce)
        tx.remembered["arrived", project] = rooms_here

    def in_plan(self, tx: Tx, project: ProjectId) -> Sequence[Room]:
        """The rooms of the project as they arrived in this transaction. A reload or a command may have changed them meanwhile:
        who came since then is planned for in a transaction of its own."""
        rooms_here: Sequence[Room] = tx.remembered.get(("arrived", project), ())
        return rooms_here

    async def begin(self, tx: Tx, project: ProjectId, room: RoomAddress) -> None:
        """This room watches the project from now on, silent about all that was published before."""
        now = self.clock()
        states = await source_states.ensure_all(tx, project, self.sources(project), now)
        await watches.begin(tx, project, {room: now}, source_states.server_time(states.values()))

    def arrived(self, project: ProjectId) -> None:
        """The transaction of `arrive` was committed."""
        self.stored |= {(project, room.address) for room in self.here(project)}
