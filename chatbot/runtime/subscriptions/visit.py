"""One command of one person: who asks, what they subscribed to, and which project they mean."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chatbot.chats import profile_named
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project, Room
from chatbot.core.queries import reach
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.guidance import which_project
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.subscriptions.answers import listing, refusals
from chatbot.core.subscriptions.subscription import Person, Subscription
from chatbot.ports import Clock, DirectMessages
from chatbot.runtime.queries.compute import Thinking
from chatbot.runtime.subscriptions.confidence import Configured, Verdicts, verdicts
from chatbot.runtime.subscriptions.fan_out.members import Membership
from chatbot.runtime.subscriptions.queued import end_queued
from chatbot.store.database.db import Store, Tx
from chatbot.store.subscriptions import people, subscriptions

_NOT_PUBLIC = "a project that isn't public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the commands of subscriptions are made from.

    context: what an answer about a project is computed from
    direct: the way into people's DMs, by chat; a chat without one alerts nobody
    membership: who can tell who is in a room, by chat
    """

    store: Store
    clock: Clock
    projects: Callable[[], Sequence[Project]]
    rooms: Callable[[], Sequence[Room]]
    context: Callable[[Tx, Project, CommandRequest], Awaitable[QueryContext]]
    direct: Callable[[], Mapping[str, DirectMessages]]
    thinking: Thinking = field(default_factory=Thinking)
    membership: Callable[[], Mapping[str, Membership]] = dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who asks, and what they have.

    person: None for somebody who is not stored
    own: their subscriptions, the oldest first
    hidden: those of projects of which nobody can tell now whether they may still know
    has_lost: whether some have just ended, because they left the room of a project that is not public
    verdicts: what was found out about their subscriptions for this command
    """

    ask: CommandRequest
    profile: ChatProfile
    person: Person | None
    own: tuple[Subscription, ...]
    hidden: tuple[Subscription, ...] = ()
    has_lost: bool = False
    verdicts: Verdicts = field(default_factory=dict)

    @property
    def address(self) -> RoomAddress:
        return self.ask.asker

    @property
    def prefix(self) -> str:
        return self.profile.command_prefix

    @property
    def dm(self) -> RoomAddress:
        """Where their alerts go; empty where that is not known."""
        return self.person.dm if self.person is not None else NOWHERE

    @property
    def trouble(self) -> str:
        """Why nothing reaches them, "" where all is well."""
        if self.person is None:
            return ""
        return self.person.trouble or ("nobody could be reached in our DM" if self.person.lost_at else "")

    @property
    def is_reachable(self) -> bool:
        return bool(self.dm) and not self.trouble

    def subscription(self, text: str) -> Subscription | None:
        """Their own subscription with this number; nobody reaches anybody else's."""
        return next((each for each in self.own if str(each.id) == text), None)

    def of_project(self, project: ProjectId) -> tuple[Subscription, ...]:
        return tuple(each for each in self.own if each.project == project)


async def visit(parts: Parts, ask: CommandRequest, before: Visit | None = None) -> Visit:
    """Look up who asks. What they subscribed to in a room that they left ends. `before`: the same asker a moment ago; of what
    was there then no chat is asked again. Raises StoreUnavailable."""
    address = ask.asker
    async with parts.store.reading() as tx:
        person = await people.get(tx, address)
        stored = await subscriptions.of(tx, address)
    earlier = before.verdicts if before is not None else {}
    unasked = [each for each in stored if each.id not in earlier]
    now = Configured(parts.projects(), parts.rooms())
    may_know = {**earlier, **await verdicts(ask, unasked, now, parts.membership())}
    losses = [each for each in stored if may_know[each.id] is False]
    if losses:
        await _end(parts, person, stored, losses)
    return Visit(
        ask=ask,
        profile=profile_named(address.chat),
        person=person,
        own=tuple(each for each in stored if may_know[each.id]),
        hidden=tuple(each for each in stored if may_know[each.id] is None),
        has_lost=bool(losses) or (before is not None and before.has_lost),
        verdicts=may_know,
    )


async def _end(
    parts: Parts, person: Person | None, stored: Sequence[Subscription], losses: Sequence[Subscription]
) -> None:
    async with parts.store.writing() as tx:
        await subscriptions.remove(tx, {each.id for each in losses})
        await end_queued(tx, person, losses, [each for each in stored if each not in losses], parts.clock())


async def context_of(parts: Parts, guest: Visit, project: Project) -> QueryContext:
    """What an answer to them about the project is computed from."""
    async with parts.store.reading() as tx:
        return await parts.context(tx, project, guest.ask)


def names_of(parts: Parts, guest: Visit) -> dict[ProjectId, str]:
    """What the projects that they may know of are called."""
    own = {each.project for each in guest.own}
    return {each.id: each.name for each in reach.in_reach(guest.ask, parts.projects(), parts.rooms(), own)}


def guarded_names_of(parts: Parts, guest: Visit) -> dict[ProjectId, str]:
    """What to call all projects before them: those that they may not know of have no name."""
    return {each.id: _NOT_PUBLIC for each in parts.projects()} | names_of(parts, guest)


def project_for(parts: Parts, guest: Visit) -> Project | Message:
    """The project that somebody wants to subscribe to; else the question which one."""
    own = {each.project for each in guest.own}
    projects, rooms = parts.projects(), parts.rooms()
    project = reach.project_meant(guest.ask, projects, rooms, own)
    if isinstance(project, str):
        return which_project(guest.ask, reach.in_reach(guest.ask, projects, rooms, own), guest.prefix, project)
    return project


def own_project(parts: Parts, guest: Visit) -> Project | Message | None:
    """The project of theirs that a reaction is about: the one that is named, the only one, else that of the room; None where
    they have none."""
    mine = [project for project in parts.projects() if project.id in {each.project for each in guest.own}]
    if guest.ask.arguments.get("project"):
        return project_for(parts, guest)
    here = [project for project in mine if reach.is_watched_here(guest.ask, project, parts.rooms())]
    for candidates in (mine, here):
        if len(candidates) == 1:
            return candidates[0]
    return which_project(guest.ask, mine, guest.prefix) if mine else None


def has_none(guest: Visit) -> Message:
    """The answer to somebody who has no subscription that may be named now."""
    many = len(guest.hidden)
    return refusals.only_hidden(many, guest.profile.room_word) if many else listing.none_yet(guest.prefix)


def in_place(guest: Visit, message: Message) -> Message:
    """For the asker alone, where the chat can do that: in the room, or in a DM that is there. A DM is never opened for it."""
    return replace(message, private=guest.profile.private_in_rooms or not guest.ask.room or bool(guest.dm), answer=True)
