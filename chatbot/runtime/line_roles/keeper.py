"""Keeps the line roles of servers: makes them at need, retires them with a notice, and finds what a crash left half done."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC

import structlog

from chatbot.core.announce.messages import PlannedMessage, short_hash
from chatbot.core.delivery import Lane
from chatbot.core.line_roles import render
from chatbot.core.line_roles.due import Steps, steps
from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.line_roles.server_roles import ServerRole, ServerRoles
from chatbot.core.line_roles.wanted import has_ended, has_roles, supported_lines
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project, Room
from chatbot.core.support.current import current_policy
from chatbot.ports import ChatRefused, ChatUnavailable, Clock
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.services import Services
from chatbot.store import line_roles, outbox
from chatbot.store.database.db import Store, Tx
from chatbot.store.database.failure import StoreUnavailable

log = structlog.get_logger(__name__)

EVERY = 300.0  # seconds
Failpoint = Callable[[str], None]
_Pair = tuple[str, ProjectId]  # a server, and a project whose lines have roles there


@dataclass(slots=True)
class Keeper:
    """Looks after the roles of one chat's servers. `nudge` is set when there may be something to do."""

    chat: str
    roles: ServerRoles
    store: Store
    clock: Clock
    projects: Callable[[], Sequence[Project]]
    rooms: Callable[[], Sequence[Room]]
    reader: PolicyReader
    failpoint: Failpoint = lambda _name: None
    nudge: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except (ChatUnavailable, StoreUnavailable) as away:
                log.warning("line roles wait", chat=self.chat, reason=str(away))
            except Exception:  # roles must not keep messages from being sent
                log.exception("line roles could not be looked after", chat=self.chat)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self.nudge.wait()
            self.nudge.clear()

    async def look(self) -> None:
        """One look at all servers. Raises ChatUnavailable and StoreUnavailable; what was done stays done."""
        async with self.store.reading() as tx:
            stored = [role for role in await line_roles.every(tx) if role.server.startswith(f"{self.chat}:")]
            before = await line_roles.servers(tx)
        servers = await self._servers(before)
        if servers.items() - before.items():
            async with self.store.writing() as tx:
                await line_roles.add_rooms(tx, servers)
        demands = self._demands(servers)
        by_id = {project.id: project for project in self.projects()}
        for server in sorted({role.server for role in stored} | set(servers.values())):
            try:
                ids = await self.roles.ids(server)
            except ChatRefused as refused:  # what cannot be seen now is not gone
                log.warning("the roles of a server cannot be seen", server=server, reason=str(refused))
                continue
            theirs = [role for role in stored if role.server == server]
            for project in sorted({role.project for role in theirs} | {name for at, name in demands if at == server}):
                rooms = demands.get((server, project), ())
                everywhere = [room for room, at in {**before, **servers}.items() if at == server]
                keeping = _Keeping(self, server, rooms, everywhere)
                own = [role for role in theirs if role.project == project]
                await self._project(keeping, by_id.get(project), project, own, ids)
        gone_rooms = [room for room in before if room.chat == self.chat and room not in servers]
        if gone_rooms:
            heirs = {
                room: next((each for each, at in servers.items() if at == before[room]), None) for room in gone_rooms
            }
            async with self.store.writing() as tx:
                await line_roles.leave_rooms(tx, heirs)

    async def _servers(self, before: Mapping[RoomAddress, str]) -> dict[RoomAddress, str]:
        """The servers of the rooms that want line roles; of a room that cannot be seen now, the one that it was in."""
        servers: dict[RoomAddress, str] = {}
        for room in self.rooms():
            if room.address.chat != self.chat or not any(has_roles(project, room) for project in self.projects()):
                continue
            try:
                servers[room.address] = await self.roles.server_of(room.address)
            except ChatRefused as refused:
                log.warning("a room with line roles cannot be seen", room=room.address, reason=str(refused))
                if room.address in before:
                    servers[room.address] = before[room.address]
        return servers

    def _demands(self, servers: Mapping[RoomAddress, str]) -> dict[_Pair, tuple[RoomAddress, ...]]:
        """(server, project) → the rooms there that want roles for its lines."""
        rooms_of: dict[_Pair, tuple[RoomAddress, ...]] = {}
        for room in self.rooms():
            for project in self.projects():
                if room.address in servers and has_roles(project, room):
                    pair = (servers[room.address], project.id)
                    rooms_of[pair] = tuple(dict.fromkeys([*rooms_of.get(pair, ()), room.address]))
        return rooms_of

    async def _project(
        self,
        keeping: "_Keeping",
        project: Project | None,
        name: ProjectId,
        stored: Sequence[LineRole],
        ids: frozenset[str],
    ) -> None:
        now = self.clock()
        if project is None or not keeping.rooms:  # nobody wants its roles any more
            due = steps(keeping.server, name, stored, (), lambda _line: True, ids, now)
            public = project if project is not None and project.public else None  # else its name is told to nobody
            await keeping.carry_out(due, public, has_ended=False)
            return
        async with self.store.reading() as tx:
            loaded = await snapshot.load(tx, project, self.reader)
        if loaded.knowledge.baseline_at is None:
            return
        policy = current_policy(loaded.knowledge, self.reader.read)
        lines = supported_lines(loaded, policy, now)
        over = lambda line: has_ended(loaded, policy, line, now)  # noqa: E731 - one line says it
        await keeping.carry_out(steps(keeping.server, name, stored, lines, over, ids, now), project, has_ended=True)


def keeper_of(services: Services, chat: str, roles: ServerRoles) -> Keeper:
    """Who looks after the line roles of a chat's servers."""
    return Keeper(
        chat=chat,
        roles=roles,
        store=services.store,
        clock=services.clock,
        projects=lambda: services.config.projects,
        rooms=lambda: services.config.rooms,
        reader=services.ingestor.reader,
        failpoint=services.config.failpoint,
        nudge=services.roles_due,
    )


@dataclass(frozen=True, slots=True)
class _Keeping:
    """The roles of one project in one server: `rooms` want them, `everywhere` are all rooms with line roles of the server."""

    keeper: Keeper
    server: str
    rooms: Sequence[RoomAddress]
    everywhere: Sequence[RoomAddress]

    async def carry_out(self, due: Steps, project: Project | None, *, has_ended: bool) -> None:
        for role in due.missing:
            await self._lose(role, project)
        for role in due.retire:
            await self._retire(role, project, has_ended=has_ended)
        for role in due.revive:
            async with self.keeper.store.writing() as tx:
                await line_roles.put(tx, replace(role, retired_at=None))
        for role in due.over:
            await self._end(role)
        for role in due.make:
            if project is None or not await self._make(role, project):
                return

    async def _lose(self, role: LineRole, project: Project | None) -> None:
        """It was deleted there: nobody is pinged by it, so who chose it is sent DMs."""
        log.warning("a line role was deleted", server=self.server, role=role.name)
        async with self.keeper.store.writing() as tx:
            if role.retired_at is None and project is not None:
                await self._tell(tx, project, render.deleted_role(project, role), "lost", role)
            await line_roles.back_to_dms(tx, role, self.everywhere)
            await line_roles.remove(tx, role)

    async def _retire(self, role: LineRole, project: Project | None, *, has_ended: bool) -> None:
        now = self.keeper.clock()
        log.info("a line role is retired", server=self.server, role=role.name)
        async with self.keeper.store.writing() as tx:
            if project is not None:
                message = render.retired(project, role, has_ended=has_ended)
                await self._tell(tx, project, message, "retired", replace(role, retired_at=now))
            await line_roles.back_to_dms(tx, role, self.everywhere)
            await line_roles.put(tx, replace(role, retired_at=now))

    async def _end(self, role: LineRole) -> None:
        """A retired role goes once its notice is out. One that was perhaps never made is forgotten: it may be somebody else's."""
        async with self.keeper.store.reading() as tx:
            if role.role and await line_roles.is_waiting(tx, _subject("retired", role)):
                return
        if role.role and not role.adopted:
            try:
                await self.keeper.roles.delete(self.server, role.role)
            except ChatRefused as refused:
                log.warning("a retired line role could not be deleted", role=role.name, reason=str(refused))
                return
        async with self.keeper.store.writing() as tx:
            await line_roles.remove(tx, role)

    async def _make(self, role: LineRole, project: Project) -> bool:
        """Make a role; return whether others are worth a try. What is stored without an id may have been made before a crash:
        there was none of that name then, so one that carries nothing but the name is ours."""
        keeper = self.keeper
        async with keeper.store.reading() as tx:
            was_begun = await line_roles.find(tx, role.server, role.project, role.line) is not None
        try:
            there = await keeper.roles.with_name(self.server, role.name)
            if there:
                ours = next((each for each in there if not each.power), None) if was_begun else None
                await (self._store(role, ours.id) if ours is not None else self._is_taken(role, project, there))
                return True
            async with keeper.store.writing() as tx:
                await line_roles.put(tx, role)
            keeper.failpoint("role to be made")
            number = await keeper.roles.make(self.server, role.name)
        except ChatRefused as refused:
            log.warning("a line role could not be made", server=self.server, role=role.name, reason=str(refused))
            async with keeper.store.writing() as tx:
                await line_roles.remove(tx, role)
            return False
        keeper.failpoint("role made")
        await self._store(role, number)
        return True

    async def _store(self, role: LineRole, number: str) -> None:
        log.info("a line role is there", server=self.server, role=role.name)
        async with self.keeper.store.writing() as tx:
            await line_roles.put(tx, replace(role, role=number))

    async def _is_taken(self, role: LineRole, project: Project, there: Sequence[ServerRole]) -> None:
        async with self.keeper.store.writing() as tx:
            await line_roles.remove(tx, role)
            subject_of = replace(role, role=there[0].id)
            await self._tell(
                tx, project, render.name_in_use(project, role, there), f"taken {there[0].power}", subject_of
            )

    async def _tell(self, tx: Tx, project: Project, message: Message, what: str, role: LineRole) -> None:
        """Tell the rooms that want the project's roles; where none does any more, those that are left. The same is told once."""
        rooms = self.rooms or self.everywhere
        planned = PlannedMessage(
            project=project.id,
            subject=_subject(what, role),
            kind="new",
            message=message,
            lane=Lane.ROUTINE,
            revisions=dict.fromkeys(rooms, 1),
        )
        await outbox.lock(tx)
        await outbox.add(tx, [planned] if rooms else [], self.keeper.clock())


def _subject(what: str, role: LineRole) -> str:
    since = role.retired_at.astimezone(UTC).isoformat(timespec="seconds") if role.retired_at is not None else ""
    return str(
        SubjectId("notice", role.project, short_hash("line role", what, role.server, role.line, role.role, since))
    )
