"""A question → knowledge → an answer: rights and reach are checked here, at the moment of the call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from chatbot.chats import profile_named
from chatbot.core.line_roles.server_roles import ServerRoles
from chatbot.core.model.ids import NO_PROJECT, ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.source_profile import ForgeProfile
from chatbot.core.model.watches import Project, Room
from chatbot.core.queries import query_context, reach
from chatbot.core.queries.answers.status import status
from chatbot.core.queries.answers.why import subjects_of, why
from chatbot.core.queries.commands import Command, CommandRequest, Kind, Parameter, Right, as_typed, find
from chatbot.core.queries.guidance import Guide, helped, which_project
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.queries.suggest import Suggestion, choice_suggestions, project_suggestions, suggestions
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.current import current_policy
from chatbot.ports import Clock, DirectMessages
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.maintainers.commands import MaintainerCommands
from chatbot.runtime.queries.compute import Thinking
from chatbot.runtime.queries.health import Checks, RoomsShown, health_of, rooms_of
from chatbot.runtime.queries.names import name_of
from chatbot.runtime.queries.picking import picked
from chatbot.runtime.queries.redirect import redirect
from chatbot.runtime.queries.rights import refused
from chatbot.runtime.subscriptions.choices import AlertCommands
from chatbot.runtime.subscriptions.fan_out.members import Membership
from chatbot.runtime.subscriptions.visit import Parts
from chatbot.runtime.watching.commands import WatchCommands
from chatbot.store import knowledge, ledger
from chatbot.store.database.db import Store, StoreUnavailable, Tx

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Answers:
    """Answers from the knowledge alone: no question ever reaches a source. The snapshots of unchanged projects are kept."""

    store: Store
    projects: Callable[[], Sequence[Project]]
    rooms: Callable[[], Sequence[Room]]
    reader: PolicyReader
    clock: Clock
    forge: Callable[[Project], ForgeProfile]
    stopped: Callable[[], Mapping[str, str]] = dict  # chats that are stopped, each with the reason
    checks: Checks = field(default_factory=dict)  # of accounts and rooms, by chat
    itself: Sequence[str] = ()  # what is wrong with the version of the bot that runs
    room_name: Callable[[RoomAddress], str] = lambda _room: ""  # what people call a room; "" where nobody knows
    direct: Mapping[str, DirectMessages] = field(default_factory=dict)  # the way into people's DMs, by chat
    membership: Mapping[str, Membership] = field(default_factory=dict)  # who can tell who is in a room, by chat
    thinking: Thinking = field(default_factory=Thinking)
    watching: WatchCommands | None = None  # joined once the parts that it changes are there
    maintaining: MaintainerCommands | None = None  # as above
    roles: Mapping[str, ServerRoles] = field(default_factory=dict)  # the roles of servers, by chat
    subscribing: AlertCommands = field(init=False)
    _drawn: dict[ProjectId, tuple[Project, ProjectSnapshot]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.subscribing = AlertCommands(
            Parts(
                store=self.store,
                clock=self.clock,
                projects=lambda: self.projects(),  # noqa: PLW0108 - it may be replaced
                rooms=lambda: self.rooms(),  # noqa: PLW0108 - as above
                context=self.context,
                direct=lambda: self.direct,
                thinking=self.thinking,
                membership=lambda: self.membership,
            ),
            roles=lambda: self.roles,
        )

    async def answer(self, ask: CommandRequest) -> Message:
        """The answer; a bad question gets its reason, and a broken store a sentence instead of silence."""
        try:
            ask = as_typed(ask)
            if ask.command == "pick":
                async with self.store.reading() as tx:
                    picking = await picked(tx, ask)
                if isinstance(picking, Message):
                    return _private(picking)
                ask = picking
            message = await self.subscribing.meet(ask, await self._answer(ask))
        except StoreUnavailable as full:
            log.error("a question could not be answered", command=ask.command, reason=str(full))  # noqa: TRY400 - its sentence says all
            return _private(
                query_context.unsure(
                    "I can't answer right now",
                    "My database is unavailable. The operator can see why in my log. Please try again in a few minutes.",
                )
            )
        except Exception:  # one question that fails must not end the chat
            log.exception("a question failed", command=ask.command)
            return _private(
                query_context.unsure(
                    "I couldn't answer that", "Something in me failed. The operator can see what in my log."
                )
            )
        command = find(ask.command)
        decides = ask.command in self.subscribing.names  # who sees its answer depends on whether there is a DM
        private = command is not None and command.private and not decides and not self._among_maintainers(ask, command)
        return replace(message, private=private or message.private, answer=True)

    async def _answer(self, ask: CommandRequest) -> Message:
        command = find(ask.command)
        if command is None:
            return _private(query_context.unsure(f"I don't know “{ask.command[:32]}”", "Try help."))
        if command.right is Right.MAINTAINER:
            return await self._maintained(ask)
        if command.right is not Right.EVERYONE and command.right not in ask.rights:
            return _private(refused(command.right, ask))
        if self.watching is not None and command.name in self.watching.names:
            return await self.watching.answer(ask)
        if command.name in self.subscribing.names:
            return await self.subscribing.answer(replace(ask, command=command.name))
        return await self._of_knowledge(ask, command)

    async def _of_knowledge(self, ask: CommandRequest, command: Command) -> Message:
        """The answer to a question about what is known."""
        async with self.store.reading() as tx:
            if command.name == "help":
                return helped(await self._guide(tx, ask), ask.arguments)
            if command.name == "status":
                return await self._status(tx, ask)
            project = reach.project_meant(ask, self.projects(), self.rooms())
            if isinstance(project, str):
                prefix = profile_named(ask.asker.chat).command_prefix
                return which_project(ask, reach.in_reach(ask, self.projects(), self.rooms()), prefix, project)
            context = await self.context(tx, project, ask)
            if command.name == "why":
                return self._guarded(ask, [project], await self._why(tx, context, ask))
        if command.name == "redirect":
            return await redirect(self.store, context, ask, self.clock())
        message = await self.thinking.of(project.id, QUESTIONS[command.name], context)
        return self._guarded(ask, [project], message)

    def _among_maintainers(self, ask: CommandRequest, command: Command) -> bool:
        """Whether only maintainers read along, where a chat has no answers for one person in a room: a DM would hide from the
        others what was done."""
        if command.right is not Right.MAINTAINER or profile_named(ask.asker.chat).private_in_rooms:
            return False
        return any(each.maintainers_room == ask.room and reach.maintains(ask, each) for each in self.projects())

    def _project_maintained(self, ask: CommandRequest) -> Project | Message | None:
        """The project that a maintainer means, by the configuration as it is at this call; None for everybody else."""
        return self.maintaining.project_meant(ask) if self.maintaining is not None else None

    async def _maintained(self, ask: CommandRequest) -> Message:
        """The answer to a command of maintainers."""
        project = self._project_maintained(ask)
        if self.maintaining is None or project is None:
            return _private(refused(Right.MAINTAINER, ask))
        return _private(project) if isinstance(project, Message) else await self.maintaining.answer(ask, project)

    async def _guide(self, tx: Tx, ask: CommandRequest) -> Guide:
        """What help needs to know. Examples are made from the project that is meant here, else from the first that may be
        named here; never from one that those who read along may not know of."""
        profile = profile_named(ask.asker.chat)
        projects = reach.in_reach(ask, self.projects(), self.rooms())
        public = [each for each in projects if not reach.among_others(ask, each, self.rooms())]
        plain_ask = replace(ask, arguments={})
        meant = reach.project_meant(plain_ask, public, self.rooms())
        chosen = meant if isinstance(meant, Project) else next(iter(public), None)
        is_maintainer = any(self._sees_all_rooms(ask, each) for each in self.projects())
        return Guide(
            prefix=profile.command_prefix,
            rights=ask.rights | ({Right.MAINTAINER} if is_maintainer else frozenset()),
            several=len(projects) > 1,
            context=await self.context(tx, chosen, ask) if chosen is not None else None,
            project=chosen.id if chosen is not None and not isinstance(meant, Project) else NO_PROJECT,
            in_menus=profile.in_menus,
        )

    def _guarded(self, ask: CommandRequest, projects: Sequence[Project], message: Message) -> Message:
        """What is about a private project is for the asker alone where others read along."""
        if any(reach.among_others(ask, project, self.rooms()) for project in projects):
            return _private(message)
        return message

    async def _why(self, tx: Tx, context: QueryContext, ask: CommandRequest) -> Message:
        """This room's part of the ledger; all rooms only for maintainers, who are known by the configuration, and only where
        nobody else reads along: one room's people need not know of the others."""
        all_rooms = self._sees_all_rooms(ask, context.project)
        rows = [
            row
            for subject in subjects_of(context)
            for row in (
                await ledger.history(tx, subject, None if all_rooms else ask.room) if all_rooms or ask.room else []
            )
        ]
        watching = any(room.address == ask.room and context.project.id in room.projects for room in self.rooms())
        ordered = sorted(rows, key=lambda row: row[0])
        return why(context, ordered, all_rooms=all_rooms, watching=watching, name_of=self._name_of)

    async def _status(self, tx: Tx, ask: CommandRequest) -> Message:
        projects = reach.in_reach(ask, self.projects(), self.rooms())
        name = ask.arguments.get("project")
        desks = [await self.context(tx, project, ask) for project in projects if name in (None, project.id)]
        keeps = rooms_of([each for each in projects if self._sees_all_rooms(ask, each)], self.rooms())
        shown = RoomsShown(ask.room, profile_named(ask.asker.chat).room_word, keeps=keeps, name_of=self._name_of)
        ids, now = {each.id for each in projects}, self.clock()
        health = await health_of(tx, ids, shown, self.stopped(), self.checks, now, self.itself)
        return self._guarded(ask, projects, status(desks, health, now))

    def _name_of(self, room: RoomAddress) -> str:
        return name_of(room, self.room_name)

    def _sees_all_rooms(self, ask: CommandRequest, project: Project) -> bool:
        """Whether the asker may know all rooms here: the operator at the terminal, and maintainers where nobody else reads
        along."""
        if Right.MAINTAINER in ask.rights:
            return True
        among_us = not ask.room or ask.room == project.maintainers_room
        return among_us and reach.maintains(ask, project)

    async def context(self, tx: Tx, project: Project, ask: CommandRequest) -> QueryContext:
        """What an answer about the project is computed from."""
        loaded = await self._snapshot(tx, project)
        await self.reader.prepare_all(loaded.knowledge.pages())
        policy = current_policy(loaded.knowledge, self.reader.read)
        profile = profile_named(ask.asker.chat)
        return QueryContext(
            snapshot=loaded,
            policy=policy,
            now=self.clock(),
            forge=self.forge(project),
            arguments=ask.arguments,
            prefix=profile.command_prefix,
            room_word=profile.room_word,
        )

    async def _snapshot(self, tx: Tx, project: Project) -> ProjectSnapshot:
        version = await knowledge.version(tx, project.id)
        entry = self._drawn.get(project.id)
        if entry is not None and entry[0] == project and entry[1].knowledge.version == version:
            sources = await knowledge.sources(tx, project.id)  # they change without a new version
            fresh = replace(entry[1].knowledge, sources=sources)
            return replace(entry[1], knowledge=fresh)
        loaded = await snapshot.load(tx, project, self.reader)
        self._drawn[project.id] = (project, loaded)
        return loaded

    async def suggest(self, ask: CommandRequest, parameter: str, text: str) -> list[Suggestion]:
        """What to choose from as one types; nothing where the project is not clear or not in reach."""
        command = find(ask.command)
        definition = next((each for each in command.parameters if each.name == parameter), None) if command else None
        if command is None or definition is None or not self._may_use(ask, command):
            return []
        if definition.choices:
            return choice_suggestions(definition.choices, text)
        if self.watching is not None and ask.command in self.watching.names:
            return self.watching.suggest(ask, text) if definition.kind is Kind.PROJECT else []
        if definition.kind is Kind.PROJECT:
            return project_suggestions(reach.in_reach(ask, self.projects(), self.rooms()), text)
        try:
            return await self._known_values(ask, command, definition, text)
        except StoreUnavailable:
            return []

    def _may_use(self, ask: CommandRequest, command: Command) -> bool:
        if command.right is Right.MAINTAINER:
            return isinstance(self._project_maintained(ask), Project)
        return command.right in {Right.EVERYONE, *ask.rights}

    async def _known_values(
        self, ask: CommandRequest, command: Command, definition: Parameter, text: str
    ) -> list[Suggestion]:
        """The asker's own subscriptions, or what is known of the project."""
        own = await self.subscribing.suggest(ask, text)
        if own is not None:
            return own
        of_maintainers = command.right is Right.MAINTAINER
        by_reach = reach.project_meant(ask, self.projects(), self.rooms())
        project = self._project_maintained(ask) if of_maintainers else by_reach
        if not isinstance(project, Project):
            return []
        async with self.store.reading() as tx:
            context = await self.context(tx, project, ask)
        return suggestions(context, definition.kind, text, several=definition.several)


def _private(message: Message) -> Message:
    return replace(message, private=True, answer=True)
