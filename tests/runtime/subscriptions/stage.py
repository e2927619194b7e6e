"""People who send commands about their alerts, with a real store, and DMs that open, or don't."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chatbot.chats import profile_named
from chatbot.core.model.ids import DIRECT, NOWHERE, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.queries.commands import CommandError, CommandRequest, read_line
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.subscription import Person, Subscription
from chatbot.runtime.subscriptions.commands import SubscriptionCommands
from chatbot.runtime.subscriptions.visit import Parts
from chatbot.sources.support_policy.reader import read_policy
from chatbot.store.database.db import Store, Tx
from chatbot.store.subscriptions import people, subscriptions
from tests.core import make
from tests.looks import windlass as w
from tests.standins.clock import ManualClock

ANN, BEN = RoomAddress("discord:user:1"), RoomAddress("discord:user:2")
OLA = RoomAddress("matrix:@ola:example.org")
CHANNEL, ROOM = RoomAddress("discord:1001"), RoomAddress("matrix:!room:example.org")
SNAPSHOT = w.snapshot([w.FIX, w.BACKPORT], [w.CRITICAL, w.HIGH, w.LOW], policy=w.page(w.FIRST_PAGE))


def dm_of(person: RoomAddress) -> RoomAddress:
    return RoomAddress(f"{person.chat}:{DIRECT}{person.place.strip('@').replace(':', '-')}")


@dataclass(slots=True)
class Dms:
    """The DMs of one chat: `failures` are raised by the next attempts."""

    failures: list[Exception] = field(default_factory=list)
    greeted: list[tuple[RoomAddress, Message, str]] = field(default_factory=list)
    attempts: int = 0

    async def greet(self, person: RoomAddress, message: Message, key: str) -> RoomAddress:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        self.greeted.append((person, message, key))
        return dm_of(person)


@dataclass(slots=True)
class Members:
    """Who left which room of a chat; `is_silent`: nobody can tell at the moment."""

    departures: set[tuple[RoomAddress, RoomAddress]] = field(default_factory=set)
    is_silent: bool = False

    async def shares(self, person: RoomAddress, room: RoomAddress, *, fresh: bool = False) -> bool | None:
        assert fresh, "a command counts at its own moment"
        return None if self.is_silent else (person, room) not in self.departures


@dataclass(slots=True)
class Stage:
    """Commands of people, and what is stored of them."""

    store: Store
    clock: ManualClock
    projects: Sequence[Project] = (w.WINDLASS,)
    rooms: Sequence[Room] = ()
    snapshots: Mapping[str, ProjectSnapshot] = field(default_factory=lambda: {w.WINDLASS.id: SNAPSHOT})
    dms: dict[str, Dms] = field(default_factory=lambda: {"discord": Dms(), "matrix": Dms()})
    members: Members = field(default_factory=Members)
    commands: SubscriptionCommands = field(init=False)
    _asked: int = 0

    def __post_init__(self) -> None:
        self.rooms = self.rooms or [room_of(CHANNEL), room_of(ROOM)]
        self.commands = SubscriptionCommands(
            Parts(
                store=self.store,
                clock=self.clock,
                projects=lambda: self.projects,
                rooms=lambda: self.rooms,
                context=self._context,
                direct=lambda: self.dms,
                membership=lambda: {"discord": self.members, "matrix": self.members},
            )
        )

    async def _context(self, _tx: Tx, project: Project, ask: CommandRequest) -> QueryContext:
        profile = profile_named(ask.asker.chat)
        return QueryContext(
            snapshot=replace(self.snapshots[project.id], project=project),
            policy=read_policy(w.FIRST_PAGE),
            now=self.clock(),
            forge=make.FORGE,
            arguments=ask.arguments,
            prefix=profile.command_prefix,
            room_word=profile.room_word,
        )

    async def type(
        self, line: str, who: RoomAddress = ANN, *, room: RoomAddress = CHANNEL, dm: bool = False
    ) -> Message:
        """Send a line in a room, or in the person's DM."""
        parsed = read_line(line)
        assert not isinstance(parsed, CommandError), parsed
        return await self.ask(parsed[0].name, parsed[1], who, room=room, dm=dm)

    async def ask(
        self,
        command: str,
        arguments: Mapping[str, str],
        who: RoomAddress = ANN,
        *,
        room: RoomAddress = CHANNEL,
        dm: bool = False,
    ) -> Message:
        self._asked += 1
        request = CommandRequest(
            command=command,
            arguments=arguments,
            asker=who,
            room=NOWHERE if dm else room,
            dm=dm_of(who) if dm else NOWHERE,
            asked_at=self.clock(),
            key=f"event {self._asked}",
        )
        return await self.commands.answer(request)

    async def own(self, who: RoomAddress = ANN) -> list[Subscription]:
        async with self.store.reading() as tx:
            return await subscriptions.of(tx, who)

    async def scopes(self, who: RoomAddress = ANN) -> list[tuple[str, str]]:
        return [(each.scope.kind, each.scope.name) for each in await self.own(who)]

    async def person(self, who: RoomAddress = ANN) -> Person | None:
        async with self.store.reading() as tx:
            return await people.get(tx, who)

    async def suspend(self, why: str, who: RoomAddress = ANN) -> None:
        async with self.store.writing() as tx:
            await people.trouble(tx, who, why)


def room_of(address: RoomAddress, *projects: Project) -> Room:
    ids = tuple(project.id for project in projects or (w.WINDLASS,))
    return Room(address=address, projects=ids, watch_filter=WatchFilter())
